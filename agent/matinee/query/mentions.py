"""The films that a request names, told from everyday words that happen to be titles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from matinee.language.lexicon import word_set
from matinee.language.request import Request
from matinee.models import Mention
from matinee.query.preference_cues import Cue, Role, cue_at, verdict_at
from matinee.query.title_disambiguation import Judge, Place
from matinee.query.titles import SERIES, Film, Scan, TitleLookup

_QUOTED = re.compile(
    r"\"([^\"]{1,80})\"|(?<!\w)'((?:[^']|(?<=\w)'(?=\w)){1,80})'(?!\w)"
    r"|(?<!\w)\*([^*]{1,80})\*(?!\w)|(?<!\w)_([^_]{1,80})_(?!\w)"
)
_YEAR_AFTER = re.compile(
    r"[\"'*_]? ?[(\[] ?(?P<bracketed>1[89]\d\d|20\d\d) ?[)\]]"
    r"|,? (?:(?:from|the|of) )?(?P<bare>1[89]\d\d|20\d\d)\b(?: one| version)?"
)
_YEAR_BEFORE = re.compile(r"\b(1[89]\d\d|20\d\d)(?: version of| film| movie)? (?:the )?$")
_WITHIN_NAMES = frozenset(("the", "of", "de", "la", "du", "to"))
_MOST_PASSED = 6
_GOVERNS = 6
"""How many words after a cue a title may come that the viewer speaks of with it."""


class _Title(NamedTuple):
    """A title found in the request: the word after it, the films (none: not in the catalogue), its span of text."""

    last: int
    films: tuple[Film, ...]
    span: tuple[int, int]


@dataclass
class _State:
    """Where the reading stands: the cue in force, whether a title may follow here, the films of the list so far."""

    cue: Cue | None = None
    reach: bool = False
    passed: int = 0
    listed: list[int] = field(default_factory=list)
    list_end: int = 0
    joined: bool = True
    """Whether what comes next in a list is joined to it by a comma or a word."""

    def open(self, cue: Cue) -> None:
        self.cue, self.reach, self.passed = cue, cue.role is not None or cue.firm, 0
        self.listed, self.joined = [], True

    def close(self) -> None:
        self.cue, self.reach = None, False

    def role(self, i: int) -> Role | None:
        """Return what the viewer thinks of a title at word i."""
        if self.cue is None:
            return "like"
        weak = self.cue.role is None and not self.cue.firm
        governed = self.reach or i - max(self.cue.end, self.list_end) <= (1 if weak else _GOVERNS)
        return self.cue.role if governed else "like"


def read_mentions(request: Request, titles: TitleLookup) -> tuple[list[Mention], list[tuple[int, int]]]:
    """Return the films named, in the order of the text, and the spans of text that are titles, known or unknown."""
    return _Reader(request, titles).read()


class _Reader:
    def __init__(self, request: Request, titles: TitleLookup) -> None:
        self._request = request
        self._scan = Scan(request, titles)
        self._judge = Judge(request, titles, self._scan)
        self._quotes = _quotes(request)
        self._named: list[tuple[_Title, Role | None]] = []
        self._unknown: list[tuple[int, int]] = []

    def read(self) -> tuple[list[Mention], list[tuple[int, int]]]:
        state, i = _State(), 0
        while i < len(self._request.words):
            if i and self._request.ends_sentence(i):
                state.close()
            i = self._step(i, state)
        spans = [title.span for title, _ in self._named] + self._unknown
        return list(_mentions(self._request, self._named)), spans

    def _step(self, i: int, state: _State) -> int:
        request = self._request
        if title := self._title_at(i, state):
            self._note(i, title, state)
            return title.last
        verdict = verdict_at(request, i)
        if verdict and state.listed and i - state.list_end <= _GOVERNS + 2:
            for at in state.listed:
                self._named[at] = (self._named[at][0], verdict[1])
            state.close()
            return verdict[0]
        if cue := cue_at(request, i):
            if request.norms[i] == "not" and self._named and self._named[-1][1] == "seen" and i - state.list_end <= 1:
                cue = cue._replace(role=None, firm=True)  # "I've seen Alien but not Aliens"
            state.open(cue)
            return cue.end
        if state.reach:
            state.passed += 1
            passed = word_set("titles", "listed" if state.listed else "passed_over")
            state.reach = request.norms[i] in passed and state.passed <= _MOST_PASSED
            state.joined = True
        if request.norms[i] == "but":
            state.close()
        return i + 1

    def _note(self, i: int, title: _Title, state: _State) -> None:
        if not title.films:
            self._unknown.append(title.span)
            return
        if not state.reach:
            state.listed = []
        state.listed.append(len(self._named))
        self._named.append((title, state.role(i)))
        state.reach, state.passed, state.list_end = True, 0, title.last
        state.joined = any(c in ",/;:&" for c in self._request.gaps[title.last])

    def _title_at(self, i: int, state: _State) -> _Title | None:
        reach = state.reach and (state.joined or self._request.words[i].capital)
        firm = reach and state.cue is not None and state.cue.firm
        nameless = state.cue is not None and state.cue.role is None
        quoted_to = self._quotes.get(i)
        for last, form, films in self._scan.at(i):
            if quoted_to and last != quoted_to:
                continue  # part of a quote is no title
            after = _YEAR_AFTER.match(self._request.folded, self._request.words[last - 1].end)
            if after and after["bracketed"]:
                same = _of_year(films, int(after["bracketed"]), slack=1)
                if same or form != SERIES:
                    return self._title(i, last, same, end=after.end())
                continue
            if quoted_to:
                meant = self._judge.means_film_in_quotes(i, last, reach=reach)
            else:
                where = Place(reach=reach, firm=firm, nameless=nameless, joined=state.joined)
                meant = self._judge.means_film(i, last, form, where)
            dated = self._dated(i, last, films)
            if meant or (dated and self._judge.may_be_dated(i, last, reach=reach)):
                return dated or self._title(i, last, self._the_one_meant(i, films))
        if quoted_to:
            surely = reach or self._request.words[i].capital
            return self._title(i, quoted_to, self._judge.guess_whole(i, quoted_to)) if surely else None
        if (reach or self._judge.trailed(i)) and (guess := self._judge.guess(i, firm=firm)):
            return self._dated(i, *guess) or self._title(i, *guess)
        return self._unknown_at(i, state)

    def _title(
        self, first: int, last: int, films: tuple[Film, ...], start: int | None = None, end: int | None = None
    ) -> _Title:
        words = self._request.words
        end = words[last - 1].end if end is None else end
        while last < len(words) and words[last].start < end:
            last += 1
        return _Title(last, films, (words[first].start if start is None else start, end))

    def _dated(self, first: int, last: int, films: tuple[Film, ...]) -> _Title | None:
        """Return the title with the year that stands beside it, if the year decides which film is meant."""
        request = self._request
        after = _YEAR_AFTER.match(request.folded, request.words[last - 1].end)
        if after and (same := _of_year(films, int(after["bracketed"] or after["bare"]), slack=0)):
            return self._title(first, last, same, end=after.end())
        start = request.words[first].start
        before = _YEAR_BEFORE.search(request.folded, max(0, start - 24), start)
        if before and (same := _of_year(films, int(before[1]), slack=0)):
            return self._title(first, last, same, start=before.start(1))
        return None

    def _the_one_meant(self, first: int, films: tuple[Film, ...]) -> tuple[Film, ...]:
        """Return the first or the last of several films when the words before say "the original" or "the new"."""
        leading = {*self._request.norms[max(0, first - 2) : first]}
        by_year = sorted(films, key=lambda film: film.year or 9999)
        if leading & {"original", "old", "older"}:
            return (by_year[0],)
        return (by_year[-1],) if leading & {"new", "newer", "newest", "latest", "remake"} else films

    def _unknown_at(self, i: int, state: _State) -> _Title | None:
        """Return a title that the catalogue does not have: capitals before a bracketed year, or after a cue."""
        last = self._judge.capitals_to(i, word_set("common", "small"))
        if last is None:
            return None
        after = _YEAR_AFTER.match(self._request.folded, self._request.words[last - 1].end)
        if after and after["bracketed"]:
            if any(end == last for j in range(i + 1, last) for end, _, _ in self._scan.at(j)):
                return None  # a title of the catalogue is at the end of the run
            near = _of_year(self._judge.guess_whole(i, last), int(after["bracketed"]), slack=1)
            return self._title(i, last, near, end=after.end())
        name = self._judge.capitals_to(i, _WITHIN_NAMES) or last
        return self._title(i, name, ()) if state.reach and self._judge.looks_like_title(i, name) else None


def _of_year(films: tuple[Film, ...], year: int, slack: int) -> tuple[Film, ...]:
    exact = tuple(f for f in films if f.year == year)
    return exact or tuple(f for f in films if f.year is not None and abs(f.year - year) <= slack)


def _quotes(request: Request) -> dict[int, int]:
    """Return the words that are in quotes: the index of the first word, and the index after the last."""
    starts = {w.start: i for i, w in enumerate(request.words)}
    ends = {w.end: i + 1 for i, w in enumerate(request.words)}
    quotes = {}
    for match in _QUOTED.finditer(request.folded):
        start, end = match.span(match.lastindex or 0)
        inner = match[match.lastindex or 0]
        first = starts.get(start + len(inner) - len(inner.lstrip()))
        last = ends.get(end - len(inner) + len(inner.rstrip(" .,!?\u2026")))
        if first is not None and last is not None:
            quotes[first] = last
    return quotes


def _mentions(request: Request, named: Iterable[tuple[_Title, Role | None]]) -> Iterable[Mention]:
    seen: set[str] = set()
    for title, role in named:
        for film in title.films:
            if role and film.movie_id not in seen:
                seen.add(film.movie_id)
                said = request.said_at(*title.span)
                yield Mention(movie_id=film.movie_id, title=film.title, year=film.year, role=role, **said)
