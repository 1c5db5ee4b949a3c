"""Looking names up: columns in the relations of a SELECT and of those around it."""

from matinee.sql.allowed import SYSTEM_COLUMNS
from matinee.sql.query_scope import QueryScope, Relation
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.values import Node, Value


def column(fields: list[Node], level: QueryScope) -> Value:
    """Return the value of a column reference.

    Raises:
        Refusal: no such column is in scope, or more than one.
    """
    names = []
    for part in fields:
        if "String" not in part:
            raise Rejection("star", "`*` is allowed in the select list of a query over named columns only")
        names.append(part["String"].get("sval", ""))
    if len(names) == 1:
        return _bare(names[0], level)
    if len(names) == 3 and names[0] == level.statement.schema.name:
        names = names[1:]
    if len(names) != 2:
        raise Rejection("schema", f"`{shorten('.'.join(names))}`: write a column as `column` or `table.column`")
    return _qualified(names[0], names[1], level)


def relation_named(name: str, level: QueryScope) -> Relation:
    """Return the relation of this name or alias in this SELECT or one around it."""
    at: QueryScope | None = level
    while at is not None:
        for relation in at.relations:
            if relation.name == name:
                return relation
        at = at.parent
    raise unknown("table", "table or alias", name, _relation_names(level))


def _bare(name: str, level: QueryScope) -> Value:
    at: QueryScope | None = level
    while at is not None:
        if name in at.merged:
            return at.merged[name]
        found: Value | None = None
        for relation in at.relations:
            value = relation.columns.get(name)
            if value is not None:
                if found is not None:
                    aliases = " or ".join(f"`{r.name}.{name}`" for r in at.relations if name in r.columns)
                    raise Rejection("ambiguous", f"`{name}` is in more than one table: write {aliases}")
                found = _read(value, relation, name)
        if found is not None:
            return found
        at = at.parent
    raise _no_column(name, [c for r in _visible(level) for c in r.columns])


def _qualified(table: str, name: str, level: QueryScope) -> Value:
    relation = relation_named(table, level)
    value = relation.columns.get(name)
    if value is None:
        raise _no_column(name, list(relation.columns))
    return _read(value, relation, name)


def _read(value: Value, relation: Relation, name: str) -> Value:
    if value.kind == "ambiguous":
        raise Rejection(
            "ambiguous", f"`{name}` is in `{relation.name}` more than once: give each column a name of its own"
        )
    return value._replace(refs=relation.bit, text=None)


def _no_column(name: str, allowed: list[str]) -> Rejection:
    if name in SYSTEM_COLUMNS:
        listed = ", ".join(sorted(set(allowed))[:24])
        return Rejection("system_column", f"`{name}` is a system column, which is not allowed: allowed are {listed}")
    return unknown("column", "column", name, allowed)


def _visible(level: QueryScope) -> list[Relation]:
    found: list[Relation] = []
    at: QueryScope | None = level
    while at is not None:
        found += at.relations
        at = at.parent
    return found


def _relation_names(level: QueryScope) -> list[str]:
    return [relation.name for relation in _visible(level)]
