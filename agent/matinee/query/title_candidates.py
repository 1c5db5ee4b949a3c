"""Words of a request that may be the title of a film, each with a score: how much speaks for it."""

import re
from functools import partial
from typing import NamedTuple

from matinee.language.lexicon import word_set
from matinee.language.request import Request
from matinee.query.name_context import Leading, trails
from matinee.query.title_evidence import Candidate, Judge, TitleEvidence
from matinee.query.title_forms import SERIES, Film
from matinee.query.title_spelling import TitleSpelling, unremarkable
from matinee.understanding import Span

ENOUGH = 4.0
"""The score from which words are taken for a name; what is more is the more certain."""

SURE = 100.0

_DATED = 2.5
"""What a year beside a title adds."""

_PER_LOGIT = 0.6
"""Makes titles comparable with people, whose scores are set by hand."""

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

    def __init__(self, request: Request, spelling: TitleSpelling, evidence: TitleEvidence, judge: Judge) -> None:
        self._request = request
        self._spelling = spelling
        self._evidence = evidence
        self._judge = judge

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
            score = self._score(i, last, form, films, leading) + _DATED * (dated is not None)
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
        return None if capitals is None else self._unknown(i, capitals, leading)

    def _score(self, first: int, last: int, form: int, films: tuple[Film, ...], leading: Leading) -> float:
        candidate = Candidate(first, last, form, films, self._request.quote(first, last))
        return ENOUGH + _PER_LOGIT * self._judge(candidate, self._evidence.of(candidate, leading))

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

    def _unknown(self, i: int, last: int, leading: Leading) -> Title | None:
        """Return a title that the catalogue does not have: capitals before a bracketed year, or after a cue."""
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
