"""The recommend graph: request in, streamed and validated recommendations out.

START -> understand -> embed_query -+-> retrieve ----------+-> rerank -> generate -> structure -> validate -> END
                                    +-> recall_preferences +               ^                        |
                                    +-> suggest -----------+               +----- repair (once) ----+
"""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

from langgraph.cache.base import BaseCache
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Checkpointer

from matinee.context import Context
from matinee.llm.work_turns import beginning
from matinee.nodes.candidate_search import Searches
from matinee.nodes.embed_query import EmbedQuery
from matinee.nodes.generate import Generate
from matinee.nodes.recall_preferences import RecallPreferences
from matinee.nodes.reply import Reply
from matinee.nodes.rerank import Rerank
from matinee.nodes.retrieve import Retrieve
from matinee.nodes.retrieve_sql import RetrieveSql
from matinee.nodes.sentence_checking import SentenceChecking
from matinee.nodes.structure import Structure
from matinee.nodes.suggest import Suggest
from matinee.nodes.understand import Understand, after_understand
from matinee.nodes.validate import Validate, after_validate
from matinee.nodes.viewer import history_of
from matinee.observability.run_clock import Node, TimedNode
from matinee.state import RecommendInput, RecommendOutput, RecommendState
from matinee_graphs.parts import Parts, open_parts

_DURABILITY = "__pregel_durability"
"""Where LangGraph (1.2) looks for the durability of a run whose caller gives none; it has no public name for that."""

Builder = StateGraph[Any, Context, Any, Any]
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
    builder = StateGraph(
        RecommendState, context_schema=Context, input_schema=RecommendInput, output_schema=RecommendOutput
    )
    add_ranking(builder, parts, replies=True)
    judging = SentenceChecking(
        parts.titles, parts.store.movies, parts.sentence_encoder, is_indexed=parts.films_share_encoder
    )
    add_node(builder, "generate", Generate(parts.chat, judging))
    add_node(builder, "structure", Structure(parts.chat, judging))
    add_node(builder, "validate", Validate())
    builder.add_edge("rerank", "generate")
    builder.add_edge("generate", "structure")
    builder.add_edge("structure", "validate")
    builder.add_conditional_edges("validate", after_validate)  # back to generate once, else to the end
    graph = builder.compile(checkpointer=checkpointer, store=store, cache=cache, name="recommend")
    compiled = _OneByOne(**{name: value for name, value in vars(graph).items() if name != "__orig_class__"})
    own = isinstance(checkpointer, BaseCheckpointSaver)
    return compiled.with_config(configurable={_DURABILITY: "exit"}) if own else compiled


class _OneByOne(CompiledStateGraph[RecommendState, Context, RecommendInput, RecommendOutput]):
    """A graph whose runs begin one after the other: the event loop would stand still while a hundred begin at once."""

    async def astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """Stream a run, as `ainvoke` does, too."""
        await beginning()
        run: Any = super().astream(*args, **kwargs)
        async with aclosing(run) as parts:
            async for part in parts:
                yield part


def add_ranking(builder: Builder, parts: Parts, *, keep: int | None = None, replies: bool = False) -> None:
    """Add the nodes that find and order films, and the edges between them.

    Args:
        builder: of a graph over `RecommendState`.
        parts: what the nodes work with.
        keep: how many films `rerank` leaves, best first; by default those that the answer may choose from.
        replies: whether turns that ask for no films are answered; else every turn is taken for a request.
    """
    movies, preferences, collaborative = parts.store.movies, parts.store.preferences, parts.collaborative
    searches = Searches(movies, parts.embedding, collaborative)
    by_sql = RetrieveSql(searches, _opening_sql(parts))
    encoder = parts.sentence_encoder if replies else None
    add_node(builder, "understand", Understand(parts.titles, movies, parts.chat, encoder, preferences))
    add_node(builder, "embed_query", EmbedQuery(parts.embedding))
    add_node(builder, "retrieve", Retrieve(searches, preferences, by_sql, collaborative))
    add_node(builder, "recall_preferences", RecallPreferences(preferences, collaborative))
    told_by = partial(history_of, preferences, collaborative)
    add_node(builder, "suggest", Suggest(parts.chat, parts.titles, searches, told_by, parts.lacking))
    add_node(builder, "rerank", Rerank(movies, parts.cross_encoder, parts.chat, keep=keep))
    builder.add_edge(START, "understand")
    if replies:
        add_node(builder, "reply", Reply(movies))
        builder.add_conditional_edges("understand", after_understand)  # on to embed_query, or to a reply without films
    else:
        builder.add_edge("understand", "embed_query")
    builder.add_edge("embed_query", "retrieve")  # these three run side by side
    builder.add_edge("embed_query", "recall_preferences")
    builder.add_edge("embed_query", "suggest")
    builder.add_edge(["retrieve", "recall_preferences", "suggest"], "rerank")


def add_node(builder: Builder, name: str, node: Node) -> None:
    """Add a node under a clock."""
    builder.add_node(name, TimedNode(name, node))


def _opening_sql(parts: Parts) -> Callable[[], Any] | None:
    """Return what compiles the sql graph over the same parts, when it is first asked for; None: no SQL here."""

    def opened() -> Any:
        from matinee_graphs.sql import build_sql_graph

        return build_sql_graph(parts, checkpointer=False)  # what it finds belongs to one run

    return opened if parts.store.speaks_sql else None


graph = build_recommend_graph()
