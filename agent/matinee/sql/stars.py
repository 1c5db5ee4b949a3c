"""`*` in a select list: it stands for the columns that may be read, whatever else the stored table has.

In the result these are the columns that say something to a reader; within the statement, where the vectors may be
ordered by, all that may be read. The list takes the place of the `*` in the statement that runs.
"""

from matinee.sql.query_scope import Place, QueryScope, Relation
from matinee.sql.rejection import Rejection
from matinee.sql.scope import relation_named
from matinee.sql.values import VECTORS, Node, Value


def is_star(node: Node) -> bool:
    """Tell whether an item of a select list is `*` or `table.*`."""
    return "ColumnRef" in node and "A_Star" in node["ColumnRef"]["fields"][-1]


def star(reference: Node, level: QueryScope, place: Place) -> list[tuple[str, Value]]:
    """Return the columns that `*` stands for, and note what takes its place in the statement.

    Raises:
        Refusal: it stands for nothing, or for columns that cannot be named.
    """
    fields = reference["fields"]
    if len(fields) > 2:
        raise Rejection("star", "`*` of a table with a schema is not allowed: write `*` or `table.*`")
    relations = level.relations
    if len(fields) == 2:
        relations = [relation_named(fields[0]["String"].get("sval", ""), level)]
    if not relations:
        raise Rejection("star", "`*` needs a FROM: name what to return")
    everything = _columns(relations, level if len(fields) == 1 else None)
    shown = everything if place == "inner" else _shown(everything, level) or everything
    if len(shown) < len(everything) or any(relation.base for relation in relations):
        _note(reference.get("location", -1), [spelled for spelled, _, _ in shown], level)
    return [(name, value) for _, name, value in shown]


_Columns = list[tuple[str | None, str, Value]]
"""How each column is spelled, None where it cannot be, its name, and what is known of it."""


def _columns(relations: list[Relation], level: QueryScope | None) -> _Columns:
    merged = level.merged if level else {}
    found: _Columns = [(_quoted(name), name, value) for name, value in merged.items()]
    for relation in relations:
        for name, value in relation.columns.items():
            if name not in merged:
                spelled = _spelled(relation, name, value, alone=len(relations) == 1)
                found.append((spelled, name, value._replace(refs=relation.bit, text=None)))
    return found


def _spelled(relation: Relation, name: str, value: Value, alone: bool) -> str | None:
    if "\0" in name or value.kind == "ambiguous":
        return None
    if relation.name.startswith("?"):  # a subquery without a name
        return _quoted(name) if alone else None
    return f"{_quoted(relation.name)}.{_quoted(name)}"


def _shown(columns: _Columns, level: QueryScope) -> _Columns:
    unshown = level.statement.schema.unshown
    return [column for column in columns if column[2].kind not in VECTORS and column[1] not in unshown]


def _note(location: int, spelled: list[str | None], level: QueryScope) -> None:
    if location < 0:
        raise Rejection("star", "TABLE is not allowed: write SELECT and name the columns")
    names = [name for name in spelled if name is not None]
    if len(names) < len(spelled):
        raise Rejection("star", "`*` stands for columns without names of their own: name the columns")
    level.statement.edits[location] = ", ".join(names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
