"""FROM: tables, subqueries, functions and joins."""

from collections.abc import Callable, Mapping

from matinee.sql.expressions import expression
from matinee.sql.grammar import MAX_CROSS, MAX_FROM, MAX_RELATIONS, only, opened
from matinee.sql.joins import condition
from matinee.sql.rejection import Rejection, shorten, unknown
from matinee.sql.results import element
from matinee.sql.scope import Query, Relation, Scope
from matinee.sql.values import Node, Value, named

_JOINS = frozenset({"JOIN_INNER", "JOIN_LEFT", "JOIN_RIGHT", "JOIN_FULL"})


def source(node: Node, scope: Scope) -> None:
    """Add what a FROM item names to the relations of the scope.

    Raises:
        Rejection: a table is unknown, or the item is of a form that is not allowed.
    """
    name, fields = opened(node)
    if name == "JoinExpr":
        _join(fields, scope)
    elif name in _SOURCES:
        statement = scope.statement
        relation = _SOURCES[name](fields, scope)
        statement.relations += 1
        if any(other.name == relation.name for other in scope.relations):
            raise Rejection("ambiguous", f"`{relation.name}` is in FROM twice: give each an alias of its own")
        scope.relations.append(relation)
        if len(scope.relations) > MAX_FROM or statement.relations > MAX_RELATIONS:
            raise Rejection("relations", f"too many tables: at most {MAX_FROM} in one FROM, {MAX_RELATIONS} in all")
    else:
        raise Rejection("node", "FROM may name tables, subqueries and unnest() only")


def renamed(query: Query, names: list[str], of: str) -> dict[str, Value]:
    """Return a query's columns under the names of an alias's column list."""
    if len(names) > len(query.columns):
        raise Rejection("column", f"`{shorten(of)}` has {len(query.columns)} columns, but {len(names)} names are given")
    columns: dict[str, Value] = {}
    for name, value in zip([*names, *list(query.columns)[len(names) :]], query.columns.values(), strict=True):
        columns[name] = Value("ambiguous") if name in columns else value
    return columns


def _alias(fields: Node) -> tuple[str, list[str]]:
    """Return the alias, empty if there is none, and the names that it gives the columns."""
    alias = only("Alias", fields.get("alias", {}))
    return alias.get("aliasname", ""), named(alias.get("colnames", []))


def _table(fields: Node, scope: Scope) -> Relation:
    statement = scope.statement
    name, schema = fields["relname"], fields.get("schemaname")
    if schema is not None and schema != statement.schema.name:
        raise Rejection("schema", f"schema `{shorten(schema)}` is not allowed: write the table's name alone")
    alias, names = _alias(fields)
    if schema is None and name in scope.ctes:
        query = scope.ctes[name]
        statement.distances += query.by_distance
        return Relation(alias or name, renamed(query, names, name), statement.next_bit, query.rows)
    columns = statement.schema.values.get(name)
    if columns is None:
        raise unknown("table", "table", name, [*statement.schema.tables, *scope.ctes])
    if names:
        # The list renames by position, and the stored table may have other columns in other places.
        raise Rejection("column", f"column names after the table `{name}` are not allowed: rename with AS in SELECT")
    statement.tables += 1
    return Relation(alias or name, columns, statement.next_bit, None, base=True)


def _subquery(fields: Node, scope: Scope) -> Relation:
    statement, lateral = scope.statement, bool(fields.get("lateral"))
    alias, names = _alias(fields)
    query = statement.query(fields["subquery"], scope if lateral else scope.outside(scope.ctes), "inner")
    if lateral and (query.rows is None or query.rows > MAX_CROSS):
        raise Rejection("lateral", f"a LATERAL subquery needs a LIMIT of at most {MAX_CROSS}")
    name = alias or f"?{statement.relations}"
    before = scope.mask if lateral else 0
    return Relation(name, renamed(query, names, name), statement.next_bit, query.rows, lateral=before)


def _function(fields: Node, scope: Scope) -> Relation:
    (called, *types), *others = [call["List"]["items"] for call in fields["functions"]]
    if others or any(types):
        raise Rejection("function", "ROWS FROM (...) and lists of column types are not allowed: use unnest()")
    kind, call = opened(called)
    function = named(call["funcname"]) if kind == "FuncCall" else [kind]
    if function != ["unnest"]:
        raise Rejection("function", f"`{shorten('.'.join(function))}()` is not allowed in FROM: only unnest() is")
    if len(call.get("args", [])) != 1:
        raise Rejection("arguments", "unnest() takes 1 argument in FROM")
    array = expression(call["args"][0], scope)
    columns = [element(array)._replace(refs=0), *([Value("number")] if fields.get("ordinality") else [])]
    alias, names = _alias(fields)
    alias = alias or "unnest"
    if len(names) > len(columns):
        raise Rejection("column", f"unnest() gives {len(columns)} columns, but {len(names)} names are given")
    names += [alias, "ordinality"][len(names) : len(columns)]
    lateral = array.refs & scope.mask
    rows = None if lateral else MAX_CROSS
    return Relation(alias, dict(zip(names, columns, strict=True)), scope.statement.next_bit, rows, lateral=lateral)


_SOURCES: Mapping[str, Callable[[Node, Scope], Relation]] = {
    "RangeVar": _table,
    "RangeSubselect": _subquery,
    "RangeFunction": _function,
}


def _join(fields: Node, scope: Scope) -> None:
    if fields.get("jointype") not in _JOINS:
        raise Rejection("node", "this kind of join is not allowed: use JOIN, LEFT JOIN, RIGHT JOIN or FULL JOIN")
    start = len(scope.relations)
    source(fields["larg"], scope)
    middle = len(scope.relations)
    source(fields["rarg"], scope)
    sides = scope.relations[start:middle], scope.relations[middle:]
    for name in named(fields.get("usingClause", [])):
        left, right = (_only_one(name, side, scope) for side in sides)
        scope.links.append((left.bit, right.bit, name == "movie_id"))
        scope.merged[name] = left.columns[name]._replace(refs=left.bit | right.bit)
    if "quals" in fields:
        condition(fields["quals"], scope)


def _only_one(name: str, relations: list[Relation], scope: Scope) -> Relation:
    having = [r for r in relations if name in r.columns and r.columns[name].kind != "ambiguous"]
    if not having:
        raise unknown("column", "column", name, [column for r in relations for column in r.columns])
    if len(having) > 1 and name not in scope.merged:
        raise Rejection("ambiguous", f"USING ({name}): more than one table on one side has it")
    return having[0]
