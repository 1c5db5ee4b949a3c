"""The parametrised query: what a question demands, as a statement that needs no model to write it."""

from collections.abc import Collection, Sequence

from matinee.sql.grammar import MAX_LIST
from matinee.sql.schema import Schema
from matinee.understanding import Constraint, ConstraintField, Understanding

NEAREST = 50
"""Films among which an order sorts, where the question is about more than its demands."""

_SHOWN = ("movie_id", "title", "year", "genres", "runtime", "imdb_rating")
_OPERATORS = {"at_least": ">=", "at_most": "<=", "any_of": "&&", "all_of": "@>", "none_of": "&&"}


def compose(understood: Understanding, schema: Schema, vector: str, limit: int) -> str:
    """Return one SELECT: the demands in its WHERE, sorted as asked, else the films nearest to $1 first.

    A demand or an order on a column that the table lacks is left out, as the guard would refuse it.

    Where the question is about more than its demands, only the `NEAREST` films are sorted.

    Args:
        understood: the question.
        schema: what may be read.
        vector: the column that is compared with $1.
        limit: the most rows.
    """
    ((table, columns),) = schema.tables.items()
    order = understood.order
    asked = [one for one in understood.constraints if not (order and order.told_by(one))]
    demands = [_demand(one, either) for one in asked if (either := _columns(one, columns))]
    shown = [name for name in _SHOWN if name in columns]
    where = f" WHERE {' AND '.join(demands)}" if demands else ""
    near = f"{vector} <=> $1"
    sortable = order is not None and order.column in columns
    listed = ", ".join(dict.fromkeys([*shown, order.column] if order and sortable else shown))
    select = f"SELECT {listed}, 1 - ({near}) AS similarity FROM {table}{where}"
    if order is None or not sortable:
        return f"{select} ORDER BY {near} LIMIT {limit}"
    sorted_by = f"{order.column} {'DESC' if order.falling else 'ASC'} NULLS LAST"
    if order.alone and not understood.mentions:
        return f"{select} ORDER BY {sorted_by}, {near} LIMIT {limit}"
    return (
        f"SELECT {listed}, similarity FROM ({select} ORDER BY {near} LIMIT {max(NEAREST, limit)}) AS nearest "
        f"ORDER BY {sorted_by}, similarity DESC LIMIT {limit}"
    )


def _columns(constraint: Constraint, columns: Collection[str]) -> list[str]:
    """Return the columns that a demand is about, as far as the table has them."""
    people = constraint.field is ConstraintField.PEOPLE
    return [name for name in (("directors", "stars") if people else (constraint.field.value,)) if name in columns]


def _demand(constraint: Constraint, columns: Sequence[str]) -> str:
    operator = _OPERATORS[constraint.op]
    if not isinstance(constraint.value, list):
        return f"{columns[0]} {operator} {constraint.value:g}"
    if constraint.field is ConstraintField.MOVIE_ID:
        ids = constraint.value or [""]
        listed_ids = [_quoted(ids[at : at + MAX_LIST]) for at in range(0, len(ids), MAX_LIST)]
        either = _either([f"movie_id IN ({some})" for some in listed_ids])
        return f"NOT {either}" if constraint.op == "none_of" else either
    listed = [[one] for one in constraint.value] if constraint.op == "all_of" else [constraint.value]
    said = " AND ".join(_either([f"{column} {operator} {_array(values)}" for column in columns]) for values in listed)
    # NULL && ... is NULL: a film of which nothing is told has none of them.
    return f"NOT COALESCE({said}, FALSE)" if constraint.op == "none_of" else said


def _either(conditions: Sequence[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _array(values: Sequence[str]) -> str:
    return f"ARRAY[{_quoted(values or [''])}]"


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(chr(39) + value.replace(chr(39), chr(39) * 2) + chr(39) for value in values)
