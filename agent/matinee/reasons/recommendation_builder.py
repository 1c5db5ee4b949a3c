"""Turns headings and sentences into validated recommendations, one at a time, as they come.

This is the only place where a `MovieRecommendation` is made: none leaves it that was not offered, breaks a demand,
repeats another, or gives a reason with a sentence that may not be shown.
"""

from collections.abc import Callable, Sequence

from matinee.models import Candidate, Evidence, Movie, MovieRecommendation, ReasoningKind, ReasonSentence, Spoilers
from matinee.reasons.answer_events import Heading
from matinee.reasons.checker import Judged, Paragraph
from matinee.reasons.composer import Composed
from matinee.reasons.title_matching import Fault, match
from matinee.understanding import Understanding


class RecommendationBuilder:
    """Makes the recommendations of one run.

    Args:
        offered: the films that may be chosen, best first, numbered from 1 as the prompt numbers them.
        understanding: what the request demands.
        limit: how many recommendations are asked for.
        compose: gives a reason without a model.
        picks: recommendations made before.
        spoilers: `strict` shows no overview as description.
    """

    def __init__(  # noqa: PLR0913  (a constructor)
        self,
        offered: Sequence[Candidate],
        understanding: Understanding,
        limit: int,
        compose: Callable[[Candidate], Composed],
        picks: Sequence[MovieRecommendation] = (),
        spoilers: Spoilers = "premise",
    ) -> None:
        self.picks = list(picks)
        self.faults: list[str] = []
        self._offered = dict(enumerate(offered, start=1))
        self._movies = {number: c.movie for number, c in self._offered.items()}
        self._understanding = understanding
        self._limit = limit
        self._compose = compose
        self._spoilers: Spoilers = spoilers
        self._open: Candidate | None = None
        self._paragraph = Paragraph()
        self._judged: list[Judged] = []
        self._sure: float | None = None
        self._torn = False

    @property
    def full(self) -> bool:
        """Tell whether there are as many recommendations as asked for."""
        return len(self.picks) >= self._limit

    @property
    def film(self) -> Movie | None:
        """Return the film whose reason is being read."""
        return self._open.movie if self._open else None

    @property
    def shows(self) -> bool:
        """Tell whether a sentence of that reason may be shown, so far."""
        return any(judged.shown for judged in self._judged)

    def open(self, heading: Heading) -> Movie | Fault:
        """Begin the recommendation that a heading names; return its film, or why it cannot stand."""
        matched = match(heading, self._movies)
        if isinstance(matched, Fault):
            return self._refused(matched)
        if fault := self._objection(matched):
            return self._refused(Fault(fault))
        self._open = next(c for c in self._offered.values() if c.movie.movie_id == matched.movie_id)
        self._paragraph, self._judged, self._sure, self._torn = Paragraph(), [], None, False
        return matched

    def add(self, judged: Judged) -> Judged:
        """Take a judged sentence of the reason; return it as it is to be shown, or left out."""
        placed = self._paragraph.add(judged)
        self._judged.append(placed)
        return placed

    def sure(self, confidence: float) -> None:
        """Note what the model claims of its own confidence, 0..1."""
        self._sure = confidence if self._sure is None else self._sure

    def break_off(self) -> None:
        """Note that the reason being read lost a sentence because the answer broke off in it."""
        self._torn = True

    def close(self) -> MovieRecommendation | None:
        """Finish the recommendation that is open; where no sentence of its reason may be shown, one is composed."""
        candidate, self._open = self._open, None
        if candidate is None:
            return None
        shown = [judged for judged in self._judged if judged.shown]
        if not shown:
            return self._composed(candidate, self._sure)
        told = [_sentence(judged) for judged in shown]
        evidence = [evidence for judged in shown for evidence in judged.evidence]
        kind: ReasoningKind = "model" if len(shown) == len(self._judged) and not self._torn else "partial"
        return self._accept(candidate, told, evidence, kind, self._sure)

    def fill(self) -> list[MovieRecommendation]:
        """Add the best offered films that can stand, with composed reasons, until there are enough."""
        added = []
        for candidate in self._offered.values():
            if self.full:
                break
            if not self._objection(candidate.movie):
                added.append(self._composed(candidate))
        return added

    def _refused(self, fault: Fault) -> Fault:
        self.faults.append(str(fault))
        return fault

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

    def _composed(self, candidate: Candidate, sure: float | None = None) -> MovieRecommendation:
        composed = self._compose(candidate)
        return self._accept(candidate, composed.sentences, composed.evidence, "facts", sure)

    def _accept(
        self,
        candidate: Candidate,
        told: Sequence[ReasonSentence],
        evidence: Sequence[Evidence],
        kind: ReasoningKind,
        sure: float | None = None,
    ) -> MovieRecommendation:
        movie = candidate.movie
        pick = MovieRecommendation(
            title=movie.title,
            year=movie.year,
            description=movie.overview if self._spoilers == "premise" else movie.tagline,
            reasoning=" ".join(sentence.text for sentence in told),
            reasoning_kind=kind,
            sentences=list(told),
            confidence=round(candidate.confidence, 3),
            model_confidence=sure,
            imdb_rating=movie.imdb_rating,
            streaming_services=movie.streaming_services,
            movie_id=movie.movie_id,
            genres=movie.genres,
            runtime=movie.runtime,
            directors=movie.directors,
            evidence=list(evidence),
            satisfied=list(dict.fromkeys(c.label for c in self._understanding.constraints if c.holds(movie))),
            receipt=candidate.receipt,
        )
        self.picks.append(pick)
        return pick


def _sentence(judged: Judged) -> ReasonSentence:
    best = judged.evidence[0] if judged.evidence and judged.support != "model" else None
    return ReasonSentence(
        text=judged.text,
        support=judged.support,
        source=best.source if best else "",
        quote=best.quote if best else "",
    )
