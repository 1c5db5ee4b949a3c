"""The titles of the catalogue, looked up by their words and by near spelling; what is meant is told elsewhere."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from math import log1p
from typing import NamedTuple

from rapidfuzz import fuzz, process

from matinee.language.folding import fold
from matinee.language.lexicon import section, word_set
from matinee.language.tokens import norms
from matinee.query.brands import Belonging, Brands
from matinee.query.people import PeopleLookup
from matinee.query.spelling import Phrase, Spelling
from matinee.sanitize import plain

EXACT, ALSO, SHORT, SERIES = range(4)

_ARTICLES = "the|a|an|le|la|les|l'|il|lo|i|gli|el|los|las|der|die|das|den|det|de|un|une|o|os"
_TRAILING_ARTICLE = re.compile(rf"^([^(]+?), ({_ARTICLES})(?= \(|:| - |$)")
_BRACKETED = re.compile(r" \(([^()]*)\)")
_BRACKETS_AT_END = re.compile(r"(?: \([^()]*\))+$")
_YEAR_AT_END = re.compile(r"[\s,]*[(\[]?\b(1[89]\d\d|20\d\d)[)\]]?\s*$")
_PARTS = re.compile(r": | - ")
_NUMBERS = (
    {word: str(number) for number, word in enumerate(section("numbers")["from_one"].split()[1:13], 2)}
    | {roman: str(number) for number, roman in enumerate("ii iii iv".split(), 2)}
    | {"vi": "6", "vii": "7", "viii": "8", "ix": "9"}
)
_SPELLINGS = _NUMBERS | {"volume": "vol", "pt": "part"}
_BRITISH = re.compile(r"^(\w{3,})our(s?)$")
_FAMILY = re.compile(r"^the | (?:trilogy|series|saga|franchise)$")
_NUMBERED = re.compile(r" \d")
_INSTALMENT = re.compile(r"\b(?:part|vol|episode) (?=\d)")


class Film(NamedTuple):
    """A film of the catalogue as titles know it."""

    movie_id: str
    title: str
    year: int | None


Names = Sequence[str]
Listed = (
    tuple[str, str, int | None, Names]
    | tuple[str, str, int | None, Names, Names, Names]
    | tuple[str, str, int | None, Names, Names, Names, float, int | None]
    | tuple[str, str, int | None, Names, Names, Names, float, int | None, str | None, str | None, str]
)
"""A film as (movie_id, title, year, other titles), its directors and stars, its votes and minutes, its series, studio
and text, as far as known."""

_UNCOUNTED = 1000
"""Votes that each film is taken to have where none of the catalogue has any."""

_LETTERS = re.compile(r"[a-z]+")


class Near(NamedTuple):
    """A film whose title is spelled nearly like the one asked for; `score` is 1 when they are the same."""

    movie_id: str
    title: str
    year: int | None
    score: float


def key_word(norm: str) -> str:
    """Return the spelling under which a word of a title is looked up: `XI` is a number, and `colour` color."""
    return _SPELLINGS.get(norm) or _BRITISH.sub(r"\1or\2", norm)


def title_words(folded: str) -> str:
    """Return the words of a folded title as it is looked up by them."""
    return " ".join(map(key_word, norms(folded)))


def family_words(folded: str) -> str:
    """Return the words of a folded series' name, without its article and what kind of series it is."""
    return _FAMILY.sub("", title_words(folded).replace(" and ", " "))


class TitleLookup:
    """Titles of a catalogue, ready to be found in requests.

    `entries` are films as (movie_id, title, year, other titles) or with directors and stars after that; `people`
    are by default those. Titles may have their article at the end ("Matrix, The") and other titles in brackets.
    """

    def __init__(self, entries: Iterable[Listed], people: PeopleLookup | None = None) -> None:
        entries = list(entries)
        self.people = people or PeopleLookup((entry[4], entry[5]) for entry in entries if len(entry) > 4)
        self.brands = Brands(map(_belonging, entries))
        self._films: list[Film] = []
        self._runtimes = {entry[0]: entry[7] for entry in entries if len(entry) > 7 and entry[7]}
        self._popularity = _popularity(entries)
        self._named: dict[str, tuple[int, list[int]]] = {}
        self._series: dict[str, list[int]] = {}
        self._most_words: dict[str, int] = {}
        self._by_person: dict[str, list[tuple[float, int]]] = {}
        self._families: dict[str, list[int]] = {}
        for entry in entries:
            at, (movie_id, title, year, aka) = len(self._films), entry[:4]
            for family in entry[8:10]:
                if isinstance(family, str):
                    self._families.setdefault(family_words(fold(family)), []).append(at)
            self._films.append(Film(movie_id, title, year))
            for form, spelled in title_forms(title, EXACT):
                self._enter(at, form, spelled)
            for other in aka:
                for form, spelled in title_forms(other, ALSO):
                    self._enter(at, form, spelled)
            for person in {*entry[4], *entry[5]} if len(entry) > 5 else ():
                self._by_person.setdefault(person, []).append((entry[6] if len(entry) > 6 else 0.0, -at))
        self._keys = sorted({*self._named, *self._series})
        self.spelling = _spelling(entries, people.films if people else {})
        self._usage = _usage(self._keys, entries)

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
        wanted = title_words(_TRAILING_ARTICLE.sub(r"\2 \1", folded))
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
                penalty = (1.0, 0.99, 0.98, 0.9)[form if at in films else SERIES] * _same_year(
                    year, self._films[at].year
                )
                best[at] = max(best.get(at, 0), score * penalty)
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
        films = {*self._families.get(words, ())}
        if titled:
            films.update(self._titled(titled))
        return sorted((self._films[at] for at in films), key=lambda f: (f.year or 9999, f.title))

    def _titled(self, titled: str) -> Iterator[int]:
        yield from self._series.get(titled, ())
        if " " in titled:
            among = min((self._by_word.get(word, []) for word in titled.split()), key=len)
            keys = [key for key in among if f" {titled} " in f" {key} "]
        else:
            keys = [titled, *(key for key in self._beginning_with(titled) if _NUMBERED.match(key, len(titled)))]
        yield from (at for key in keys if key in self._named for at in self._named[key][1])

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
        return sorted(films, key=lambda f: (f.year or 9999, f.title))

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


