"""The ranking alone: what the recommend graph does before it writes, for evaluation and for apps that only want films.

START -> understand -> embed_query -+-> retrieve ----------+-> rerank -> END
                                    +-> recall_preferences +
                                    +-> suggest -----------+
"""

from langgraph.graph import END, StateGraph
from langgraph.graph.state import CompiledStateGraph

from matinee.context import Context
from matinee.state import RecommendInput, RecommendState
from matinee_graphs.parts import Parts
from matinee_graphs.recommend import add_ranking

RankingGraph = CompiledStateGraph[RecommendState, Context, RecommendInput, RecommendState]


def build_ranking_graph(parts: Parts, *, keep: int = 100) -> RankingGraph:
    """Return the compiled graph; its state's `ranked` holds the best `keep` candidates with their receipts."""
    builder = StateGraph(RecommendState, context_schema=Context, input_schema=RecommendInput)
    add_ranking(builder, parts, keep=keep)
    builder.add_edge("rerank", END)
    return builder.compile(name="ranking")
