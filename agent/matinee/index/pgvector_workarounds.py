"""What is wrong in langchain-postgres 0.0.19, each fault worked around in one place that carries its name.

Index names that collide across tables (`langchain_tsv_index`) do not come up: `pgvector_schema` names its own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_postgres.v2.async_vectorstore import AsyncPGVectorStore
from langchain_postgres.v2.hybrid_search_config import HybridSearchConfig, reciprocal_rank_fusion
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matinee.index.pgvector_filters import Where
from matinee.index.pgvector_schema import CONTENT, EMBEDDING, REST, WORDS, Layout, quoted

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


def set_in_transactions(pool: AsyncEngine, search_path: str = "") -> None:
    """Have each transaction begin with its settings; behind a pooler, those of a session would be somebody else's.

    Fault "the extension's schema": the store names types and operators without one, and hosts put the extension into
    a schema that is not searched. It is searched last, so that tables are made and found where they would be without.
    """

    @event.listens_for(pool.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(_SETTING, (search_path,))


_DEPTH = 20  # films that each ranking gives at least: with one each, the two would only tie


class RepairedVectorStore(AsyncPGVectorStore):
    """LangChain's store that takes our conditions.

    Fault "filters": `$in` on an array column compares the array with a word and fails, an int demand rounds the
    column (`imdb_rating >= 8` lets 7.9 through), and names with a random suffix have each statement prepared anew.
    """

    def _create_filter_clause(self, filters: Any) -> tuple[str, dict[str, Any]]:
        if isinstance(filters, _Given):
            return filters.where.sql, filters.where.params
        clause: tuple[str, dict[str, Any]] = super()._create_filter_clause(filters)
        return clause


EXACTLY = "/* exactly */ "
"""Before a condition: its rows are few, and their distances are computed rather than looked up in an index.

A filtered index scan goes on batch by batch until it has rows enough, and finds some 88% of the nearest where one
film in twenty passes (30,000 films, ef_search 200); computing all of them took less time and finds every one.
"""


class _Given(dict[str, Any]):
    """A condition in the shape of the filter that the store expects: a dict that is not empty."""

    def __init__(self, where: Where) -> None:
        super().__init__(where=where.sql)
        self.where = where


def as_filter(where: Where) -> dict[str, Any] | None:
    """Return the condition as a filter of `RepairedVectorStore`."""
    return _Given(where) if where.sql else None


def hybrid_config(words: Sequence[str], k: int, layout: Layout) -> HybridSearchConfig:
    """Return a configuration for these words alone.

    Fault "sticky query": a configuration keeps the first `fts_query` it was used with, and searches for it ever
    after. The fusion is by rank: the default, a weighted sum of cosines and word counts, compares unlike things.
    """
    return HybridSearchConfig(
        tsv_column=WORDS if WORDS in layout.types else "",
        fts_query=alternatives(words),
        fusion_function=reciprocal_rank_fusion,
        primary_top_k=max(k, _DEPTH),
        secondary_top_k=max(k, _DEPTH),
    )


def alternatives(words: Sequence[str]) -> str:
    """Return the text by which `websearch_to_tsquery` asks for any of the words."""
    return " or ".join(word for word in words if word not in ("or", "and")) or " "  # empty would mean: do not ask


def mend_statements(pool: AsyncEngine) -> None:
    """Change the store's statements on the pool on their way, in what is no option of the store.

    Fault "every word": it asks by `plainto_tsquery`, which wants every word of a sentence in one text, and so
    matches nothing. Fault "distance twice": it orders by the operator and shows the distance by a function, which
    PostgreSQL does not know to be the same; every row's distance is computed twice. Fault "vectors come back": the
    vector of every row found is sent as text, and nobody reads it.
    """
    event.listen(pool.sync_engine, "before_cursor_execute", _mended, retval=True)


_SHOWN_VECTOR = re.compile(
    rf'\A(?P<before>SELECT "[^"]+", "{CONTENT}"), (?P<column>"{EMBEDDING}[^"]*")(?P<rest>, .*?as distance\s)', re.S
)
_DISTANCE = re.compile(
    r"\b(?:cosine_distance|l2_distance)\((?P<pair>(?P<column>\"[^\"]+\"), (?P<value>\$\d+))\) as distance"
    r"(?P<from>\s.* )ORDER BY (?P=column) (?P<operator><=>|<->) (?P=value) ",
    re.S,
)


def _mended(
    connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> tuple[str, Any]:
    statement = statement.replace("plainto_tsquery(", "websearch_to_tsquery(")
    statement = _SHOWN_VECTOR.sub(r"\g<before>\g<rest>", statement)
    # An index serves an ORDER BY of the operator alone; a sum is sorted.
    added = " + 0" if EXACTLY in statement else ""
    shown = rf"(\g<column> \g<operator> \g<value>){added}"
    return _DISTANCE.sub(rf"{shown} AS distance\g<from>ORDER BY {shown} ", statement), parameters


async def copy_rows(
    connection: AsyncConnection, layout: Layout, rows: Sequence[Mapping[str, Any]], vectors: Sequence[Sequence[float]]
) -> None:
    """Write the rows, replacing those with the same id; vectors of further encoders go when their text changed.

    Fault "row by row": the store's `add_*` send one INSERT and one COMMIT a row, some 200 rows a second. Here one
    COPY into a temporary table and one INSERT from it, in the transaction of the connection.
    """
    columns = [layout.id_column, CONTENT, *layout.typed, *([REST] if REST in layout.types else [])]
    staged = [f"{quoted(name)} {_staged_type(layout.types[name])}" for name in columns]
    await connection.execute(text("DROP TABLE IF EXISTS pg_temp.matinee_incoming"))
    await connection.execute(
        text(f"CREATE TEMP TABLE matinee_incoming ({', '.join(staged)}, {EMBEDDING} real[]) ON COMMIT DROP")
    )
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    records = [(*map(row.get, columns), vector) for row, vector in zip(rows, vectors, strict=True)]
    await driver.copy_records_to_table(
        "matinee_incoming", schema_name="pg_temp", records=records, columns=[*columns, EMBEDDING]
    )
    names = ", ".join(map(quoted, [*columns, EMBEDDING]))
    values = [f"CAST({quoted(name)} AS {layout.types[name]})" for name in columns]
    values.append(f"CAST({EMBEDDING} AS {layout.types[EMBEDDING]})")
    updates = [f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in [*columns, EMBEDDING][1:]]
    updates += [
        f"{quoted(other)} = CASE WHEN t.{CONTENT} = EXCLUDED.{CONTENT} THEN t.{quoted(other)} END"
        for other in layout.encoders
        if other != EMBEDDING
    ]
    await connection.execute(
        text(
            f"INSERT INTO {layout.table} AS t ({names}) SELECT {', '.join(values)} FROM pg_temp.matinee_incoming "
            f"ON CONFLICT ({quoted(layout.id_column)}) DO UPDATE SET {', '.join(updates)}"
        )
    )


def _staged_type(kind: str) -> str:
    return "text" if kind in ("json", "jsonb", "uuid") else kind
