"""The sql graph: a question in, rows of the database out, by a statement that a model wrote and the guard let through.

START -> write_sql -> guard_sql -> run_sql -> END
             ^------------+-----------+  (reasons of refusals go back to the writer, at most twice;
                                          then the parametrised query answers)
"""

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Checkpointer

from matinee.context import Context
from matinee.errors import IndexUnavailable
from matinee.index.pgvector import PgvectorStore
from matinee.index.pgvector_sql import GuardedSql
from matinee.nodes.guard_sql import GuardSql, after_guard
from matinee.nodes.run_sql import RunSql, after_run
from matinee.nodes.write_sql import WriteSql
from matinee.observability.run_clock import TimedNode
from matinee.settings import Settings
from matinee.sql_state import SqlInput, SqlOutput, SqlState
from matinee_graphs.parts import Parts, open_parts

SqlGraph = CompiledStateGraph[SqlState, Context, SqlInput, SqlOutput]


def build_sql_graph(
    parts: Parts | None = None, *, checkpointer: Checkpointer = None, store: BaseStore | None = None
) -> SqlGraph:
    """Return the compiled graph over the parts, by default the pgvector home of the environment's settings.

    Raises:
        IndexUnavailable: the home is another one; only PostgreSQL speaks SQL.
    """
    parts = parts or open_parts(Settings(backend="pgvector"))
    if not isinstance(parts.store, PgvectorStore):
        raise IndexUnavailable("The sql graph needs the pgvector home; set MATINEE_BACKEND=pgvector.")
    sql = GuardedSql(parts.store.postgres)

    builder = StateGraph(SqlState, context_schema=Context, input_schema=SqlInput, output_schema=SqlOutput)
    builder.add_node("write_sql", TimedNode("write_sql", WriteSql(parts.chat, sql)))
    builder.add_node("guard_sql", TimedNode("guard_sql", GuardSql(sql)))
    builder.add_node("run_sql", TimedNode("run_sql", RunSql(sql, parts.embedding, parts.titles)))
    builder.add_edge(START, "write_sql")
    builder.add_edge("write_sql", "guard_sql")
    builder.add_conditional_edges("guard_sql", after_guard)  # refused: back with the reason
    builder.add_conditional_edges("run_sql", after_run)  # PostgreSQL's own refusal goes back, too
    return builder.compile(checkpointer=checkpointer, store=store, name="sql")


graph = build_sql_graph()
