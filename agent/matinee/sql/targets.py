"""The target list: the columns of a SELECT, their names, and the columns that `*` stands for.

`*` stands for the columns that may be read, whatever else the stored table has: in the result those that say something
to a reader; within the statement, where the vectors may be ordered by, all that may be read. Their list takes the place
of the `*` in the statement that runs.
"""

from collections.abc import Sequence

from matinee.sql.expressions import expression
from matinee.sql.grammar import MAX_TARGETS, opened
from matinee.sql.rejection import Rejection
from matinee.sql.schema import quoted
from matinee.sql.scope import Place, Relation, Scope
from matinee.sql.values import VECTORS, Node, Value, named

_UNNAMED = "?column?"
_NAMES = {"CoalesceExpr": "coalesce", "A_ArrayExpr": "array"}


def target_list(targets: Sequence[Node], scope: Scope, place: Place) -> dict[str, Value]:
    """Return the columns that a SELECT gives, by name.

    Raises:
        Rejection: an expression is not allowed, or there are too many.
    """
    columns: dict[str, Value] = {}
    for target in targets:
        _, fields = opened(target)
        node = fields["val"]
        if "ColumnRef" in node and "A_Star" in node["ColumnRef"]["fields"][-1]:
            found = _star(node["ColumnRef"], scope, place)
        else:
            found = [(fields.get("name") or _name(node), expression(node, scope))]
        for name, value in found:
            # A name given twice keeps its place in the order of columns under a name that no statement can spell.
            columns[f"{name}\0{len(columns)}" if name in columns else name] = value
            if columns[name] is not value and name != _UNNAMED:
                columns[name] = columns[name]._replace(kind="ambiguous")
    if len(columns) > MAX_TARGETS:
        raise Rejection("arguments", f"SELECT returns {len(columns)} columns; at most {MAX_TARGETS} are allowed")
    return columns


def _name(node: Node) -> str:
    """Return the name that PostgreSQL gives a column without AS."""
    kind, fields = next(iter(node.items()))
    name = _NAMES.get(kind, _UNNAMED)
    if kind == "ColumnRef":
        name = named(fields["fields"][-1:])[0]
    elif kind == "FuncCall":
        name = named(fields["funcname"][-1:])[0]
    elif kind == "A_Indirection":
        name = _name(fields["arg"])
    elif kind == "TypeCast":
        name = _name(fields["arg"])
        name = named(fields["typeName"]["names"][-1:])[0] if name == _UNNAMED else name
    elif kind == "CaseExpr":
        name = _name(fields["defresult"]) if "defresult" in fields else _UNNAMED
        name = "case" if name == _UNNAMED else name
    elif kind == "MinMaxExpr":
        name = "greatest" if fields.get("op") == "IS_GREATEST" else "least"
    elif kind == "SubLink" and fields["subLinkType"] == "EXPR_SUBLINK":
        targets = fields["subselect"].get("SelectStmt", {}).get("targetList", [])
        first = targets[0]["ResTarget"] if targets else {}
        name = first.get("name") or (_name(first["val"]) if first else _UNNAMED)
    return name


_Columns = list[tuple[str | None, str, Value]]
"""How each column is spelled, None where it cannot be, its name, and what is known of it."""


def _star(reference: Node, scope: Scope, place: Place) -> list[tuple[str, Value]]:
    """Return the columns that `*` stands for, and note what takes its place in the statement."""
    *table, _ = reference["fields"]
    if len(table) > 1:
        raise Rejection("star", "`*` of a table with a schema is not allowed: write `*` or `table.*`")
    relations = [scope.relation(named(table)[0])] if table else scope.relations
    if not relations:
        raise Rejection("star", "`*` needs a FROM: name what to return")
    everything = _columns(relations, {} if table else scope.merged)
    unshown = scope.statement.schema.unshown
    shown = [column for column in everything if column[2].kind not in VECTORS and column[1] not in unshown]
    if place == "inner" or not shown:
        shown = everything
    if len(shown) < len(everything) or any(relation.base for relation in relations):
        location = reference.get("location", -1)
        if location < 0:
            raise Rejection("star", "TABLE is not allowed: write SELECT and name the columns")
        spelled = [name for name, _, _ in shown if name is not None]
        if len(spelled) < len(shown):
            raise Rejection("star", "`*` stands for columns without names of their own: name the columns")
        scope.statement.stars[location] = ", ".join(spelled)
    return [(name, value) for _, name, value in shown]


def _columns(relations: Sequence[Relation], merged: dict[str, Value]) -> _Columns:
    found: _Columns = [(quoted(name), name, value) for name, value in merged.items()]
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
        return quoted(name) if alone else None
    return f"{quoted(relation.name)}.{quoted(name)}"
