"""The recommend graph: request in, streamed and validated recommendations out.

START -> understand -> embed_query -+-> retrieve ----------+-> rerank -> generate -> structure -> validate -> END
                                    +-> recall_preferences +               ^                        |
                                                                           +----- repair (once) ----+
"""

from collections.abc import Callable
from typing import Any

from langgraph.cache.base import BaseCache
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Checkpointer

from matinee.context import Context
from matinee.index import speaks_sql
from matinee.nodes.candidate_search import Searches
from matinee.nodes.embed_query import EmbedQuery
from matinee.nodes.generate import Generate
from matinee.nodes.recall_preferences import RecallPreferences
from matinee.nodes.rerank import Rerank
from matinee.nodes.retrieve import Retrieve
from matinee.nodes.retrieve_sql import RetrieveSql
from matinee.nodes.sentence_checking import SentenceChecking
from matinee.nodes.structure import Structure
from matinee.nodes.understand import Understand
from matinee.nodes.validate import Validate, after_validate
from matinee.observability.run_clock import TimedNode
from matinee.state import RecommendInput, RecommendOutput, RecommendState
from matinee_graphs.parts import Parts, open_parts

_DURABILITY = "__pregel_durability"
"""Where LangGraph (1.2) looks for the durability of a run whose caller gives none; it has no public name for that."""

RecommendGraph = CompiledStateGraph[RecommendState, Context, RecommendInput, RecommendOutput]


def build_recommend_graph(
    parts: Parts | None = None,
    *,
    checkpointer: Checkpointer = None,
    store: BaseStore | None = None,
    cache: BaseCache[Any] | None = None,
) -> RecommendGraph:
    """Return the compiled graph over the parts, by default those that the environment's settings name.

    With a checkpointer of its own the graph saves a turn when the run leaves it (`durability="exit"`): finished,
    interrupted by a question, or failed, and then with what the run needs to go on. So a turn of a conversation costs a
    few kB; what a killed process loses is the turn that it was at, which begins anew. A caller who wants every step
    saved, to look at it or to go back to it, gives `durability="async"` or `"sync"` with the run, as LangGraph Studio
    does; such a turn costs some 150 kB.
    """
    parts = parts or open_parts()
    movies, preferences = parts.store.movies, parts.store.preferences

    builder = StateGraph(
        RecommendState, context_schema=Context, input_schema=RecommendInput, output_schema=RecommendOutput
    )
    builder.add_node("understand", TimedNode("understand", Understand(parts.titles, movies, parts.chat)))
    builder.add_node("embed_query", TimedNode("embed_query", EmbedQuery(parts.embedding)))
    builder.add_node("retrieve", TimedNode("retrieve", retrieving(parts)))
    recall_preferences = RecallPreferences(preferences, parts.collaborative)
    builder.add_node("recall_preferences", TimedNode("recall_preferences", recall_preferences))
    builder.add_node("rerank", TimedNode("rerank", Rerank(movies, parts.cross_encoder)))
    judging = SentenceChecking(parts.titles, movies, parts.sentence_encoder, is_indexed=parts.films_share_encoder)
    builder.add_node("generate", TimedNode("generate", Generate(parts.chat, judging)))
    builder.add_node("structure", TimedNode("structure", Structure(parts.chat, judging)))
    builder.add_node("validate", TimedNode("validate", Validate()))

    builder.add_edge(START, "understand")
    builder.add_edge("understand", "embed_query")
    builder.add_edge("embed_query", "retrieve")  # the two searches run side by side
    builder.add_edge("embed_query", "recall_preferences")
    builder.add_edge(["retrieve", "recall_preferences"], "rerank")
    builder.add_edge("rerank", "generate")
    builder.add_edge("generate", "structure")
    builder.add_edge("structure", "validate")
    builder.add_conditional_edges("validate", after_validate)  # back to generate once, else to the end
    compiled = builder.compile(checkpointer=checkpointer, store=store, cache=cache, name="recommend")
    own = isinstance(checkpointer, BaseCheckpointSaver)
    return compiled.with_config(configurable={_DURABILITY: "exit"}) if own else compiled


def retrieving(parts: Parts) -> Retrieve:
    """Return the node that finds candidates."""
    searches = Searches(parts.store.movies, parts.embedding, parts.collaborative)
    by_sql = RetrieveSql(searches, _opening_sql(parts))
    return Retrieve(searches, parts.store.preferences, by_sql, parts.collaborative)


def _opening_sql(parts: Parts) -> Callable[[], Any] | None:
    """Return what compiles the sql graph over the same parts, when it is first asked for; None: no SQL here."""

    def opened() -> Any:
        from matinee_graphs.sql import build_sql_graph

        return build_sql_graph(parts, checkpointer=False)  # what it finds belongs to one run

    return opened if speaks_sql(parts.store) else None


graph = build_recommend_graph()
