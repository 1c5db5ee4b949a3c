"""Words of a request that may be the title of a film, each with a score: how much speaks for it."""

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from matinee.language.lexicon import word_set
from matinee.language.request import Request
from matinee.query.name_context import Leading, trails, verdict_at
from matinee.query.sentence_mode import is_film_word
from matinee.query.title_spelling import TitleSpelling, descriptive, unremarkable
from matinee.query.titles import SERIES, Film
from matinee.understanding import Span

ENOUGH = 4.0
"""The score from which words are taken for a name."""

SURE = 100.0

_WEIGHTS = {
    # of the words
    "rare words": 3.0,
    "rare word": 2.0,
    "rare word with small ones": 2.5,
    "everyday words": 2.25,
    "describes": -4.0,
    "digits": 0.0,
    # of how they are written
    "capitals": 1.75,
    "capital at the beginning": 1.0,
    "quotes and capitals": 4.0,
    "quotes": 1.5,
    "all of the request": 1.25,
    # of what is around them
    "year": 4.0,
    "firm cue": 3.5,
    "cue": 2.5,
    "verdict": 3.0,
    "compared": 3.0,
    "clause ends": 0.5,
    "no name": -4.0,
    "name goes on": -6.0,
}
"""What each observation adds to the score of a title."""

_YEAR_AFTER = re.compile(
    r"[\"'*_]? ?[(\[] ?(?P<bracketed>1[89]\d\d|20\d\d) ?[)\]]"
    r"|,? (?:(?:from|the|of) )?(?P<bare>1[89]\d\d|20\d\d)\b(?: one| version)?"
)
_YEAR_BEFORE = re.compile(r"\b(1[89]\d\d|20\d\d)(?: version of| film| movie)? (?:the )?$")
_WITHIN_NAMES = frozenset(("the", "of", "de", "la", "du", "to"))
_EARLIEST = frozenset(("original", "old", "older"))
_LATEST = frozenset(("new", "newer", "newest", "latest", "remake"))


_words = partial(word_set, "common")


class Title(NamedTuple):
    """Words `first` up to `last` as a title: the films (none: not in the catalogue), the span of text, the score."""

    first: int
    last: int
    films: tuple[Film, ...]
    span: Span
    score: float


