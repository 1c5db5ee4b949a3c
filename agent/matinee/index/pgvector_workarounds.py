"""What is wrong in langchain-postgres 0.0.19, each fault worked around in one place that carries its name.

Index names that collide across tables (`langchain_tsv_index`) do not come up: `pgvector_schema` names its own. Fault
"row by row": the store's `add_*` send one INSERT and one COMMIT a row; `pgvector_table` writes many at a time.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from langchain_postgres.v2.async_vectorstore import AsyncPGVectorStore
from sqlalchemy import Connection, RowMapping, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from matinee.index.pgvector_filters import Where
from matinee.index.pgvector_schema import quoted
from matinee.index.table import Metric

SCANNING = {
    "hnsw.ef_search": "200",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "1000000",
    "hnsw.scan_mem_multiplier": "8",
    "jit": "off",
}
"""Fault "no iterative scan": `HNSWQueryOptions` knows `ef_search` alone, and an index scan under a filter then
stops after the nearest few and returns too few rows."""

_EXTENSION = (
    "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'"
)
_SEARCHED = "coalesce(nullif($1, ''), nullif(current_setting('search_path'), ''), 'public')"
_SETTING = f"SELECT set_config('search_path', concat_ws(', ', {_SEARCHED}, ({_EXTENSION})), true), " + ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in SCANNING.items()
)

_OPERATORS = {"cosine": "<=>", "l2": "<->"}


def set_in_transactions(pool: AsyncEngine, search_path: str = "") -> None:
    """Have each transaction begin with its settings; behind a pooler, those of a session would be somebody else's.

    Fault "the extension's schema": the store names types and operators without one, and hosts put the extension into
    a schema that is not searched. It is searched last, so that tables are made and found where they would be without.
    """

    @event.listens_for(pool.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(_SETTING, (search_path,))


class Scope(NamedTuple):
    """What a search looks at, and how it measures."""

    where: Where
    metric: Metric
    exactly: bool


class RepairedVectorStore(AsyncPGVectorStore):
    """LangChain's store with a query of its own.

    Fault "filters": `$in` on an array column compares the array with a word and fails, an int demand rounds the
    column (`imdb_rating >= 8` lets 7.9 through), and names with a random suffix have each statement prepared anew.
    Fault "distance twice": the store orders by the operator and shows the distance by a function, which PostgreSQL
    does not know to be the same; every row's distance is computed twice. Fault "vectors come back": the vector of every
    row found is sent as text, and nobody reads it.
    """

    async def _AsyncPGVectorStore__query_collection(
        self, embedding: Sequence[float], *, k: int, filter: Any
    ) -> Sequence[RowMapping]:
        """Return the nearest rows with their distances; `filter` is a `Scope`.

        Where it is `exactly`, few rows pass, and their distances are computed rather than looked up in an index. A
        filtered index scan goes on batch by batch until it has rows enough, and finds some 88% of the nearest where one
        film in twenty passes (30,000 films, ef_search 200); computing all of them took less time and finds every one.
        An index serves an ORDER BY of the operator alone; a sum is sorted.
        """
        names = [self.id_column, self.content_column, *self.metadata_columns]
        columns = ", ".join(map(quoted, [*names, *([self.metadata_json_column] if self.metadata_json_column else [])]))
        scope = cast(Scope, filter)
        added = " + 0" if scope.exactly else ""
        distance = f"({quoted(self.embedding_column)} {_OPERATORS[scope.metric]} :query){added}"
        statement = (
            f"SELECT {columns}, {distance} AS distance FROM {quoted(self.schema_name)}.{quoted(self.table_name)} "
            f"{scope.where.clause} ORDER BY distance LIMIT :most"
        )
        values = {**scope.where.params, "query": str([float(x) for x in embedding]), "most": k}
        async with self.engine.connect() as connection:
            return (await connection.execute(text(statement), values)).mappings().all()
