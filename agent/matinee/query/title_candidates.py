"""Words of a request that may be the title of a film, each with a score: how much speaks for it."""

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

from matinee.language.lexicon import load, word_set
from matinee.language.request import Request
from matinee.models import Span
from matinee.query.name_context import Leading, trails, verdict_at
from matinee.query.sentence_mode import is_film_word
from matinee.query.titles import SERIES, Film, TitleLookup, key_word

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
_EARLIEST = frozenset(("original", "old", "older"))
_LATEST = frozenset(("new", "newer", "newest", "latest", "remake"))

_ABBREVIATED = frozenset(("mr", "mrs", "ms", "dr", "st", "vs", "vol", "jr", "no", "pt", "sgt", "lt"))

_MOST_GUESSES = 6
"""How many times a request may be searched for near spellings, each a comparison with every title."""
_MOST_TRIES = 60
_LONGEST_GUESS = 6

_words = partial(word_set, "common")


@cache
def descriptive() -> frozenset[str]:
    """Return the single words that describe a film, and so are no title by themselves: "horror", "movies", "French"."""
    rows = [*load("genres")["genre"], *load("places")["place"], *load("vague")["vague"]]
    keys = ("alone", "adjective", "asked", "beside", "mood", "adjectives", "freely")
    phrases = (phrase for row in rows for key in keys for phrase in row.get(key, ()))
    return frozenset(word for phrase in phrases for word in phrase.split()) | _words("film")


class Title(NamedTuple):
    """Words `first` up to `last` as a title: the films (none: not in the catalogue), the span of text, the score."""

    first: int
    last: int
    films: tuple[Film, ...]
    span: Span
    score: float


