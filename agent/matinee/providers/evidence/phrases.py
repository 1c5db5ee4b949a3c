"""The sentence frames and word lists of `phrases.toml`, and how a frame is filled without losing what supports it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from tomllib import loads

from pydantic import BaseModel, ConfigDict, Field

Support = tuple[str, str]
"""A source as `Evidence` names it, and the exact text of it."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Said:
    """A piece of prose, with what supports it."""

    text: str
    support: tuple[Support, ...] = ()


Fields = Mapping[str, Said]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(_Table):
    """Lines that open an answer."""

    one: list[str]
    several: list[str]
    one_demands: list[str]
    several_demands: list[str]
    one_bare: list[str]
    several_bare: list[str]
    none: str
    none_bare: str
    caveat: str
    caveat_one: str


class Joins(_Table):
    """What stands between words and clauses."""

    conjunction: str = Field(alias="and")
    comma: str
    quoted: str
    own_ratings: str
    clauses: str
    clauses_heavy: str
    numbers: list[str]
    bounds: dict[str, str]


class Sentences(_Table):
    """Frames of whole sentences."""

    portrait: list[str]
    plot: list[str]
    plot_asked: list[str]
    both: list[str]
    title_only: list[str]
    title_only_bare: list[str]


class Orders(_Table):
    """Which sentences a reason has, in which order."""

    plans: list[str]


class Clause(_Table):
    """Frames of one reason to fit, and how early it is named (lowest first)."""

    rank: int
    frames: list[str]


class Quotation(_Table):
    """Frames that quote what is written of a film at length."""

    plot: str
    review: str
    tags: str


class Common(_Table):
    """Frames of what two films share."""

    both: str
    too: str


class GenreWords(_Table):
    """How a genre is spoken of."""

    noun: str
    label: str
    order: int
    said: list[str]
    plural: str = ""
    adjective: str = ""
    head: int | None = None


class Kinds(_Table):
    """How genres make a phrase, and articles."""

    film: str
    proper: list[str]
    paired: list[str]
    plain: list[str]
    comedy_drama: str
    an_before: list[str]
    a_before: list[str]
    with_the: list[str]


class Words(_Table):
    """Words with a part in reading a request."""

    negators: list[str]
    negates_before: list[str]
    before_not: list[str]
    affirms: list[str]
    ends_negation: list[str]
    company_before: list[str]
    company_gap: list[str]
    numerals: list[str]
    ignored: list[str]
    dull_keywords: list[str]


class Group(_Table):
    """People who watch along, and the keywords that matter then."""

    people: list[str]
    keywords: list[str]


class Company(_Table):
    """Who may watch along."""

    others: list[str]
    groups: list[Group]


class Keywords(_Table):
    """How keywords may be used in a sentence."""

    moods: list[str]
    after_verb_only: list[str]
    themes: list[str]


class Phrases(_Table):
    """The whole of `phrases.toml`."""

    answer: Answer
    joins: Joins
    orders: Orders
    sentences: Sentences
    quotation: Quotation
    clauses: dict[str, Clause]
    shared: dict[str, str]
    in_common: dict[str, Common]
    genres: dict[str, GenreWords]
    kinds: Kinds
    words: Words
    asks: dict[str, list[str]]
    ask_nouns: dict[str, str]
    company: Company
    keywords: Keywords


@cache
def phrases() -> Phrases:
    """Return the shipped phrases.

    Raises:
        pydantic.ValidationError: the file was edited into a shape that cannot be used; the message names the entry.
    """
    text = files("matinee.providers.evidence").joinpath("phrases.toml").read_text(encoding="utf-8")
    return Phrases.model_validate(loads(text))


@cache
def asks() -> dict[str, list[str]]:
    """Return what a viewer may ask for, adjectives and nouns, each with the keywords that answer it.

    Longer phrases come first, so that "light-hearted" is not heard as "light".
    """
    known = phrases()
    both = known.asks | {noun: known.asks[word] for noun, word in known.ask_nouns.items()}
    return dict(sorted(both.items(), key=lambda ask: -len(re.split(r"[\s-]", ask[0]))))


@cache
def placeholders(frame: str) -> tuple[str, ...]:
    """Return the names that a frame needs, in order."""
    return tuple(_PLACEHOLDER.findall(frame))


def fill(frame: str, fields: Fields) -> Said:
    """Return the frame with its names filled in, and the support of all of them.

    The fields' text is never read as a template, so that braces in a title stay braces.
    """
    names = placeholders(frame)
    text = _PLACEHOLDER.sub(lambda match: fields[match[1]].text, frame)
    return Said(text, distinct(pair for name in names for pair in fields[name].support))


def usable(frames: Sequence[str], fields: Fields) -> list[str]:
    """Return the frames whose names are all known."""
    return [frame for frame in frames if all(name in fields for name in placeholders(frame))]


def distinct(support: Iterable[Support]) -> tuple[Support, ...]:
    """Return the pairs without repetition, in order."""
    return tuple(dict.fromkeys(support))


def clean(text: str) -> str:
    """Return the text on one line, without control characters and invisible formatting."""
    if not text.isprintable():
        text = "".join(
            " " if unicodedata.category(c) == "Cc" else c
            for c in text
            if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn") or c in _JOINERS
        )
    return " ".join(text.split())


def sentence_case(text: str) -> str:
    """Return the text with a capital first letter, but a name that is spelt its own way (`eXistenZ`) as it is."""
    first = text.split(" ", 1)[0]
    return text if any(c.isupper() for c in first) else text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """Return the items as `a`, `a and b`, or `a, b and c`."""
    joins = phrases().joins
    if len(items) < 2:
        return "".join(items)
    return f"{joins.comma.join(items[:-1])} {joins.conjunction} {items[-1]}"


def within_quotes(text: str) -> str:
    """Return the text for use between curly quotes: on one line, its own curly quotes made single."""
    return clean(text).replace("“", "‘").replace("”", "’")


def with_article(noun: str) -> str:
    """Return the noun phrase with `a` or `an`."""
    kinds, start = phrases().kinds, noun.casefold()
    vowel = start[:1] in "aeiou" and not start.startswith(tuple(kinds.a_before))
    # Numbers go by their sound: an 1895 film, but a 1995 film.
    number = re.match(r"8|11(?!\d)|18(?!\d)|18\d\d(?!\d)", start)
    return f"{'an' if vowel or number or start.startswith(tuple(kinds.an_before)) else 'a'} {noun}"


def number_word(number: int) -> str:
    """Return the number in words where it has a short one."""
    numbers = phrases().joins.numbers
    return numbers[number] if number < len(numbers) else str(number)
