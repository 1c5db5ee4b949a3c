"""What speaks for words of a request being the title that they spell: how usual they are, and what stands around them.

What each observation counts is learned: `benchmarks.named_films` writes `data/titles.toml`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from math import log10
from tomllib import loads
from typing import NamedTuple

from matinee.language.english import english_words
from matinee.language.lexicon import load, word_set
from matinee.language.request import Request
from matinee.query.name_context import Leading, everyday, verdict_at
from matinee.query.terms import Term
from matinee.query.title_forms import ALSO, EXACT, SERIES, SHORT, Film
from matinee.query.title_spelling import TitleSpelling, descriptive, unremarkable
from matinee.query.titles import TitleLookup

_RARE = 8_000
"""Rank of an English word from which it is rare."""

_UNKNOWN = 100_000
"""The rank of what is no English word."""

_FORMS = {EXACT: "own title", ALSO: "other title", SHORT: "short title", SERIES: "part of titles"}

_SELDOM = ("small", "describing")
"""Kinds of words that are seldom a title, so that it matters more how they are written."""

_I = frozenset(("i", "im", "ive", "id"))

Evidence = dict[str, float]
"""What was observed, each with a figure: 1 where it only holds."""

_words = partial(word_set, "common")


class Candidate(NamedTuple):
    """Words `first` up to `last` that spell a title: in which form, of which films."""

    first: int
    last: int
    form: int
    films: tuple[Film, ...]
    words: str


Judge = Callable[[Candidate, Evidence], float]
"""Returns how sure it is that the words name the film: above 0 they do."""


class TitleEvidence:
    """What speaks for and against the titles that words of one request spell."""

    def __init__(self, request: Request, spelling: TitleSpelling, titles: TitleLookup, terms: Sequence[Term]) -> None:
        self._request = request
        self._spelling = spelling
        self._titles = titles
        self._terms = {(term.first, term.last) for term in terms}
        inside = (
            i for i in range(1, len(request.words)) if not request.ends_sentence(i) and request.norms[i] not in _I
        )
        self._capitals = request.capitals_tell and any(request.words[i].capital for i in inside)

    def of(self, candidate: Candidate, leading: Leading) -> Evidence:
        """Return what is observed of a candidate to which this leads."""
        first, last, form = candidate[:3]
        kind, writing = self._kind(first, last), self._writing(first, last)
        observed = (
            kind,
            writing,
            *([f"{kind}, {writing}"] if kind.startswith(_SELDOM) else ()),
            _FORMS[form],
            self._cue(leading),
            *self._beside(first, last),
            *self._names(first, last, writing),
        )
        return dict.fromkeys(observed, 1.0) | self._figures(candidate)

    def _kind(self, first: int, last: int) -> str:
        """Return how usual the words are, and whether there is more than one that tells."""
        norms = self._request.norms[first:last]
        content = [n for n in norms if n not in _words("small")] or norms
        shape = "words" if len(content) > 1 else "word with small ones" if len(norms) > 1 else "word"
        if len("".join(norms)) == 1 or (_words("pronouns") | _words("small")).issuperset(norms):
            return f"small {shape}"
        if all(n.isdigit() for n in norms):
            return "number"
        kinds = (("describing", descriptive()), ("everyday", everyday()), ("usual", unremarkable()))
        usual = next((kind for kind, words in kinds if words.issuperset(content)), None)
        return f"{usual or ('known' if max(map(_rank, content)) < _RARE else 'rare')} {shape}"

    def _writing(self, first: int, last: int) -> str:
        capitals = self._spelling.capitalised(first, last)
        if self._spelling.quotes.get(first) == last:
            return "in quotes and capitals" if capitals else "in quotes"
        if capitals:
            begins = first == 0 or self._request.ends_sentence(first)
            later = any(word.capital for word in self._request.words[first + 1 : last])
            return "capital at the beginning" if begins and not later else "capitals"
        return "small among capitals" if self._capitals else "small"

    def _cue(self, leading: Leading) -> str:
        if not leading.reach:
            return "no cue"
        if leading.listed:
            return "in a list" if leading.joined else "near a film"
        return f"{'firm ' if leading.firm else ''}cue: {leading.kind}"

    def _beside(self, first: int, last: int) -> Iterator[str]:
        """Yield what stands on both sides."""
        request, norms = self._request, self._request.norms
        yield "begins " + ("the request" if first == 0 else self._gap(first))
        yield "ends " + ("the request" if last == len(norms) else self._gap(last))
        if first:
            yield f"after {norms[first - 1]}"
        if last < len(norms):
            yield f"before {norms[last]}"
        if verdict_at(request, last):
            yield "verdict"
        if any(map(self._is_title, range(last, min(last + 2, len(norms))))):
            yield "beside a title"

    def _gap(self, i: int) -> str:
        if self._request.flows(i):
            return "in a phrase"
        return "a sentence" if self._request.ends_sentence(i) else "a phrase"

    def _is_title(self, first: int) -> bool:
        spelled = self._spelling.spelled(first)
        return any(self._kind(first, last).startswith(("known", "rare", "usual words")) for last, _, _ in spelled)

    def _names(self, first: int, last: int, writing: str) -> Iterator[str]:
        """Yield what else the words may name."""
        norms, people = self._request.norms[first:last], self._titles.people
        if (first, last) in self._terms or " ".join(norms) in _vocabulary():
            yield from ("also a term", f"also a term, {writing}")
        wider = [self._request.norms[a:b] for a, b in ((first, last), (first - 1, last), (first, last + 1)) if a >= 0]
        if any(people.called(words) for words in wider if len(words) > 1) or (
            len(norms) == 1 and people.known_by(norms[0], "either")
        ):
            yield "also a person"
        if self._spelling.goes_on(last):
            yield "name goes on"

    def _figures(self, candidate: Candidate) -> Evidence:
        request, (first, last, _, films, _) = self._request, candidate
        content = [norm for norm in request.norms[first:last] if norm not in _words("small")]
        return {
            "popularity": self._titles.popularity(films),
            "usage": self._titles.usage(" ".join(self._spelling.keys[first:last])),
            "rarity": max(map(_rarity, content), default=0.0),
            "rarity of all": sum(map(_rarity, content)),
            "rarity before": _rarity(request.norms[first - 1]) if request.flows(first) else 0.0,
            "rarity behind": _rarity(request.norms[last]) if request.flows(last) else 0.0,
        }


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(term for listed in load("vocabulary").values() for term in listed)


def _rank(word: str) -> int:
    return english_words().get(word, _UNKNOWN)


def _rarity(word: str) -> float:
    """Return how rare an English word is, 0..1."""
    return log10(_rank(word)) / log10(_UNKNOWN)


@cache
def _weights() -> dict[str, float]:
    text = files("matinee.query").joinpath("data", "titles.toml").read_text(encoding="utf-8")
    weights: dict[str, float] = loads(text)["named"]
    return weights


def weighed(weights: Mapping[str, float], _: Candidate, evidence: Evidence) -> float:
    """Return the logit of the probability that the words name the film."""
    return weights["bias"] + sum(weights.get(name, 0.0) * figure for name, figure in evidence.items())


def learned(candidate: Candidate, evidence: Evidence) -> float:
    """Return the same by the weights that come along."""
    return weighed(_weights(), candidate, evidence)
