"""The titles of the catalogue, looked up by their words and by near spelling; what is meant is told elsewhere."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from math import log1p
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process

from matinee.language.folding import fold
from matinee.models import TitleEntry
from matinee.query.brands import Brands
from matinee.query.people import PeopleLookup
from matinee.query.spelling import Phrase, Spelling
from matinee.query.title_forms import (
    ALSO,
    EXACT,
    SERIES,
    SHORT,
    Film,
    article_first,
    key_word,
    title_forms,
    title_words,
    without_brackets,
)
from matinee.sanitize import plain

_YEAR_AT_END = re.compile(r"[\s,]*[(\[]?\b(1[89]\d\d|20\d\d)[)\]]?\s*$")
_NUMBERED = re.compile(r" \d")

_UNCOUNTED = 1000
"""Votes that each film is taken to have where none of the catalogue has any."""

_LETTERS = re.compile(r"[a-z]+")


_WEIGHTS = {EXACT: 1.0, ALSO: 0.99, SHORT: 0.98, SERIES: 0.9}
"""By which the likeness of a title counts, by its form."""


class Near(NamedTuple):
    """A film whose title is spelled nearly like the one asked for; `score` is 1 when they are the same."""

    movie_id: str
    title: str
    year: int | None
    score: float


class TitleLookup:
    """Titles of a catalogue, ready to be found in requests.

    `films` are `TitleEntry`s, or tuples of their first fields; `people` are by default their directors and stars.
    Titles may have their article at the end ("Matrix, The") and other titles in brackets.
    """

    def __init__(self, films: Iterable[tuple[Any, ...]], people: PeopleLookup | None = None) -> None:
        entries = [TitleEntry(*film) for film in films]
        self.people = people or PeopleLookup((entry.directors, entry.stars) for entry in entries)
        self.brands = Brands(entries)
        self._films = [Film(*entry[:3]) for entry in entries]
        self._runtimes = {entry.movie_id: entry.runtime for entry in entries if entry.runtime}
        self._popularity = _popularity(entries)
        self._named: dict[str, tuple[int, list[int]]] = {}
        self._series: dict[str, list[int]] = {}
        self._most_words: dict[str, int] = {}
        self._by_person: dict[str, list[tuple[float, int]]] = {}
        for at, entry in enumerate(entries):
            for title, own_form in ((entry.title, EXACT), *((other, ALSO) for other in entry.aka)):
                for form, spelled in title_forms(title, own_form):
                    self._enter(at, form, spelled)
            for person in {*entry.directors, *entry.stars}:
                self._by_person.setdefault(person, []).append((entry.votes, -at))
        self._keys = sorted({*self._named, *self._series})
        counts, self._usage = _word_counts(entries, self._keys)
        self.spelling = Spelling(_phrases(entries, people.films if people else {}), counts)

    def _enter(self, at: int, form: int, spelled: str) -> None:
        if not spelled:
            return
        if form == SERIES:
            films = self._series.setdefault(spelled, [])
        else:
            known_form, films = self._named.get(spelled, (form, []))
            if form < known_form or not films:
                films = []
                self._named[spelled] = (form, films)
            elif form > known_form:
                return
        if at not in films:
            films.append(at)
        first, _, rest = spelled.partition(" ")
        if rest:
            opening, length = f"{first} {rest.partition(' ')[0]}", spelled.count(" ") + 1
            if self._most_words.get(opening, 0) < length:
                self._most_words[opening] = length

    def runtimes(self, movie_ids: Iterable[str]) -> list[int]:
        """Return the minutes of those of these films whose length is known."""
        return [self._runtimes[movie_id] for movie_id in movie_ids if movie_id in self._runtimes]

    def popularity(self, films: Iterable[Film]) -> float:
        """Return the share of all films that fewer voted on than on the best known of these, 0..1."""
        return max(self._popularity.get(film.movie_id, 0.5) for film in films)

    def by_popularity(self) -> list[Film]:
        """Return all films, best known first."""
        return sorted(self._films, key=lambda film: -self._popularity.get(film.movie_id, 0.5))

    def usage(self, key: str) -> float:
        """Return how usual the words of a title are: the logarithm of how often they stand in the films' texts."""
        words = key.split()
        return log1p(min(self._usage.get(part, 0) for part in (pairwise(words) if len(words) > 1 else words)))

    def best_known(self, person: str, most: int) -> list[Film]:
        """Return the films of a person that most voted on, best known first."""
        return [self._films[-at] for _, at in sorted(self._by_person.get(person, ()), reverse=True)[:most]]

    def __len__(self) -> int:
        """Return how many films the catalogue has."""
        return len(self._films)

    def closest(self, title: str, year: int | None = None, limit: int = 5) -> list[Near]:
        """Return the films whose titles are spelled most like this one, best first, scores 0..1.

        A year may stand at the title's end ("parasite (2019)"); films of another year lose score.
        """
        folded = fold(plain(title))
        at_end = _YEAR_AT_END.search(folded)
        if at_end and at_end.start() > 0 and title_words(folded) not in self._named:
            year = year or int(at_end[1])
            folded = folded[: at_end.start()]
        wanted = title_words(article_first(folded))
        if not wanted:
            return []
        likeness = {
            key: score / 100
            for key, score, _ in process.extract(wanted, self._keys, scorer=fuzz.ratio, score_cutoff=55, limit=50)
        } | {key: 0.85 for key in self._beginning_with(wanted)[:20]}
        best: dict[int, float] = {}
        for key, score in likeness.items():
            form, films = self._named.get(key, (SERIES, []))
            for at in [*films, *self._series.get(key, [])]:
                weight = _WEIGHTS[form if at in films else SERIES] * _same_year(year, self._films[at].year)
                best[at] = max(best.get(at, 0), score * weight)
        ranked = sorted(best.items(), key=lambda pair: (-pair[1], self._films[pair[0]].year or 9999, pair[0]))
        return [Near(*self._films[at], round(score, 4)) for at, score in ranked[:limit]]

    def named(self, key: str) -> tuple[int, tuple[Film, ...]] | None:
        """Return the films that a key names, with the form in which it does."""
        form, films = self._named.get(key, (SERIES, []))
        series = self._series.get(key, [])
        if films:
            return form, tuple(self._films[at] for at in [*films, *self._later_saga(films, series)])
        return (SERIES, (self._earliest(series),)) if series else None

    def is_name(self, norms: Sequence[str]) -> bool:
        """Tell whether folded words are the name of a film or of somebody."""
        return " ".join(map(key_word, norms)) in self._named or bool(self.people.called(norms))

    def dated(self, key: str, year: int) -> list[Film]:
        """Return the films that a key names, if not as a series, of the year or of one beside it."""
        films = [self._films[at] for at in self._named.get(key, (EXACT, []))[1]]
        return [film for film in films if film.year and abs(film.year - year) <= 1]

    def of_family(self, words: str, titled: str = "") -> list[Film]:
        """Return the films of a series or studio, and those whose titles tell of it, as "Saw II".

        Args:
            words: the name of the series or studio, as `family_words` gives it.
            titled: the words of titles; several count anywhere in a title, a single one with a number behind it.

        Returns:
            The films, the earliest first.
        """
        return sorted({*self.brands.family(words), *(self._titled(titled) if titled else ())}, key=_earliest_first)

    def _titled(self, titled: str) -> Iterator[Film]:
        places = [*self._series.get(titled, ())]
        if " " in titled:
            among = min((self._by_word.get(word, []) for word in titled.split()), key=len)
            keys = [key for key in among if f" {titled} " in f" {key} "]
        else:
            keys = [titled, *(key for key in self._beginning_with(titled) if _NUMBERED.match(key, len(titled)))]
        places += [at for key in keys if key in self._named for at in self._named[key][1]]
        yield from (self._films[at] for at in places)

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self._named:
            for word in set(key.split()):
                found.setdefault(word, []).append(key)
        return found

    def beginning_with(self, key: str) -> list[Film]:
        """Return the films with a title that goes on after these words ("shawshank"), the earliest first."""
        films = {
            self._films[at]
            for longer in self._beginning_with(key)
            for at in [*self._named.get(longer, (0, []))[1], *self._series.get(longer, [])]
        }
        return sorted(films, key=_earliest_first)

    def spelled_like(self, key: str) -> tuple[Film, ...]:
        """Return the films of the one title that is spelled very nearly like this, if there is one."""
        cutoff = 90 if len(key) < 12 else 88
        near = process.extractOne(key, self._keys, scorer=fuzz.ratio, score_cutoff=cutoff)
        named = self.named(near[0]) if near else None
        return named[1] if named else ()

    def most_words(self, first: str, second: str) -> int:
        """Return how many words the longest title has that begins with these two; 0 if none does."""
        return self._most_words.get(f"{first} {second}", 0)

    def _beginning_with(self, key: str) -> list[str]:
        low = bisect_left(self._keys, key + " ")
        return self._keys[low : bisect_left(self._keys, key + "!", low)]

    def _earliest(self, films: list[int]) -> Film:
        return min((self._films[at] for at in films), key=lambda film: film.year or 9999)

    def _later_saga(self, films: list[int], series: list[int]) -> list[int]:
        # "Lord of the Rings" is the name of a 1978 film and of a far better known series that began in 2001.
        years = [self._films[at].year or 0 for at in films]
        later = sorted((year, at) for at in series if (year := self._films[at].year))
        return [later[0][1]] if len(later) >= 3 and later[0][0] > max(years) + 10 else []


