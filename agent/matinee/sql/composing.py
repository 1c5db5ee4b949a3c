"""The parametrised query: what a question demands, as a statement that needs no model to write it."""

from collections.abc import Sequence

from matinee.models import Constraint
from matinee.sql.schema import Schema

_SHOWN = ("movie_id", "title", "year", "genres", "runtime", "imdb_rating")
_OPERATORS = {"at_least": ">=", "at_most": "<=", "any_of": "&&", "all_of": "@>", "none_of": "&&"}


def compose(constraints: Sequence[Constraint], schema: Schema, vector: str, limit: int) -> str:
    """Return one SELECT: the demands in its WHERE, the films nearest to $1 first, at most `limit` rows.

    A demand on a column that the table lacks is left out, as the guard would refuse it.
    """
    ((table, columns),) = schema.tables.items()
    shown = [name for name in _SHOWN if name in columns]
    demands = [_demand(c) for c in constraints if c.field.value in columns]
    where = f" WHERE {' AND '.join(demands)}" if demands else ""
    near = f"{vector} <=> $1"
    return f"SELECT {', '.join(shown)}, 1 - ({near}) AS similarity FROM {table}{where} ORDER BY {near} LIMIT {limit}"


def _demand(constraint: Constraint) -> str:
    column, operator = constraint.field.value, _OPERATORS[constraint.op]
    if not isinstance(constraint.value, list):
        return f"{column} {operator} {constraint.value:g}"
    values = ", ".join(f"'{value.replace(chr(39), chr(39) * 2)}'" for value in constraint.value)
    said = f"{column} {operator} ARRAY[{values}]"
    return f"NOT ({said})" if constraint.op == "none_of" else said
