"""References to films shown in a conversation: "the second", "number 3", "the Villeneuve one", "that one", "them"."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from matinee.language.lexicon import alternatives, load, section
from matinee.language.request import MASK, Request
from matinee.language.tokens import stems
from matinee.models import Movie
from matinee.query.query_text import small_talk
from matinee.understanding import PEOPLE, Constraint, Mention

_NUMBERS = {
    word: number
    for key in ("ordinals", "from_one")
    for number, word in enumerate(section("numbers")[key].split()[:6], 1)
} | {f"{number}{ending}": number for number, ending in enumerate("st nd rd th th th".split(), 1)}
_CARDINAL = alternatives("numbers", "from_one")
_ORDINAL = "|".join(word for word in _NUMBERS if word not in section("numbers")["from_one"].split())
Read = Callable[[str], Sequence[Constraint]]
"""Returns the demands that a few words make."""


class Shown(NamedTuple):
    """A film that was recommended, and in which turn, counted from 1."""

    movie_id: str
    title: str
    year: int | None
    turn: int = 0


class Reference(NamedTuple):
    """Films shown that some words refer to; `named`: by their place, their title or a trait."""

    films: Sequence[Shown]
    start: int
    end: int
    named: bool = True


class Lists(NamedTuple):
    """The films shown so far, and those spoken of since the last list."""

    shown: Sequence[Shown] = ()
    focus: Sequence[str] = ()

    @property
    def last(self) -> list[Shown]:
        """Return the films of the last turn that showed any."""
        return [film for film in self.shown if film.turn == self.shown[-1].turn]

    @property
    def first(self) -> list[Shown]:
        """Return the films of the first turn that showed any."""
        return [film for film in self.shown if film.turn == self.shown[0].turn]

    @property
    def spoken_of(self) -> list[Shown]:
        """Return the films that "it" means: those spoken of last, else those shown last."""
        return [film for film in self.shown if film.movie_id in self.focus] or self.last


@cache
def pattern(table: str, key: str, whole: bool = True) -> re.Pattern[str]:
    """Return a list of `conversation.toml` as one pattern, which matches whole words as a rule."""
    found = "|".join(_with_slots(form) for form in load("conversation")[table][key])
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)" if whole else rf"(?:{found})")


@cache
def word_list(table: str, key: str) -> frozenset[str]:
    """Return a list of single words of `conversation.toml`."""
    return frozenset(load("conversation")[table][key].split())


def _with_slots(form: str) -> str:
    refer, fields = load("conversation")["refer"], load("conversation")["taken_back"]["fields"]
    slots = {
        "THEM": "|".join(refer["them"]),
        "REFER": rf"the (?:{_ORDINAL}|last)(?: (?:{'|'.join(refer['thing'])}))?",
        "GENRE": rf"(?:\w+ )?(?:\w+s|\w+ (?:film|movie)|{'|'.join(load('conversation')['more']['kinds'])})",
        "FIELDS": "|".join(word for words in fields.values() for word in words),
    }
    for slot, spelled in slots.items():
        form = form.replace(slot, f"(?:{spelled})")
    return form


@cache
def _positions() -> re.Pattern[str]:
    refer = load("conversation")["refer"]
    thing, behind = "|".join(refer["thing"]), "|".join(refer["behind"])
    ends = rf"(?= ?(?:$|[?.,;:!)\u2026]|- |(?:{behind})\b))"
    number_ends = rf"(?![\w-])(?<!the one)(?= ?(?:$|[?.,;:!)]|(?:{behind}|one)\b))"
    forms = (
        rf"\b(?:the |your |that )?(?:very )?(?P<ordinal>{_ORDINAL}|last|middle|final|latter|former) (?:{thing})\b",
        rf"\b(?:the |your )(?:very )?(?P<bare>{_ORDINAL}|last|middle|latter|former){ends}",
        rf"(?:^|\b(?:why|not|seen|about|like|than|and|loved|liked|hated|is) )(?P<alone>{_ORDINAL}){ends}",
        rf"(?:\b(?:number|no\.|nr\.?|option|the|pick) ?|#)(?P<number>[1-9]|{_CARDINAL}){number_ends}",
        r"(?:^|\b(?:why|about|like|than|seen) )(?P<digit>[1-9])(?= ?(?:$|[?.,;!]))",
    )
    return re.compile("|".join(forms))


@cache
def _pronouns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    refer = load("conversation")["refer"]
    thing = "|".join(refer["thing"])
    after = "|".join(rf"(?<=\b{word} )" for word in refer["before_that"])
    one = (
        rf"\b(?:(?:that|this) (?:{thing})\b|its?\b|(?:{after}|^)(?:that|this)\b(?! (?:{'|'.join(refer['not_that'])})))"
    )
    return re.compile(one), re.compile(rf"\b(?:{'|'.join(refer['several'])})\b")


@cache
def _described() -> re.Pattern[str]:
    refer = load("conversation")["refer"]
    thing, telling = ("|".join(refer[key]) for key in ("thing", "telling"))
    return re.compile(
        rf"\bthe (?P<before>(?:[\w'-]+ ){{1,3}})(?:{thing})\b"
        rf"|\bthe one (?:{telling}) (?P<after>[\w' -]{{2,40}})"
        rf"|\bthe (?P<name>[\w'-]+(?: [\w'-]+){{0,2}}?)(?= ?(?:$|[?.,;:!]))"
    )


class References:
    """Finds the references of a turn.

    Args:
        lists: the films shown.
        rows: their rows, by id; of a film without one only the place and the title are known.
        read: returns what a few words demand, by which "the Japanese one" is found.
    """

    def __init__(self, lists: Lists, rows: Mapping[str, Movie], read: Read) -> None:
        self.lists = lists
        self._rows = rows
        self._read = read

    def named(self, request: Request, mentions: Sequence[Mention] = ()) -> list[Reference]:
        """Return the films that are named by their place, title, people or traits, in the order of the text.

        `mentions` are the films that the turn names by their titles: no number within one is a place.
        """
        if not self.lists.shown:
            return []
        shown = {film.movie_id: film for film in self.lists.shown}
        titled = [Reference([shown[m.movie_id]], *m.span) for m in mentions if m.span and m.movie_id in shown]
        spans = [m.span for m in mentions if m.span]
        text = request.without(spans).folded
        found = [*titled, *self._placed(text), *self._sorted(text)]
        found += [ref for ref in self._by_traits(text) if not any(_overlap(ref, other) for other in found)]
        return sorted(found, key=lambda ref: ref.start)

    def pronouns(self, text: str) -> list[Reference]:
        """Return what "it", "that one" and "them" refer to."""
        if not self.lists.shown:
            return []
        one, several = _pronouns()
        films = self.lists.spoken_of
        found = [Reference(films, *match.span(), named=False) for match in one.finditer(text)]
        found += [Reference(self.lists.last, *match.span(), named=False) for match in several.finditer(text)]
        return found

    def _placed(self, text: str) -> Iterator[Reference]:
        films = self.lists.first if pattern("refer", "earliest").search(text) else self.lists.last
        for match in _positions().finditer(text):
            said = next(word for word in match.groups() if word)
            at = _place(said, len(films))
            if at is not None:
                yield Reference([films[at]], *match.span())

    def _sorted(self, text: str) -> Iterator[Reference]:
        """Yield the film that a superlative names: "the shortest one"."""
        for key in load("conversation")["superlative"]:
            match = pattern("superlative", key).search(text)
            if match and re.search(r"\bthe $", text[: match.start()]):
                film = extreme([self._rows[one.movie_id] for one in self.lists.last if one.movie_id in self._rows], key)
                yield from (
                    Reference([one], *match.span()) for one in self.lists.last if film and one.movie_id == film.movie_id
                )

    def _by_traits(self, text: str) -> Iterator[Reference]:
        for match in _described().finditer(text):
            said = (match["before"] or match["after"] or match["name"]).strip()
            if MASK in said or (match["name"] and not self._is_somebody(said)):
                continue
            if films := self.having(said):
                yield Reference(films, *match.span())

    def _is_somebody(self, said: str) -> bool:
        """Tell whether a few words are a name, by which a film is called: "the Kubrick"."""
        demands = self._read(said)
        return bool(demands) and all(demand.field in PEOPLE for demand in demands)

    def having(self, said: str) -> list[Shown]:
        """Return the films shown that a few words describe, of the last list if there are any, but not all of them."""
        for films in (self.lists.last, self.lists.shown):
            found = [film for film in films if self._fits(film, said)]
            if found and (len(found) < len(films) or len(films) == 1):
                return found
        return []

    def _fits(self, film: Shown, said: str) -> bool:
        row = self._rows.get(film.movie_id)
        words = [word for word in said.split() if word not in small_talk()]
        if row is None or not words:
            return False
        demands = [demand for demand in self._read(said) if demand.op != "none_of"]
        if demands:
            return all(demand.holds(row) for demand in demands)
        known = {*stems(" ".join((row.title, *row.aka, *row.people, *row.genres, *row.keywords, *row.languages)))}
        return all(stem in known for stem in stems(" ".join(words)))


def extreme(films: Sequence[Movie], key: str) -> Movie | None:
    """Return the film that has most or least of what a list of superlatives (`newest`, `shortest`) is about."""
    figures = {n: figure for n, film in enumerate(films) if (figure := _figure(film, key)) is not None}
    return films[max(figures, key=lambda n: (figures[n], -n))] if figures else None


def _figure(film: Movie, key: str) -> float | None:
    rating = film.imdb_rating if film.imdb_rating is not None else film.tmdb_rating
    levels = [level for level in (film.traits.violence, film.traits.gore, film.traits.frightening) if level is not None]
    sign, figure = {
        "newest": (1, film.year),
        "oldest": (-1, film.year),
        "longest": (1, film.runtime),
        "shortest": (-1, film.runtime),
        "best": (1, rating),
        "worst": (-1, rating),
        "hardest": (1, sum(levels) if levels else None),
        "mildest": (-1, sum(levels) if levels else None),
    }[key]
    return sign * figure if figure is not None else None


def _place(said: str, count: int) -> int | None:
    if said in ("last", "final"):
        return count - 1 if count else None
    if said in ("latter", "former"):
        return (1 if said == "latter" else 0) if count == 2 else None
    if said == "middle":
        return count // 2 if count % 2 else None
    number = _NUMBERS.get(said) or (int(said) if said.isdigit() else 0)
    return number - 1 if 0 < number <= count else None


def _overlap(one: Reference, other: Reference) -> bool:
    return one.start < other.end and other.start < one.end
