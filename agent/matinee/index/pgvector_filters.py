"""Demands as WHERE clauses over the columns that a table has; what it lacks is looked up in its JSON column."""

import json
import math
from collections.abc import Collection
from typing import Any, NamedTuple

from matinee.index.filters import ID, Condition, Either, Filter
from matinee.index.pgvector_schema import REST, Layout, quoted
from matinee.index.table import Form, storable

_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


class Where(NamedTuple):
    """A condition with its parameters; the empty one lets everything through."""

    sql: str
    params: dict[str, Any]

    @property
    def clause(self) -> str:
        """Return it with the word WHERE, or nothing."""
        return f"WHERE {self.sql}" if self.sql else ""

    def also(self, sql: str, **params: Any) -> "Where":
        """Return both conditions together."""
        return Where(f"{self.sql} AND {sql}" if self.sql else sql, {**self.params, **params})


EVERYTHING = Where("", {})


def clean(value: Any) -> Any:
    """Return the value as PostgreSQL can store it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(one) for one in value]
    return value


def id_text(layout: Layout) -> str:
    """Return the id as text, whatever its type."""
    column = quoted(layout.id_column)
    return column if layout.types[layout.id_column] == "text" else f"CAST({column} AS text)"


def sql_filter(layout: Layout, where: Filter, parent: Layout | None = None, prefix: str = "c") -> Where:
    """Return the condition of rows that meet every demand; those on fields of the parent row are put to its table.

    Parameters are named by their place, so that the same kind of request is prepared once.
    """
    condition = EVERYTHING
    for number, demand in enumerate(one for one in where if not _is_of_parent(layout.form, one)):
        alternatives, params = [], {}
        for place, one in enumerate(demand.conditions if isinstance(demand, Either) else (demand,)):
            name = f"{prefix}{number}_{place}"
            sql, params[name] = _one(layout, one, name)
            alternatives.append(sql)
        condition = condition.also(f"({' OR '.join(alternatives)})", **params)
    of_parent = [one for one in where if _is_of_parent(layout.form, one)]
    if parent is not None and of_parent:
        inner = sql_filter(parent, of_parent, prefix="p")
        link = quoted(parent.form.id_column)
        condition = condition.also(
            f"{link} IN (SELECT {id_text(parent)} FROM {parent.table} {inner.clause})", **inner.params
        )
    return condition


def _is_of_parent(form: Form, demand: Condition | Either) -> bool:
    conditions = demand.conditions if isinstance(demand, Either) else (demand,)
    return all(one.field in form.parent_fields for one in conditions)


def _one(layout: Layout, condition: Condition, name: str) -> tuple[str, Any]:
    field, op, value = condition
    if field != ID and field not in layout.types:
        return _in_json(layout, condition, name)
    column, kind = (id_text(layout), "text") if field == ID else (quoted(field), layout.types[field])
    if not isinstance(value, Collection):
        sign = ">=" if op == "at_least" else "<="
        if kind == "integer":
            # A whole number is compared with a whole number, which an index on the column can serve.
            whole = math.ceil(value) if op == "at_least" else math.floor(value)
            return f"{column} {sign} :{name}", min(max(whole, _SMALLEST), _LARGEST)
        return f"{column} {sign} CAST(:{name} AS double precision)", float(value)
    wanted = f"CAST(:{name} AS text[])"
    if kind.endswith("[]"):
        sql = f"{column} {'@>' if op == 'all_of' else '&&'} {wanted}"
    else:
        sql = f"ARRAY[{column}] @> {wanted}" if op == "all_of" else f"{column} = ANY({wanted})"
    return (f"NOT coalesce({sql}, FALSE)" if op == "none_of" else sql), clean(sorted(set(value)))


def _in_json(layout: Layout, condition: Condition, name: str) -> tuple[str, Any]:
    """Return the condition on a key of the JSON column, by a path that fits numbers, words and lists alike."""
    field, op, value = condition
    if REST not in layout.types:
        return f"CAST(:{name} AS boolean)", op == "none_of"
    found = "jsonb_path_exists(CAST({rest} AS jsonb), '{path}', CAST(:{name} AS text)::jsonb)"
    if not isinstance(value, Collection):
        path = f"$.{field} ? (@ {'>=' if op == 'at_least' else '<='} $wanted)"
        return found.format(rest=REST, path=path, name=name), json.dumps({"wanted": value})
    variables = json.dumps({"wanted": clean(sorted(set(value)))})
    if op == "all_of":
        held = f"CAST({REST} AS jsonb) -> '{field}' @> (CAST(:{name} AS text)::jsonb -> 'wanted')"
        return f"coalesce({held}, FALSE)", variables
    has = found.format(rest=REST, path=f"$.{field}[*] ? (@ == $wanted[*])", name=name)
    return (f"NOT coalesce({has}, FALSE)" if op == "none_of" else has), variables
