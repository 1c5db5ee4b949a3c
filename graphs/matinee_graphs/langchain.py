"""matinee inside other LangChain apps: a retriever over the catalogue and a tool that recommends."""

from collections.abc import Callable
from typing import Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, ToolException
from pydantic import BaseModel, Field, InstanceOf

from matinee import background
from matinee.catalogue.text import embedding_text
from matinee.context import MAX_LIMIT, Context
from matinee.errors import InvalidRequest
from matinee.models import Candidate
from matinee.query import understand
from matinee_graphs.parts import Parts
from matinee_graphs.recommend import build_recommend_graph


class MovieRetriever(BaseRetriever):
    """Films for a request as documents, with the request's own demands applied; no reranking, no model."""

    parts: InstanceOf[Parts]
    k: int = Field(default=4, ge=1, le=500)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return await self._search(query, k or self.k)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return background.run(self._search(query, k or self.k))

    async def _search(self, query: str, k: int) -> list[Document]:
        understood = understand(query, await self.parts.titles.lookup())
        mentioned = {mention.movie_id for mention in understood.mentions}
        found = await self.parts.store.movies.search(understood.text, k, understood.demands, mentioned)
        return [_document(candidate) for candidate in found]


class RecommendArguments(BaseModel):
    """What a model passes to the tool."""

    request: str = Field(description="What the viewer is in the mood for, in plain words, with all their wishes.")
    limit: int = Field(default=4, ge=1, le=MAX_LIMIT, description="How many films.")


class RecommendTool(BaseTool):
    """Recommends films from the catalogue; the artifact holds the recommendations as dicts.

    A request that cannot be used is answered with what was wrong with it, for the model that called to mend.
    """

    name: str = "recommend_films"
    description: str = (
        "Recommends films for a request in plain words, from a local catalogue. Only films of the catalogue come "
        "back, each with a reason that the catalogue supports, and within every limit on year, length, genre or "
        "rating that the request states."
    )
    args_schema: type[BaseModel] = RecommendArguments
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: bool | str | Callable[[ToolException], Any] | None = True
    parts: InstanceOf[Parts]
    user_id: str | None = None

    async def _arun(
        self, request: str, limit: int = 4, config: RunnableConfig | None = None
    ) -> tuple[str, list[dict[str, Any]]]:
        graph = build_recommend_graph(self.parts)
        try:
            context = Context.of({"limit": limit, "user_id": self.user_id})
            final = await graph.ainvoke({"query": request}, config, context=context)
        except InvalidRequest as error:
            raise ToolException(str(error)) from error
        return final["messages"][-1].text, final["recommendations"]

    def _run(
        self, request: str, limit: int = 4, config: RunnableConfig | None = None
    ) -> tuple[str, list[dict[str, Any]]]:
        return background.run(self._arun(request, limit, config))


def _document(candidate: Candidate) -> Document:
    metadata = {**candidate.movie.model_dump(mode="json"), "score": candidate.score}
    return Document(embedding_text(candidate.movie), metadata=metadata, id=candidate.movie.movie_id)
