"""Tells what the words of an answer are: labels, sentences for the viewer, and what is neither.

Small models often go on as the prompt's list does: `Facts: Animation, Comedy; directed by Pete Docter; 96 minutes`.
Such a row of facts is not a sentence of a reason.
"""

import html
import re
from functools import cache, lru_cache
from typing import Literal

from matinee.language.lexicon import phrase_lists
from matinee.sanitize import plain

Kind = Literal["title", "year", "number", "rank", "reason", "confidence", "fact"]

_LABEL = re.compile(r"[\s\[({\"\u201c-]*([^\W\d_][^\n:.!?;]{0,56}?)\s*:\s*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Bonus pick   My second recommendation
_PICK = re.compile(r"(?:[\w-]+ ){0,3}(?:pick|recommendation|suggestion|choice)")
# What stands alone on a line or in a column's head: Why it fits   How this relates to your request
_WHY = re.compile(r"(?:why|how) .{0,60}")
# The prompt's own words, taken for text: "Why it suits the request, in two or three sentences. ..."
_FORM = re.compile(
    r"why (?:it|this|that)\b[^.,:\n]{0,20}\b(?:suits|fits|works)\b[^.,:\n]{0,50}"
    r"(?:,? too|, in (?:\w+ or )?\w+ sentences?)?[.,:](?:\s+|$)",
    re.I,
)

_EMPHASIS = re.compile(r"\*{2,}|__+|~~+|`+|(?<![^\W_])[*_]+|[*_]+(?![^\W_])|\\(?=[*_#.\-|])")
_NO_TAG = re.compile(r"<(?=[a-z/!|?])", re.I)
_EDGES = " *_`#|"
_QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb'

_BETWEEN_FACTS = re.compile(r";| [|\u2022\u00b7] ")
_LONE_FACT = re.compile(
    r"\d{1,3}\s*min(?:ute)?s?|(?:IMDb|Rotten Tomatoes)[\s:]*[\d./%]+|rated (?:PG|R|G|NC|TV)[-\w]*", re.I
)
_FACT = re.compile(rf"\s*(?:(?:directed by|with|starring|keywords)\s[^;]+|(?:{_LONE_FACT.pattern}))\W*", re.I)

# (Confidence: 0.9)   Confidence score: 90%.   confidence = 9/10   I am 95% sure.
_SHARE = r"(\d{1,3}(?:\.\d+)?)\s*(%|(?:/|out of)\s*100?\b)?"
_CONFIDENCE = re.compile(
    rf"[(\[]?\b(?:(?:my|with)\s+)?(?:confidence|certainty)\b[^\d.!?]{{0,24}}?{_SHARE}[)\]]*[.,;]?(?=\s|$)"
    rf"|[(\[]?\bI(?: am|['\u2019]m)\s[^\d.!?]{{0,8}}{_SHARE}\s+(?:sure|confident|certain)[)\]]*[.,;]?(?=\s|$)",
    re.I,
)


@lru_cache(maxsize=1024)
def label_kind(text: str, *, within: bool = False) -> Kind | None:
    """Return which part of a pick a label, a column's head or a JSON key announces, or None if it is no label.

    Args:
        text: the label, without its colon.
        within: it stands within a text.
    """
    bare = _CAMEL.sub(" ", text.strip(" *_`~\"'\u201c\u201d:")).replace("_", " ").replace("\u2019", "'").casefold()
    bare = " ".join(bare.split())
    if found := _label_names().get(bare):
        return found
    if _PICK.fullmatch(bare):
        return "title"
    return "reason" if not within and _WHY.fullmatch(bare) else None


@cache
def _label_names() -> dict[str, Kind]:
    kinds: tuple[Kind, ...] = ("title", "year", "number", "rank", "reason", "confidence", "fact")
    return {name: kind for kind in kinds for name in phrase_lists("labels")[kind]}


def read_sentence(raw: str) -> tuple[str, float | None]:
    """Return a sentence as it may be shown, empty if it is none, and the model's own confidence taken out of it."""
    text, sure = _without_confidence(plain_text(raw))
    text = _unquoted(_without_label(text))
    facts = [_FACT.fullmatch(part) is not None for part in _BETWEEN_FACTS.split(text)]
    if sum(facts) > 1 or _LONE_FACT.fullmatch(text.rstrip(".")):
        return "", sure
    return text, sure


def plain_text(raw: str) -> str:
    """Return a text on one line without markup, control characters and templates."""
    text = _NO_TAG.sub("", plain(_EMPHASIS.sub("", raw)))
    if "&" in text:
        # Brackets written as entities must not become markup now.
        text = plain(html.unescape(text).replace("<", " ").replace(">", " "))
    return text.strip(_EDGES)


def is_remark(text: str) -> bool:
    """Tell whether a sentence speaks to the viewer about the answer instead of a film."""
    low = text.casefold().replace("\u2019", "'").lstrip("\"'*(")
    return low.startswith(phrase_lists("remarks")["closing"])


def _without_confidence(text: str) -> tuple[str, float | None]:
    found = _CONFIDENCE.search(text)
    if found is None:
        return text, None
    value = float(found[1] or found[3])
    value /= 100 if value > 10 else 10 if value > 1 else 1
    rest = f"{text[: found.start()].rstrip(' ,;')} {text[found.end() :].lstrip()}".strip(f"{_EDGES},;")
    return rest, value if value <= 1 else None


def _without_label(text: str) -> str:
    if form := _FORM.match(text):
        text = text[form.end() :]
    label = _LABEL.match(text)
    kind = label_kind(label[1], within=True) if label else None
    if label is None or kind is None:
        return text
    return text[label.end() :] if kind == "reason" else ""


def _unquoted(text: str) -> str:
    # A quotation over several sentences leaves one of its marks on the first and one on the last.
    bare = text.strip(f"{_QUOTES} ")
    return text if any(quote in bare for quote in _QUOTES) else bare
