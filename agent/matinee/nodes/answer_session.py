"""What the writing nodes share of one run: the films on offer, what is known of them, what builds recommendations."""

from collections.abc import AsyncIterator, Sequence
from functools import cached_property
from uuid import uuid4

from matinee.context import Context
from matinee.llm.replay_chat_model import replay
from matinee.models import MovieRecommendation
from matinee.nodes.prompting import Asked
from matinee.reasons.checker import Checker
from matinee.reasons.composer import Composer
from matinee.reasons.facts import Viewer
from matinee.reasons.names import CatalogueNames
from matinee.reasons.rating_sources import told_by_others
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.support import Encoder
from matinee.state import Draft, Parsed, RecommendState

_UNREAD = ("candidates", "suggestion")
"""What `rerank` has chosen from: the largest part of the state."""


class AnswerSession:
    """The state as a writing node reads it, with the run's options.

    Attributes:
        offered: the films that the answer may choose from, best first; prompts number them from 1 in this order.
        draft: the answer so far; an empty one where none is written yet.
    """

    def __init__(self, state: RecommendState, context: Context) -> None:
        parsed = Parsed.model_validate({name: value for name, value in state.items() if name not in _UNREAD})
        self.context = context
        self.understanding = parsed.understanding
        self.offered = parsed.ranked
        self.is_repair = bool(parsed.repairs)
        self.draft = parsed.draft or Draft(writer="none", message_id=f"answer-{uuid4()}")
        self._parsed = parsed

    @property
    def asked(self) -> Asked:
        """Return what a prompt tells of the run."""
        others = told_by_others(self.offered, self.understanding)
        return Asked(self.understanding, self.offered, self.context, self._parsed.preferences, others)

    def checker(self, names: CatalogueNames, encoder: Encoder) -> Checker:
        """Return what judges the sentences of this run."""
        return Checker(
            Viewer(self.understanding.text, self._parsed.preferences, self._parsed.ratings, self.understanding.written),
            names,
            encoder,
            grounding=self.context.grounding,
            spoilers=self.context.spoilers,
            written={c.movie.movie_id: c.passages for c in self.offered if c.passages},
            half_remembered=self.understanding.intent == "identify",
        )

    def builder(self, picks: Sequence[MovieRecommendation]) -> RecommendationBuilder:
        """Return a builder that goes on from these picks; a composer is made only if it comes to composing."""
        return RecommendationBuilder(
            self.offered,
            self.understanding,
            self.context.limit,
            lambda candidate: self._composer.reason(candidate),
            picks,
            self.context.spoilers,
        )

    @cached_property
    def _composer(self) -> Composer:
        return Composer(
            self.understanding,
            preferences=self._parsed.preferences,
            seeds=self._parsed.seeds,
            ratings=self._parsed.ratings,
            spoilers=self.context.spoilers,
        )

    async def tell(self, pieces: AsyncIterator[str]) -> None:
        """Have the pieces of an answer made; they stream unless the model's own tokens do."""
        if self.context.stream == "checked":
            await replay(pieces, self.draft.message_id)
        else:
            async for _ in pieces:
                pass