def _usage(keys: Iterable[str], entries: Sequence[Listed]) -> Mapping[str | tuple[str, str], int]:
    """Return how often single words that are titles, and pairs of words in titles, stand in the texts of the films."""
    wanted: set[str | tuple[str, str]] = set()
    for key in keys:
        words = key.split()
        wanted.update(pairwise(words) if len(words) > 1 else words)
    counts: Counter[str | tuple[str, str]] = Counter()
    for entry in entries:
        for text in entry[10:]:
            words = _LETTERS.findall(fold(str(text)))
            counts.update(wanted.intersection(words))
            counts.update(wanted.intersection(pairwise(words)))
    return counts


def _popularity(entries: Sequence[Listed]) -> dict[str, float]:
    """Return the share of films that fewer voted on, by film; nothing where no votes are known."""
    votes = sorted((entry[6], entry[0]) for entry in entries if len(entry) > 6 and entry[6])
    return {movie_id: place / len(votes) for place, (_, movie_id) in enumerate(votes)}


def _belonging(entry: Listed) -> Belonging:
    known = entry[8:10]
    series, studio = known if len(known) == 2 else (None, None)
    return Belonging(entry[0], entry[1], entry[2], series, studio)


def _spelling(entries: Sequence[Listed], people: Mapping[str, int]) -> Spelling:
    """Return what is known of spellings from the titles, people and texts of these films, and from further people."""
    counts: Counter[str] = Counter()
    phrases = [Phrase(name, films * _UNCOUNTED) for name, films in people.items()]
    counted = any(len(entry) > 6 and entry[6] for entry in entries)
    for entry in entries:
        votes = int(entry[6]) if counted and len(entry) > 6 else _UNCOUNTED
        phrases += [Phrase(_BRACKETED.sub("", title), votes) for title in (entry[1], *entry[3])]
        phrases += [Phrase(name, votes) for name in dict.fromkeys((*entry[4], *entry[5]) if len(entry) > 5 else ())]
        phrases += [Phrase(name, votes) for name in entry[8:10] if isinstance(name, str)]
        for text in entry[10:]:
            counts.update(_LETTERS.findall(fold(str(text))))
    return Spelling(phrases, counts)


def title_forms(title: str, form: int = EXACT) -> Iterator[tuple[int, str]]:
    """Yield the keys under which a title is looked up, its own first, each with its form."""
    folded = fold(title.strip())
    if brackets := _BRACKETS_AT_END.search(folded):
        for other in _BRACKETED.findall(brackets[0]):
            name = other.removeprefix("a.k.a. ")
            if name[:1].isalpha() and len(name) > 1:
                yield from title_forms(name, ALSO)
        folded = folded[: brackets.start()] or folded
    if ", " in folded:
        folded = _TRAILING_ARTICLE.sub(r"\2 \1", folded)
    spelled = title_words(folded)
    yield form, spelled
    first, _, rest = spelled.partition(" ")
    if rest and first in ("the", "a", "an") and rest not in word_set("common", "pronouns"):
        yield SHORT, rest
    shorter = _INSTALMENT.sub("", spelled)
    if shorter != spelled:
        yield SHORT, shorter
        if shorter.startswith("the "):
            yield SHORT, shorter[4:]
    if "-" in folded or "\u00b7" in folded or "." in folded:
        joined = title_words(re.sub(r"(?<=\w)[-\u00b7.](?=\w)", "", folded))
        if joined != spelled:
            yield SHORT, joined
    if ":" in folded or " - " in folded:
        yield from _parts(folded)


def _parts(folded: str) -> Iterator[tuple[int, str]]:
    for gap in _PARTS.finditer(folded):
        head, tail = title_words(folded[: gap.start()]), title_words(folded[gap.end() :])
        for part in (head, *([tail] if tail.count(" ") and not _INSTALMENT.match(tail) else [])):
            yield SERIES, part
            if part.startswith("the ") and part.count(" ") > (0 if part == head else 1):
                yield SERIES, part[4:]


def _same_year(asked: int | None, actual: int | None) -> float:
    if asked is None or asked == actual:
        return 1.0
    if actual is None:
        return 0.9
    return 0.95 if abs(asked - actual) == 1 else 0.7