def _earliest_first(film: Film) -> tuple[int, str, str]:
    return film.year or 9999, film.title, film.movie_id


def _popularity(entries: Sequence[TitleEntry]) -> dict[str, float]:
    """Return the share of films that fewer voted on, by film; nothing where no votes are known."""
    votes = sorted((entry.votes, entry.movie_id) for entry in entries if entry.votes)
    return {movie_id: place / len(votes) for place, (_, movie_id) in enumerate(votes)}


def _word_counts(
    entries: Iterable[TitleEntry], keys: Iterable[str]
) -> tuple[Counter[str], Counter[str | tuple[str, str]]]:
    """Return how often each word stands in the texts, and in how many of them single words and pairs of titles do."""
    titled: set[str | tuple[str, str]] = set()
    for key in keys:
        words = key.split()
        titled.update(pairwise(words) if len(words) > 1 else words)
    counts: Counter[str] = Counter()
    usage: Counter[str | tuple[str, str]] = Counter()
    for entry in entries:
        words = _LETTERS.findall(fold(entry.text))
        counts.update(words)
        usage.update(titled.intersection(words))
        usage.update(titled.intersection(pairwise(words)))
    return counts, usage


def _phrases(entries: Sequence[TitleEntry], people: Mapping[str, int]) -> Iterator[Phrase]:
    """Yield the titles and names of these films, and those of further people, with how many votes speak for each."""
    yield from (Phrase(name, films * _UNCOUNTED) for name, films in people.items())
    counted = any(entry.votes for entry in entries)
    for entry in entries:
        votes = int(entry.votes) if counted else _UNCOUNTED
        titles = map(without_brackets, (entry.title, *entry.aka))
        names = dict.fromkeys((*entry.directors, *entry.stars))
        brands = filter(None, (entry.series, entry.studio))
        yield from (Phrase(text, votes) for text in (*titles, *names, *brands))


def _same_year(asked: int | None, actual: int | None) -> float:
    if asked is None or asked == actual:
        return 1.0
    if actual is None:
        return 0.9
    return 0.95 if abs(asked - actual) == 1 else 0.7
