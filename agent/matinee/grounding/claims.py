"""Checks a reason sentence by sentence against what is known, and says what supports each.

A sentence stands when everything that it names is in the film's row, the viewer's history or the request,
and when it shares at least one content word with them. This is lexical: it cuts what is foreign or empty,
and does not judge whether a sentence that uses the right words is true.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from py_rust_stemmers import SnowballStemmer

from matinee.models import GENRES, Evidence, Movie, Preference, Understanding

_END = re.compile(r"([.!?\u2026]+[\"'\u201d\u2019)]*)\s+(?=[\"'\u201c\u2018(]*[^\W_a-z])")
_WORD = re.compile(r"\d+\.\d+|[^\W_]+(?:['\u2019][^\W_]+)?")
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_DECIMAL = re.compile(r"\b\d+\.\d+\b")
_MINUTES = re.compile(r"\b(\d{2,3})[ -]minutes?\b", re.I)
_SCORE = re.compile(r"\b(\d{1,2}(?:\.\d)?)\s*(?:/\s*10\b|out of (?:10|ten)\b)", re.I)
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|Vol|No|[A-Z])\.$")

_GENRE_WORDS = {
    "comedy": "Comedy", "comedic": "Comedy", "comedies": "Comedy", "horror": "Horror", "western": "Western",
    "musical": "Musical", "documentary": "Documentary", "thriller": "Thriller", "animated": "Animation",
    "animation": "Animation", "sci-fi": "Sci-Fi", "romance": "Romance", "romantic": "Romance", "biopic": "Biography",
    "noir": "Film-Noir",
}  # fmt: skip

_STOP = frozenset(
    "a about above after again all also although always am an and any are as at be because been being both but by can "
    "could did do does each even ever every few film films for from get gets had has have he her here hers him his how "
    "i if in into is it its just like made make makes many may me might more most movie movies much must my no nor not "
    "of off on one only or other our out over own perfect picture quite really recommend request s same see she should "
    "so some such t than that the their them then there these they this those through to together too under until up "
    "very viewer want was watch watching we well were what when where which while who will with would you your "
    "great good best must-see masterpiece amazing excellent wonderful fantastic truly makes choice option pick fit "
    "fits".split()
)


@dataclass(frozen=True)
class Checked:
    """What is left of a reason: the sentences that stand, what supports them, and what was cut."""

    text: str
    evidence: list[Evidence]
    cut: list[str]


class ClaimChecker:
    """Checks reasons given for one request to one viewer."""

    def __init__(self, understanding: Understanding, preferences: Sequence[Preference] = ()) -> None:
        self._request = understanding.text
        self._preferences = preferences

    def check(self, reason: str, movie: Movie) -> Checked:
        """Return the reason without the sentences that the film, the request and the history do not support."""
        sources = list(self._sources(movie))
        known = {stem(word) for _, text in sources for word in words(text)}
        kept, evidence, cut = [], [], []
        for sentence in sentences(reason):
            support = None if _contradicts(sentence, movie, known) else _support(sentence, sources)
            if support is None:
                cut.append(sentence)
            else:
                kept.append(sentence)
                evidence.append(support)
        return Checked(" ".join(kept), evidence, cut)

    def _sources(self, movie: Movie) -> Iterable[tuple[str, str]]:
        """Yield the texts that may support a claim, the film's own first."""
        yield from ((("overview"), part) for part in sentences(movie.overview))
        for field in ("keywords", "genres", "directors", "stars", "languages", "countries"):
            yield from ((field, item) for item in getattr(movie, field))
        yield "title", movie.title
        yield from (("aka", title) for title in movie.aka)
        for field in ("year", "runtime", "imdb_rating", "metascore"):
            if (value := getattr(movie, field)) is not None:
                yield field, str(value)
        if movie.tagline:
            yield "tagline", movie.tagline
        yield from ((f"preference:{p.preference_id}", p.text) for p in self._preferences)
        yield "request", self._request


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each as it stands there; abbreviations and initials end none."""
    found, start = [], 0
    for end in _END.finditer(text):
        if not _ABBREVIATION.search(text[start : end.end(1)]):
            found.append(text[start : end.end(1)])
            start = end.end()
    return [part for part in (*(f.strip() for f in found), text[start:].strip()) if part]


def words(text: str) -> list[str]:
    """Return the words of a text, as written."""
    return _WORD.findall(text)


def stem(word: str) -> str:
    """Return the word's stem (Snowball, English), without case or possessive: kin words share it."""
    low = word.casefold().replace("\u2019", "'").removesuffix("'s")
    stemmed: str = _stemmer().stem_word(low)
    return stemmed


@cache
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")


def content_stems(text: str) -> set[str]:
    """Return the stems of the words that carry meaning."""
    return {stem(w) for w in words(text) if w.casefold() not in _STOP and len(w) > 1}


def _contradicts(sentence: str, movie: Movie, known: set[str]) -> bool:
    """Tell whether the sentence names something that neither the row nor the viewer knows, or denies a genre."""
    low = re.sub(r"\bscience[ -]fiction\b|\bsci ?fi\b", "sci-fi", sentence.casefold())
    if any(year not in known for year in _YEAR.findall(sentence)):
        return True
    if any(number not in known for number in (*_DECIMAL.findall(sentence), *_MINUTES.findall(sentence))):
        return True
    if any(movie.imdb_rating is None or float(score) != movie.imdb_rating for score in _SCORE.findall(sentence)):
        return True
    for word, genre in _GENRE_WORDS.items():
        if re.search(rf"\b{word}\b", low) and genre not in movie.genres and stem(word) not in known:
            return True
    if any(
        re.search(rf"\b(?:not|isn't|is no|never)\b[^.]{{0,20}}\b{genre.casefold()}\b", low) for genre in movie.genres
    ):
        return True
    return any(stem(word) not in known for word in _names(sentence))


def _names(sentence: str) -> list[str]:
    """Return the capitalised words that are not merely the first of the sentence."""
    found = _WORD.finditer(sentence)
    next(found, None)
    genres = {g.casefold() for g in GENRES} | {"sci", "fi", "imdb", "i"}
    return [m.group() for m in found if m.group()[0].isupper() and m.group().casefold() not in genres]


def _support(sentence: str, sources: Sequence[tuple[str, str]]) -> Evidence | None:
    claimed = content_stems(sentence)
    best, most = None, 0.0
    for position, (source, text) in enumerate(sources):
        shared = claimed & content_stems(text)
        weight = len(shared) - position / 1000
        if shared and weight > most:
            best, most = Evidence(claim=sentence, source=source, quote=text), weight
    return best