class TitleCandidates:
    """The titles that words of one request may be."""

    def __init__(self, request: Request, titles: TitleLookup) -> None:
        self._request = request
        self._titles = titles
        self.keys = [key_word(norm) for norm in request.norms]
        self._reach = _reach(request)
        self._quotes = _quotes(request)
        self._guesses, self._tries = _MOST_GUESSES, _MOST_TRIES

    def spelled(self, i: int) -> Iterator[tuple[int, int, tuple[Film, ...]]]:
        """Yield the titles that begin with word i, longest first: index after the last word, form, films."""
        room = self._reach[i] - i
        most = min(room, self._titles.most_words(self.keys[i], self.keys[i + 1])) if room > 1 else 0
        for length in (*range(most, 1, -1), 1):
            named = self._titles.named(" ".join(self.keys[i : i + length]))
            if named:
                yield i + length, *named

    def best(self, i: int, leading: Leading) -> Title | None:
        """Return the longest title from word i that enough speaks for."""
        quoted = self._quotes.get(i)
        for last, form, films in self.spelled(i):
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
            return self._title(i, quoted, self._spelled_like(i, quoted)) if surely else None
        capitals = self._capitals_to(i, _words("small"))
        trailed = capitals is not None and trails(self._request, capitals)
        if (leading.reach or trailed) and (guess := self._guess(i, firm=leading.firm)):
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
        elif self._quotes.get(first) != last:
            seen += self._of_right(first, last, form, firm=leading.firm)
        return sum(_WEIGHTS[observed] for observed in seen)

    def _of_words(self, first: int, last: int, form: int) -> Iterator[str]:
        norms = self._request.norms[first:last]
        content = [n for n in norms if n not in _words("small")] or norms
        titled = len(norms) > 1 and form != SERIES and self._capitalised(first, last)
        if (descriptive().issuperset(content) and not titled) or len("".join(norms)) == 1:
            yield "describes"
        elif all(n.isdigit() for n in norms):
            yield "digits"
        elif (descriptive() | _words("everyday")).issuperset(content) or (len(norms) == 1 and len(norms[0]) <= 3):
            if len(content) > 1:
                yield "everyday words"
        else:
            yield "rare words" if len(content) > 1 else "rare word with small ones" if len(norms) > 1 else "rare word"

    def _of_writing(self, first: int, last: int) -> Iterator[str]:
        request = self._request
        capitals = self._capitalised(first, last)
        if self._quotes.get(first) == last:
            yield "quotes and capitals" if capitals else "quotes"
        elif capitals:
            begins = first == 0 or request.ends_sentence(first)
            later = any(word.capital for word in request.words[first + 1 : last])
            yield "capital at the beginning" if begins and not later else "capitals"
        if first == 0 and last == len(request.words):
            yield "all of the request"

    def _of_left(self, first: int, last: int, leading: Leading) -> Iterator[str]:
        request, norms = self._request, self._request.norms[first:last]
        capitals = self._capitalised(first, last)
        trailed = trails(request, last) and len(norms) > 1 and not self._are_everyday(norms)
        reach = leading.reach and (capitals or (leading.joined and leading.kind != "refused"))
        if (reach and leading.firm) or trailed:
            yield "firm cue"
        elif reach:
            yield "cue"
        elif capitals:
            if verdict_at(request, last):
                yield "verdict"
            elif first == 0 and request.norms[last : last + 1] == ["but"]:
                yield "compared"
            described = not descriptive().isdisjoint(n for n in norms if n not in _words("small"))
            if first and request.norms[first - 1] in _words("determiners") and described:
                yield "no name"
        if len(norms) == 1 and norms[0] in _words("pronouns") and not leading.joined:
            yield "no name"

    def _of_right(self, first: int, last: int, form: int, *, firm: bool) -> Iterator[str]:
        request, norms = self._request, self._request.norms[first:last]
        strictly = not request.flows(last) or request.norms[last] in _words("ends")
        if len(norms) == 1 and norms[0] in _words("pronouns") and not self._is_object(last):
            yield "no name"
        if self._capitalised(first, last):
            if self._goes_on(last):
                yield "name goes on"
            return
        if strictly:
            yield "clause ends"
        weak = self._are_everyday(norms) or (len(norms) == 1 and len(norms[0]) <= 3)
        if (
            not self._ends_well(last)
            or self._is_described(first)
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

    def _guess(self, first: int, *, firm: bool) -> tuple[int, tuple[Film, ...]] | None:
        """Return the film that the words after a cue nearly spell or begin to spell, and the index after them."""
        if self._tries <= 0 or not (firm or self._request.words[first].capital):
            return None
        self._tries -= 1
        reach = min(self._reach[first], first + _LONGEST_GUESS)
        for last in range(reach, first, -1):
            capitals = not self._goes_on(last) and self._capitalised(first, last)
            if not capitals and not (firm and self._ends_well(last) and not self._is_described(first)):
                continue
            films = self._begun(first, last) or self._misspelt(first, last, capitals=capitals)
            if films:
                return last, films
        return None

    def _begun(self, first: int, last: int) -> tuple[Film, ...]:
        keys = self.keys[first:last]
        if _words("small") & {keys[0], keys[-1]} or self._are_everyday(self._request.norms[first:last]):
            return ()
        films = self._titles.beginning_with(" ".join(keys)) or self._titles.beginning_with("the " + " ".join(keys))
        if len(keys) == 1:
            single = len({f.movie_id for f in films}) == 1 and len(keys[0]) >= 5 and keys[0] not in descriptive()
            if not single or not (self._request.words[first].capital or self._ends_strictly(last)):
                return ()
        return tuple(films[:1]) if len(films) <= 15 else ()

    def _misspelt(self, first: int, last: int, *, capitals: bool) -> tuple[Film, ...]:
        known = self._titles.vocabulary
        strange = [
            n
            for n in self._request.norms[first:last]
            if len(n) > 3 and n not in known and n not in _words("everyday") and n not in descriptive()
        ]
        if not strange or self._guesses <= 0:
            return ()
        self._guesses -= 1
        if not capitals and any(n.removesuffix("s") in known for n in strange):
            return ()  # a plural ("characters") is no misspelling of the title "Character"
        return self._spelled_like(first, last)

    def _spelled_like(self, first: int, last: int) -> tuple[Film, ...]:
        key = " ".join(self.keys[first:last])
        return self._titles.spelled_like(key) if len(key) >= 5 else ()

    def _unknown(self, i: int, leading: Leading) -> Title | None:
        """Return a title that the catalogue does not have: capitals before a bracketed year, or after a cue."""
        last = self._capitals_to(i, _words("small"))
        if last is None:
            return None
        after = _YEAR_AFTER.match(self._request.folded, self._request.words[last - 1].end)
        if after and after["bracketed"]:
            if any(end == last for j in range(i + 1, last) for end, _, _ in self.spelled(j)):
                return None  # a title of the catalogue is at the end of the run
            near = _of_year(self._spelled_like(i, last), int(after["bracketed"]), slack=1)
            return self._title(i, last, near, (self._request.words[i].start, after.end()))
        name = self._capitals_to(i, _WITHIN_NAMES) or last
        content = [n for n in self._request.norms[i:name] if n not in _words("small")]
        looks_like_title = len(content) > 1 and not (descriptive() | _words("everyday")).issuperset(content)
        return self._title(i, name, ()) if leading.reach and looks_like_title else None

    def _capitals_to(self, first: int, small: frozenset[str]) -> int | None:
        """Return where a run of capitalised words, with these small ones among them, ends; None if none begins here."""
        words, gaps = self._request.words, self._request.gaps
        if not self._request.capitals_tell or not words[first].capital or words[first].norm == "i":
            return None
        last = end = first + 1
        while last < len(words) and gaps[last] in (" ", "-", ": ", " & ", "'", ", ") and last - first < 10:
            if words[last].capital and words[last].norm != "i" and gaps[last] != ", ":
                end = last + 1
            elif words[last].norm not in small and not words[last].norm.isdigit():
                break
            last += 1
        return end

    def _capitalised(self, first: int, last: int) -> bool:
        words = self._request.words[first:last]
        content = [w for w in words if w.norm not in _words("small")] or words
        written = all(w.capital or w.norm[0].isdigit() for w in content) and any(w.capital for w in content)
        return self._request.capitals_tell and written

    def _goes_on(self, last: int) -> bool:
        """Tell whether the name goes on after what spells a title: "Frozen" in "Frozen Planet"."""
        if last >= len(self._request.words) or self._request.gaps[last] not in (" ", "-"):
            return False
        word = self._request.words[last]
        if word.norm.isdigit():
            return len(word.norm) < 3
        if not word.capital or word.norm in ("i", "im", "ive") or word.norm in _words("film"):
            return False
        return not any(end - last > 1 and self._capitalised(last, end) for end, _, _ in self.spelled(last))

    def _is_object(self, last: int) -> bool:
        return last >= len(self._request.words) or self._request.norms[last] not in _words("verbs")

    def _ends_well(self, last: int) -> bool:
        ending = _words("after") | _words("verbs") | _words("film")
        return not self._request.flows(last) or self._request.norms[last] in ending - {"of"}

    def _ends_strictly(self, last: int) -> bool:
        return not self._request.flows(last) or self._request.norms[last] in _words("ends")

    def _is_described(self, first: int) -> bool:
        return first > 0 and self._request.norms[first - 1] in _words("describing")

    def _are_everyday(self, norms: list[str]) -> bool:
        return _words("everyday").issuperset(norms)


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


def _reach(request: Request) -> list[int]:
    reach, last = [0] * len(request.words), len(request.words)
    for i in range(len(request.words) - 1, -1, -1):
        reach[i] = last
        if i and not _within_title(request.gaps[i], request.words[i - 1].norm):
            last = i
    return reach


def _within_title(gap: str, before: str) -> bool:
    if any(c in '"()[];|\u2026' for c in gap):
        return False
    ends = gap.rstrip() != gap and gap[:1] in (".", "!", "?")
    return len(gap) <= 3 and (not ends or (gap[0] == "." and (before in _ABBREVIATED or len(before) == 1)))
