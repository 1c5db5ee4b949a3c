"""The node types of PostgreSQL's grammar that a statement may consist of, and the most that it may have of each."""

import re

from matinee.sql.rejection import Rejection
from matinee.sql.values import Node

MAX_DEPTH = 40
MAX_FROM = 6
MAX_RELATIONS = 16
MAX_ARMS = 10
MAX_TARGETS = 60
MAX_LIST = 200
MAX_VECTOR_ELEMENTS = 2_000
MAX_PARAMETERS = 20
MAX_LIMIT = 200
MAX_INNER_LIMIT = 1_000
MAX_OFFSET = 10_000
MAX_CROSS = 50
MAX_WEIGHT = 256

# Node types and their fields, by PostgreSQL's names. A field that is not here (INTO, FOR UPDATE, USING an operator,
# TABLESAMPLE, RECURSIVE, named arguments, VARIADIC, ...) refuses the statement.
NODES: dict[str, frozenset[str]] = {
    name: frozenset(fields.split()) | {"location"}
    for name, fields in {
        "SelectStmt": "distinctClause targetList fromClause whereClause groupClause groupDistinct havingClause"
        " windowClause valuesLists sortClause limitOffset limitCount limitOption withClause op all larg rarg",
        "ResTarget": "name val",
        "WithClause": "ctes",
        "CommonTableExpr": "ctename aliascolnames ctematerialized ctequery",
        "RangeVar": "schemaname relname inh relpersistence alias",
        "RangeSubselect": "lateral subquery alias",
        "RangeFunction": "lateral ordinality functions alias",
        "JoinExpr": "jointype larg rarg usingClause quals",
        "Alias": "aliasname colnames",
        "SortBy": "node sortby_dir sortby_nulls",
        "WindowDef": "name refname partitionClause orderClause frameOptions startOffset endOffset",
        "ColumnRef": "fields",
        "ParamRef": "number",
        "A_Const": "ival fval boolval sval bsval isnull",
        "A_Expr": "kind name lexpr rexpr rexpr_list_start rexpr_list_end",
        "BoolExpr": "boolop args",
        "NullTest": "arg nulltesttype",
        "BooleanTest": "arg booltesttype",
        "CaseExpr": "arg args defresult",
        "CaseWhen": "expr result",
        "CoalesceExpr": "args",
        "MinMaxExpr": "op args",
        "RowExpr": "args row_format",
        "SubLink": "subLinkType testexpr operName subselect",
        "FuncCall": "funcname args agg_order agg_filter over agg_within_group agg_star agg_distinct funcformat",
        "TypeCast": "arg typeName",
        "TypeName": "names typmods typemod arrayBounds",
        "A_ArrayExpr": "elements list_start list_end",
        "A_Indirection": "arg indirection",
        "A_Indices": "is_slice lidx uidx",
        "SQLValueFunction": "op typmod",
    }.items()
}


def opened(node: Node) -> tuple[str, Node]:
    """Return a node's type and fields.

    Raises:
        Rejection: the type, or one of the fields, is not on the list.
    """
    for name, fields in node.items():
        return name, only(name, fields)
    raise Rejection("node", "an empty expression is not allowed")


def only(name: str, fields: Node) -> Node:
    """Return the fields, all of which must be on the list of this node type."""
    allowed = NODES.get(name)
    if allowed is None:
        raise Rejection("node", f"{in_words(name)} is not allowed: write one SELECT over the listed tables")
    if not fields.keys() <= allowed:
        extra = ", ".join(in_words(field) for field in fields if field not in allowed)
        raise Rejection("node", f"{extra} in {in_words(name)} is not allowed: leave it out")
    return fields


def in_words(name: str) -> str:
    """Return PostgreSQL's name of a node in words: CreateTableAsStmt -> CREATE TABLE AS."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name.removesuffix("Stmt").removesuffix("Clause")).upper().strip()
