"""The words that models put before a colon: which part of a pick they announce."""

import re
from functools import cache, lru_cache
from typing import Literal

from matinee.language.lexicon import phrase_lists

Kind = Literal["title", "year", "number", "rank", "reason", "confidence", "fact"]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EDGES = " *_`~\"'\u201c\u201d:"
# What stands alone on a line or in a column's head: Why it fits   How this relates to your request
_WHY = re.compile(r"(?:why|how) (?:i|we|it|this|that|you|the|to|watch|recommended|chosen|he|she)\b.{0,50}", re.I)


# Within a text only what can hardly be anything else: "Why it came is what she asks: ..." is a sentence.
_WHY_WITHIN = re.compile(
    r"why (?:it|this|that)(?: one| film| movie| pick)? (?:suits|fits|works|matches|stands out)\b.{0,40}"
    r"|why (?:you'll|you will|you might|you may|i|we|i'd|to) (?:love|like|enjoy|recommend(?:ed)?|chose|picked|watch)"
    r"(?: it| this| this film| this movie)?",
    re.I,
)
# Bonus pick   My second recommendation
_PICK = re.compile(r"(?:[\w-]+ ){0,3}(?:pick|recommendation|suggestion|choice)")


@lru_cache(maxsize=1024)
def label_kind(text: str, *, within: bool = False) -> Kind | None:
    """Return which part of a pick a label, a column's head or a JSON key announces, or None if it is no label.

    Args:
        text: the label, without its colon.
        within: it stands within a text.
    """
    bare = _CAMEL.sub(" ", text.strip(_EDGES)).replace("_", " ").replace("\u2019", "'").casefold()
    bare = re.sub(r"\s+\d{1,2}$", "", " ".join(bare.split()))
    if found := _kinds().get(bare):
        return found
    if _PICK.fullmatch(bare):
        return "title"
    return "reason" if (_WHY_WITHIN if within else _WHY).fullmatch(bare) else None


@cache
def _kinds() -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    lists = phrase_lists("labels")
    names: tuple[Kind, ...] = ("title", "year", "number", "rank", "reason", "confidence", "fact")
    for kind in names:
        kinds.update(dict.fromkeys(lists[kind], kind))
    return kinds
