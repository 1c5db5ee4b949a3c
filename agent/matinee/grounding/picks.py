"""Turns drafts into validated recommendations, one at a time, as they come.

The desk is the only place where a `MovieRecommendation` is made: nothing leaves it that was not offered,
breaks a constraint, repeats, or gives a reason without support.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from matinee.grounding.claims import ClaimChecker, Source, cited, tellable
from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.text import stems, tokens
from matinee.grounding.draft import Draft
from matinee.grounding.language import in_english
from matinee.grounding.match import Fault, match
from matinee.models import (
    Candidate,
    Evidence,
    Movie,
    MovieRecommendation,
    Preference,
    ReasoningKind,
    Spoilers,
    Understanding,
)

_SHORTEST = 4
"""A reason of fewer words, not counting the film's name, says nothing, and is written anew."""

_AT_INITIAL = re.compile(r"\b[A-Z]\.$")
"""A text that ends so may have broken off within a name; whatever came after it would be read as its rest."""


class Written(Protocol):
    """A reason with what supports it."""

    @property
    def text(self) -> str:
        """Return the reason."""
        ...

    @property
    def evidence(self) -> list[Evidence]:
        """Return the support of each claim."""
        ...


class PickDesk:
    """Makes the recommendations of one run.

    `offered` are the films that may be chosen, best first, numbered from 1 as the prompt numbers them;
    `write` gives a reason for a film from its row alone, `why` a sentence on why it suits the request, where what a
    model says of it does not tell. Under strict `spoilers` the row's overview is neither shown nor told. No pick leaves
    whose evidence does not quote its source word for word.
    """

    def __init__(
        self,
        offered: Sequence[Candidate],
        understanding: Understanding,
        preferences: Sequence[Preference],
        limit: int,
        write: Callable[[Movie], Written],
        picks: Sequence[MovieRecommendation] = (),
        spoilers: Spoilers = "premise",
        told: Sequence[Source] = (),
        told_of: Mapping[str, Source] | None = None,
        why: Callable[[Movie, str], Written | None] | None = None,
    ) -> None:
        self.picks = list(picks)
        self.faults: list[str] = []
        self.cut: list[str] = []
        self._offered = dict(enumerate(offered, start=1))
        self._movies = {number: c.movie for number, c in self._offered.items()}
        self._understanding = understanding
        self._limit = limit
        self._write = write
        self._why = why or (lambda movie, said: None)
        self._spoilers: Spoilers = spoilers
        written = {c.movie.movie_id: c.passages for c in offered if c.passages}
        self._checker = ClaimChecker(
            understanding, preferences, told=told, told_of=told_of, spoilers=spoilers, written=written
        )

    @property
    def full(self) -> bool:
        """Tell whether there are as many picks as asked for."""
        return len(self.picks) >= self._limit

    def objection(self, draft: Draft) -> str | None:
        """Return why the draft cannot stand, judged by its heading alone; None if it can."""
        matched = match(draft, self._movies)
        return str(matched) if isinstance(matched, Fault) else self._objection(matched[0])

    def take(self, draft: Draft) -> MovieRecommendation | None:
        """Check a draft; return the pick, or None after noting the fault."""
        matched = match(draft, self._movies)
        if isinstance(matched, Fault):
            self.faults.append(str(matched))
            return None
        movie, read = matched
        candidate = next(c for c in self._offered.values() if c.movie.movie_id == movie.movie_id)
        if fault := self._objection(movie):
            self.faults.append(fault)
            return None
        reason, foreign = in_english(read.reason)
        checked = self._checker.check(reason, movie)
        cut = [*foreign, *checked.cut]
        self.cut.extend(cut)
        sure = read.confidence
        if checked.contradicted or _says_nothing(checked.text, movie, self._understanding.text):
            written = self._write(movie)
            return self._accept(candidate, written.text, written.evidence, "facts", sure)
        kind: ReasoningKind = "partial" if cut or read.cut else "model"
        why = None if _AT_INITIAL.search(checked.text) else self._why(movie, checked.text)
        if why is None:
            return self._accept(candidate, checked.text, checked.evidence, kind, sure)
        completed: ReasoningKind = "completed" if kind == "model" else kind
        return self._accept(
            candidate, f"{checked.text} {why.text}", [*checked.evidence, *why.evidence], completed, sure
        )

    def fill(self) -> list[MovieRecommendation]:
        """Add the best offered films that can stand, with reasons from their rows, until there are enough."""
        added = []
        for candidate in self._offered.values():
            if self.full:
                break
            if not self._objection(candidate.movie):
                written = self._write(candidate.movie)
                added.append(self._accept(candidate, written.text, written.evidence, "facts"))
        return [pick for pick in added if pick]

    def _objection(self, movie: Movie) -> str | None:
        if self.full:
            return f"{movie.label} is one more than the {self._limit} asked for."
        if any(pick.movie_id == movie.movie_id for pick in self.picks):
            return f"{movie.label} was named twice."
        if any(movie.movie_id == mention.movie_id for mention in self._understanding.mentions):
            return f"{movie.label} is a film that the request itself names."
        if broken := self._understanding.blocking(movie):
            return f"{movie.label} breaks a demand of the request: {broken[0].label}."
        return None

    def _accept(
        self,
        candidate: Candidate,
        reasoning: str,
        evidence: Sequence[Evidence],
        kind: ReasoningKind,
        sure: float | None = None,
    ) -> MovieRecommendation | None:
        movie = candidate.movie
        known = self._checker.known(movie)
        if misquoted := next((e for e in evidence if not cited(e, known)), None):
            self.faults.append(f"{movie.label}: “{misquoted.quote}” does not stand in {misquoted.source}.")
            return None
        pick = MovieRecommendation(
            title=movie.title,
            year=movie.year,
            description=movie.overview if self._spoilers == "premise" else tellable(movie, "strict").tagline,
            reasoning=reasoning,
            reasoning_kind=kind,
            confidence=round(candidate.confidence, 3),
            model_confidence=sure,
            imdb_rating=movie.imdb_rating,
            streaming_services=movie.streaming_services,
            movie_id=movie.movie_id,
            genres=movie.genres,
            runtime=movie.runtime,
            directors=movie.directors,
            evidence=list(evidence),
            satisfied=[constraint.label for constraint in self._understanding.constraints],
            receipt=candidate.receipt,
        )
        self.picks.append(pick)
        return pick


def _says_nothing(reason: str, movie: Movie, request: str) -> bool:
    """Tell whether a reason is next to empty, or has no word of its own beside the request's."""
    bare = reason.replace(movie.title, "").replace(f"({movie.year})", "")
    asked = {token.stem for token in tokens(request)}
    told = stems(" ".join([*movie.keywords, *movie.genres]))
    own = [t for t in tokens(bare) if t.stem not in asked and (t.stem in told or not LEXICON.empty(t.low))]
    return len(bare.split()) < _SHORTEST or not own
