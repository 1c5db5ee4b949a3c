"""The ranking alone: what the recommend graph does before it writes, for evaluation and for apps that only want films.

START -> understand -> embed_query -+-> retrieve ----------+-> rerank -> END
                                    +-> recall_preferences +
"""

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from matinee.context import Context
from matinee.nodes.embed_query import EmbedQuery
from matinee.nodes.recall_preferences import RecallPreferences
from matinee.nodes.rerank import Rerank
from matinee.nodes.understand import Understand
from matinee.observability.run_clock import TimedNode
from matinee.state import RecommendInput, RecommendState
from matinee_graphs.parts import Parts
from matinee_graphs.recommend import retrieving

RankingGraph = CompiledStateGraph[RecommendState, Context, RecommendInput, RecommendState]


def build_ranking_graph(parts: Parts, *, keep: int = 100) -> RankingGraph:
    """Return the compiled graph; its state's `ranked` holds the best `keep` candidates with their receipts."""
    builder = StateGraph(RecommendState, context_schema=Context, input_schema=RecommendInput)
    builder.add_node("understand", TimedNode("understand", Understand(parts.titles, parts.store.movies)))
    builder.add_node("embed_query", TimedNode("embed_query", EmbedQuery(parts.embedding)))
    builder.add_node("retrieve", TimedNode("retrieve", retrieving(parts)))
    recall_preferences = RecallPreferences(parts.store.preferences, parts.collaborative)
    builder.add_node("recall_preferences", TimedNode("recall_preferences", recall_preferences))
    builder.add_node("rerank", TimedNode("rerank", Rerank(parts.store.movies, parts.cross_encoder, keep=keep)))
    builder.add_edge(START, "understand")
    builder.add_edge("understand", "embed_query")
    builder.add_edge("embed_query", "retrieve")
    builder.add_edge("embed_query", "recall_preferences")
    builder.add_edge(["retrieve", "recall_preferences"], "rerank")
    builder.add_edge("rerank", END)
    return builder.compile(name="ranking")
