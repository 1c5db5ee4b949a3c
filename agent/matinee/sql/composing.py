"""The parametrised query: what a question demands, as a statement that needs no model to write it."""

from collections.abc import Collection, Sequence

from matinee.models import Constraint, ConstraintField
from matinee.sql.schema import Schema

_SHOWN = ("movie_id", "title", "year", "genres", "runtime", "imdb_rating")
_OPERATORS = {"at_least": ">=", "at_most": "<=", "any_of": "&&", "all_of": "@>", "none_of": "&&"}


def compose(constraints: Sequence[Constraint], schema: Schema, vector: str, limit: int) -> str:
    """Return one SELECT: the demands in its WHERE, the films nearest to $1 first, at most `limit` rows.

    A demand on a column that the table lacks is left out, as the guard would refuse it.
    """
    ((table, columns),) = schema.tables.items()
    shown = [name for name in _SHOWN if name in columns]
    demands = [_demand(one, either) for one in constraints if (either := _columns(one, columns))]
    where = f" WHERE {' AND '.join(demands)}" if demands else ""
    near = f"{vector} <=> $1"
    return f"SELECT {', '.join(shown)}, 1 - ({near}) AS similarity FROM {table}{where} ORDER BY {near} LIMIT {limit}"


def _columns(constraint: Constraint, columns: Collection[str]) -> list[str]:
    """Return the columns that a demand is about, as far as the table has them."""
    people = constraint.field is ConstraintField.PEOPLE
    return [name for name in (("directors", "stars") if people else (constraint.field.value,)) if name in columns]


def _demand(constraint: Constraint, columns: Sequence[str]) -> str:
    operator = _OPERATORS[constraint.op]
    if not isinstance(constraint.value, list):
        return f"{columns[0]} {operator} {constraint.value:g}"
    listed = [[one] for one in constraint.value] if constraint.op == "all_of" else [constraint.value]
    said = " AND ".join(_either([f"{column} {operator} {_array(values)}" for column in columns]) for values in listed)
    return f"NOT ({said})" if constraint.op == "none_of" else said


def _either(conditions: Sequence[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _array(values: Sequence[str]) -> str:
    return f"ARRAY[{', '.join(chr(39) + value.replace(chr(39), chr(39) * 2) + chr(39) for value in values)}]"
