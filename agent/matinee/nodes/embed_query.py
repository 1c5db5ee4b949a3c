"""embed_query: one vector for the request, kept in the embedding's memory for the searches that follow."""

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from matinee import events
from matinee.context import Context
from matinee.encoders.embeddings import EmbeddingModel
from matinee.state import RecommendState


class EmbedQuery:
    """Embeds the request; the vector stays out of the state, so that checkpoints stay small."""

    def __init__(self, embedding: EmbeddingModel) -> None:
        self._embedding = embedding

    async def __call__(self, state: RecommendState, runtime: Runtime[Context]) -> dict[str, Any]:
        """Change nothing in the state."""
        vector = await asyncio.to_thread(self._embedding.embeddings.embed_query, state["search"])
        events.status("embed_query", f"{self._embedding.name}, {len(vector)} dimensions", dimensions=len(vector))
        return {}