class TitleCandidates:
    """The titles that words of one request may be."""

    def __init__(self, request: Request, spelling: TitleSpelling) -> None:
        self._request = request
        self._spelling = spelling

    def best(self, i: int, leading: Leading) -> Title | None:
        """Return the longest title from word i that enough speaks for."""
        quoted = self._spelling.quotes.get(i)
        for last, form, films in self._spelling.spelled(i):
            if quoted and last != quoted:
                continue  # part of a quote is no title
            after = _YEAR_AFTER.match(self._request.folded, self._request.words[last - 1].end)
            if after and after["bracketed"]:
                same = _of_year(films, int(after["bracketed"]), slack=1)
                if same or form != SERIES:
                    start = self._request.words[i].start
                    return self._title(i, last, same, (start, after.end()))._replace(score=SURE)
                continue
            dated = self._dated(i, last, films)
            score = self._score(i, last, form, leading, dated=dated is not None)
            if score >= ENOUGH:
                return (dated or self._title(i, last, self._the_one_meant(i, films)))._replace(score=score)
        if quoted:
            surely = leading.reach or self._request.words[i].capital
            return self._title(i, quoted, self._spelling.spelled_like(i, quoted)) if surely else None
        if not (leading.reach or self._request.words[i].capital):
            return None
        capitals = self._spelling.capitals_to(i, _words("small"))
        trailed = capitals is not None and trails(self._request, capitals)
        if (leading.reach or trailed) and (guess := self._spelling.guess(i, firm=leading.firm)):
            return self._dated(i, *guess) or self._title(i, *guess)
        return self._unknown(i, leading)

    def _score(self, first: int, last: int, form: int, leading: Leading, *, dated: bool) -> float:
        seen = [
            *self._of_words(first, last, form),
            *self._of_writing(first, last),
            *self._of_left(first, last, leading),
        ]
        if dated:
            seen.append("year")
        elif self._spelling.quotes.get(first) != last:
            seen += self._of_right(first, last, form, firm=leading.firm)
        return sum(_WEIGHTS[observed] for observed in seen)

    def _of_words(self, first: int, last: int, form: int) -> Iterator[str]:
        norms = self._request.norms[first:last]
        content = [n for n in norms if n not in _words("small")] or norms
        titled = len(norms) > 1 and form != SERIES and self._spelling.capitalised(first, last)
        if (descriptive().issuperset(content) and not titled) or len("".join(norms)) == 1:
            yield "describes"
        elif all(n.isdigit() for n in norms):
            yield "digits"
        elif unremarkable().issuperset(content) or (len(norms) == 1 and len(norms[0]) <= 3):
            if len(content) > 1 or (titled and all(word.capital for word in self._request.words[first:last])):
                yield "everyday words"
        else:
            yield "rare words" if len(content) > 1 else "rare word with small ones" if len(norms) > 1 else "rare word"

    def _of_writing(self, first: int, last: int) -> Iterator[str]:
        request = self._request
        capitals = self._spelling.capitalised(first, last)
        if self._spelling.quotes.get(first) == last:
            yield "quotes and capitals" if capitals else "quotes"
        elif capitals:
            begins = first == 0 or request.ends_sentence(first)
            later = any(word.capital for word in request.words[first + 1 : last])
            yield "capital at the beginning" if begins and not later else "capitals"
        if first == 0 and last == len(request.words):
            yield "all of the request"

    def _of_left(self, first: int, last: int, leading: Leading) -> Iterator[str]:
        request, norms = self._request, self._request.norms[first:last]
        capitals = self._spelling.capitalised(first, last)
        trailed = trails(request, last) and (capitals or len(norms) > 1) and not self._spelling.are_everyday(norms)
        reach = leading.reach and (capitals or (leading.joined and leading.kind != "refused"))
        if (reach and leading.firm) or trailed:
            yield "firm cue"
        elif reach:
            yield "cue"
        elif (capitals or len(norms) > 1) and first == 0 and request.norms[last : last + 1] == ["but"]:
            yield "compared"
        elif capitals:
            if verdict_at(request, last):
                yield "verdict"
            described = not descriptive().isdisjoint(n for n in norms if n not in _words("small"))
            if first and request.norms[first - 1] in _words("determiners") and described:
                yield "no name"
        if len(norms) == 1 and norms[0] in _words("pronouns") and not leading.joined:
            yield "no name"

    def _of_right(self, first: int, last: int, form: int, *, firm: bool) -> Iterator[str]:
        request, norms = self._request, self._request.norms[first:last]
        strictly = self._spelling.ends_strictly(last)
        pronoun = len(norms) == 1 and norms[0] in _words("pronouns")
        if pronoun and not (request.words[first].text.istitle() and self._spelling.is_object(last)):
            yield "no name"
        if self._spelling.capitalised(first, last):
            if self._spelling.goes_on(last):
                yield "name goes on"
            return
        if strictly:
            yield "clause ends"
        weak = self._spelling.are_everyday(norms) or (len(norms) == 1 and len(norms[0]) <= 3)
        if (
            not self._spelling.ends_well(last)
            or self._spelling.is_described(first)
            or (request.flows(last) and is_film_word(request, last) and not firm)
            or _words("pronouns").issuperset(norms)
            or (weak and (form == SERIES or not strictly))
        ):
            yield "no name"

    def _title(self, first: int, last: int, films: tuple[Film, ...], span: Span | None = None) -> Title:
        words = self._request.words
        span = span or (words[first].start, words[last - 1].end)
        while last < len(words) and words[last].start < span[1]:
            last += 1
        return Title(first, last, films, span, ENOUGH)

    def _dated(self, first: int, last: int, films: tuple[Film, ...]) -> Title | None:
        """Return the title with the year that stands beside it, if the year decides which film is meant."""
        request, start = self._request, self._request.words[first].start
        after = _YEAR_AFTER.match(request.folded, request.words[last - 1].end)
        if after and (same := _of_year(films, int(after["bracketed"] or after["bare"]), slack=0)):
            return self._title(first, last, same, (start, after.end()))
        before = _YEAR_BEFORE.search(request.folded, max(0, start - 24), start)
        if before and (same := _of_year(films, int(before[1]), slack=0)):
            return self._title(first, last, same, (before.start(1), request.words[last - 1].end))
        return None

    def _the_one_meant(self, first: int, films: tuple[Film, ...]) -> tuple[Film, ...]:
        """Return the first or the last of several films when the words before say "the original" or "the new"."""
        leading = {*self._request.norms[max(0, first - 2) : first]}
        by_year = sorted(films, key=lambda film: film.year or 9999)
        return tuple(by_year[:1]) if leading & _EARLIEST else tuple(by_year[-1:]) if leading & _LATEST else films

    def _unknown(self, i: int, leading: Leading) -> Title | None:
        """Return a title that the catalogue does not have: capitals before a bracketed year, or after a cue."""
        last = self._spelling.capitals_to(i, _words("small"))
        if last is None:
            return None
        after = _YEAR_AFTER.match(self._request.folded, self._request.words[last - 1].end)
        if after and after["bracketed"]:
            if any(end == last for j in range(i + 1, last) for end, _, _ in self._spelling.spelled(j)):
                return None  # a title of the catalogue is at the end of the run
            near = _of_year(self._spelling.spelled_like(i, last), int(after["bracketed"]), slack=1)
            return self._title(i, last, near, (self._request.words[i].start, after.end()))
        name = self._spelling.capitals_to(i, _WITHIN_NAMES) or last
        content = [n for n in self._request.norms[i:name] if n not in _words("small")]
        looks_like_title = len(content) > 1 and not unremarkable().issuperset(content)
        return self._title(i, name, ()) if leading.reach and looks_like_title else None


def _of_year(films: tuple[Film, ...], year: int, slack: int) -> tuple[Film, ...]:
    exact = tuple(f for f in films if f.year == year)
    return exact or tuple(f for f in films if f.year is not None and abs(f.year - year) <= slack)
