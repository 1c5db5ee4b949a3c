"""Rows as LangChain's vector store lays them out: what has no column lies in its JSON column."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from matinee.index.pgvector_filters import clean, id_text
from matinee.index.pgvector_schema import CONTENT, EMBEDDING, REST, Layout, quoted, read_layout
from matinee.index.table import Form, Row


def selected(layout: Layout, fields: Collection[str] | None = None) -> str:
    """Return what to select of a row; what the table has no column for lies in its JSON column."""
    typed = [name for name in layout.typed if fields is None or name in fields]
    in_columns = fields is not None and set(fields) <= {*typed, layout.id_column}
    rest = f"CAST({REST} AS jsonb)" if REST in layout.types and not in_columns else "CAST(NULL AS jsonb)"
    words = f"'' AS {CONTENT}" if in_columns else CONTENT
    return ", ".join([f"{id_text(layout)} AS row_id", words, f"{rest} AS {REST}", *map(quoted, typed)])


def row_of(mapping: RowMapping) -> Row:
    """Return a row that was selected."""
    fields = dict(mapping)
    row_id, words, rest = fields.pop("row_id"), fields.pop(CONTENT), fields.pop(REST) or {}
    score = fields.pop("score", 0.0)
    return Row(row_id, words, {**rest, **fields}, score)


async def write_rows(connection: AsyncConnection, form: Form, records: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, given by their columns and further facts, replacing those with the same id.

    Vectors of secondary encoders go where their text changed.
    """
    layout = await read_layout(connection, form)  # another process may have added a vector column
    assert layout is not None
    columns = [layout.id_column, CONTENT, EMBEDDING, *layout.typed, *([REST] if REST in layout.types else [])]
    left_out = {*columns, *form.parent_fields}
    rows = []
    for record in records:
        rest = {name: clean(value) for name, value in record.items() if value and name not in left_out}
        rows.append({**{name: clean(value) for name, value in record.items() if name in columns}, REST: rest})
    names = ", ".join(map(quoted, columns))
    updates = [f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in columns[1:]]
    updates += [
        f"{quoted(other)} = CASE WHEN t.{CONTENT} = EXCLUDED.{CONTENT} THEN t.{quoted(other)} END"
        for other in layout.encoders
        if other != EMBEDDING
    ]
    await connection.execute(
        text(
            f"INSERT INTO {layout.table} AS t ({names}) SELECT {names} FROM "
            f"json_populate_recordset(CAST(NULL AS {layout.table}), CAST(:rows AS json)) "
            f"ON CONFLICT ({quoted(layout.id_column)}) DO UPDATE SET {', '.join(updates)}"
        ),
        {"rows": json.dumps(rows)},
    )
