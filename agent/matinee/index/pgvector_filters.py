"""Constraints as WHERE clauses over the columns that a table has; what it lacks is looked up in its JSON column."""

import json
import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from matinee.index.pgvector_schema import REST, Layout, quoted
from matinee.models import Constraint, ConstraintField

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
    """Return the value as PostgreSQL can store it: text has neither NUL nor half characters there."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(one) for one in value]
    return value


def id_text(layout: Layout) -> str:
    """Return the id as text, whatever its type."""
    column = quoted(layout.id_column)
    return column if layout.types[layout.id_column] == "text" else f"CAST({column} AS text)"


def among(layout: Layout, ids: Collection[str]) -> Where:
    """Return the condition that the id is one of these."""
    return Where(f"{id_text(layout)} = ANY(:ids)", {"ids": clean(sorted(ids))})


def movie_filter(layout: Layout, constraints: Sequence[Constraint], exclude: Collection[str] = ()) -> Where:
    """Return the condition of films that meet every constraint and are not excluded.

    Parameters are named by their place, so that the same kind of request is prepared once.
    """
    where = EVERYTHING
    for number, constraint in enumerate(constraints):
        name = f"c{number}"
        if constraint.field is ConstraintField.PEOPLE:
            where = _people(layout, constraint, name, where)
            continue
        sql, value = _one(layout, constraint, name)
        where = where.also(sql, **{name: value})
    if exclude:
        where = where.also(f"{id_text(layout)} <> ALL(:excluded)", excluded=clean(sorted(exclude)))
    return where


def _people(layout: Layout, constraint: Constraint, name: str, where: Where) -> Where:
    """Return the condition with a demand on directors and stars alike, whichever columns hold them."""
    names = constraint.value if isinstance(constraint.value, list) else []
    refused = constraint.op == "none_of"
    for number, among in enumerate([[one] for one in names] if constraint.op == "all_of" else [names]):
        either, params = [], {}
        for field in (ConstraintField.DIRECTORS, ConstraintField.STARS):
            one = Constraint(field=field, op="none_of" if refused else "any_of", value=among)
            param = f"{name}_{number}{field.value[0]}"
            sql, params[param] = _one(layout, one, param)
            either.append(sql if refused else f"coalesce({sql}, FALSE)")
        where = where.also(f"({(' AND ' if refused else ' OR ').join(either)})", **params)
    return where


def _one(layout: Layout, constraint: Constraint, name: str) -> tuple[str, Any]:
    field, value = constraint.field.value, constraint.value
    if field not in layout.types and field != layout.form.id_column:
        return _in_json(layout, constraint, name)
    if not isinstance(value, list):
        sign = ">=" if constraint.op == "at_least" else "<="
        if layout.types[field] == "integer":
            # A whole number is compared with a whole number, which an index on the column can serve.
            whole = math.ceil(value) if constraint.op == "at_least" else math.floor(value)
            return f"{quoted(field)} {sign} :{name}", min(max(whole, _SMALLEST), _LARGEST)
        return f"{quoted(field)} {sign} CAST(:{name} AS double precision)", float(value)
    if field == layout.form.id_column:
        has = f"ARRAY[{id_text(layout)}]"
    elif layout.types[field].endswith("[]"):
        has = quoted(field)
    else:
        has = f"ARRAY[{quoted(field)}]"
    wanted = clean(sorted(set(value)))
    if constraint.op == "all_of":
        return f"{has} @> CAST(:{name} AS text[])", wanted
    overlaps = f"{has} && CAST(:{name} AS text[])"
    return (f"NOT coalesce({overlaps}, FALSE)" if constraint.op == "none_of" else overlaps), wanted


def _in_json(layout: Layout, constraint: Constraint, name: str) -> tuple[str, Any]:
    """Return the condition on a key of the JSON column, by a path that fits numbers, words and lists alike."""
    field, value = constraint.field.value, constraint.value
    if REST not in layout.types:
        return f"CAST(:{name} AS boolean)", constraint.op == "none_of"
    found = "jsonb_path_exists(CAST({rest} AS jsonb), '{path}', CAST(:{name} AS text)::jsonb)"
    if not isinstance(value, list):
        sign = ">=" if constraint.op == "at_least" else "<="
        path = f"$.{field} ? (@ {sign} $wanted)"
        return found.format(rest=REST, path=path, name=name), json.dumps({"wanted": value})
    variables = json.dumps({"wanted": clean(sorted(set(value)))})
    if constraint.op == "all_of":
        held = f"CAST({REST} AS jsonb) -> '{field}' @> (CAST(:{name} AS text)::jsonb -> 'wanted')"
        return f"coalesce({held}, FALSE)", variables
    has = found.format(rest=REST, path=f"$.{field}[*] ? (@ == $wanted[*])", name=name)
    return (f"NOT coalesce({has}, FALSE)" if constraint.op == "none_of" else has), variables
