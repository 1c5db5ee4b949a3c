"""Operators: which are allowed, between what, and what comes out."""

import re
from math import inf

from matinee.sql.allowed import (
    ARITHMETIC,
    BIT_DISTANCES,
    COMPARISONS,
    DISTANCES,
    MAX_PATTERN,
    OPERATORS,
    PATTERNS,
    SETS,
)
from matinee.sql.directions import arithmetic, comparison, negative
from matinee.sql.query_scope import Statement
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.values import MIXED, VECTORS, Value
from matinee.sql.vectors import bits, check_pair, distance, typed

_BACK_REFERENCE = re.compile(r"\\[0-9]")
_RANGES = {"<=>": (0.0, 2.0), "<#>": (-inf, inf)}
_LOOK_AROUND = re.compile(r"\(\?<?[=!]")


def binary(statement: Statement, name: str, left: Value, right: Value) -> Value:
    """Return what comes out of an operator between two values.

    Raises:
        Refusal: the operator is not allowed, or not between these.
    """
    refs = left.refs | right.refs
    if name in DISTANCES:
        distance(statement, name, left, right)
        low, high = _RANGES.get(name, (0.0, inf))
        return Value("number", refs=refs, order=1, low=low, high=high)
    if name in BIT_DISTANCES:
        bits(statement, name, left, right)
        return Value("number", refs=refs, order=1, low=0.0)
    if name in SETS or name in {"||", "@@"}:
        return _sets(name, left, right, refs)
    if name in COMPARISONS:
        if left.kind in VECTORS or right.kind in VECTORS:
            _two_vectors(statement, name, left, right)
        return Value("boolean", refs=refs, order=comparison(name, left, right), low=0.0, high=1.0)
    if name in PATTERNS or name in {"~~", "~~*", "!~~", "!~~*"}:
        return Value("boolean", refs=refs)
    if name in ARITHMETIC:
        return _arithmetic(statement, name, left, right, refs)
    raise _unknown(name)


def unary(name: str, value: Value) -> Value:
    """Return what comes out of a sign before a value."""
    if name not in {"+", "-"}:
        raise _unknown(name)
    signed = negative(value) if name == "-" else value
    return signed._replace(kind="number", text=None, parameter=None)


def pattern(name: str, text: str | None) -> None:
    """Check a regular expression, which must be short and written out."""
    if text is None:
        raise Rejection("pattern", f"the pattern of `{name}` must be a literal: use ILIKE for anything else")
    if len(text) > MAX_PATTERN:
        raise Rejection(
            "pattern", f"the pattern of `{name}` has {len(text)} characters; at most {MAX_PATTERN} are allowed"
        )
    if _LOOK_AROUND.search(text):
        # Each is tried again at every place of the text: a few of them take seconds.
        raise Rejection("pattern", f"the pattern of `{name}` may not look ahead or behind: use two conditions with AND")
    if _BACK_REFERENCE.search(text) or text.count("{") > 1 or text.startswith("***"):
        raise Rejection(
            "pattern", f"the pattern of `{name}` may have no back reference, no `***` and one {{m,n}} at most"
        )


def _sets(name: str, left: Value, right: Value, refs: int) -> Value:
    kinds = (left.kind, right.kind)
    vector = next((k for k in kinds if k in VECTORS), None)
    if vector:
        raise Rejection("operand", f"`{name}` is not for a {vector}: use <=>, <->, <#> or <+>")
    open_kinds = {"literal", "parameter", "null", "other"}
    if name == "@@":
        if not {"tsvector", "tsquery"} & set(kinds) or not set(kinds) <= {"tsvector", "tsquery"} | open_kinds:
            raise Rejection("operand", "`@@` stands between to_tsvector('english', ...) and websearch_to_tsquery(...)")
        return Value("boolean", refs=refs)
    weight = left.weight + right.weight
    order = MIXED if left.order or right.order else 0
    if "tsquery" in kinds and name in {"||", "&&"}:
        return Value("tsquery", weight=weight, refs=refs)
    if name == "||":
        array = next((k for k in kinds if k.endswith("[]")), None)
        kind = array or ("tsvector" if kinds == ("tsvector", "tsvector") else "text")
        return Value(kind, weight=weight, refs=refs, order=order)
    if not any(k.endswith("[]") for k in kinds) or not all(k.endswith("[]") or k in open_kinds for k in kinds):
        raise Rejection(
            "operand",
            f"`{name}` stands between arrays, not {kinds[0]} and {kinds[1]}: write genres {name} ARRAY['Drama']",
        )
    return Value("boolean", refs=refs, order=order)


def _arithmetic(statement: Statement, name: str, left: Value, right: Value, refs: int) -> Value:
    if left.kind in VECTORS or right.kind in VECTORS:
        if name not in {"+", "-", "*"}:
            raise Rejection("operand", f"`{name}` is not for vectors: +, - and * are")
        stored = _two_vectors(statement, name, left, right)
        return stored._replace(refs=refs, parameter=None, text=None)
    weight = left.weight + right.weight if name in {"*", "/"} else max(left.weight, right.weight)
    if name == "^":
        weight = left.weight * 10
    order, low, high = arithmetic(name, left, right)
    if name == "%" and "text" in {left.kind, right.kind}:  # pg_trgm's likeness
        return Value("boolean", weight=weight, refs=refs)
    return Value("number", weight=weight, refs=refs, order=order, low=low, high=high)


def _two_vectors(statement: Statement, name: str, left: Value, right: Value) -> Value:
    stored, other = (left, right) if left.kind in VECTORS else (right, left)
    check_pair(statement, name, stored, typed(statement, name, other, stored))
    return stored


def _unknown(name: str) -> Rejection:
    if name in {"<==>", "<=>>", "<<=>>", "<==", "==>"} or (name.startswith("<") and len(name) > 2):
        return Rejection(
            "operator", f"unknown operator `{shorten(name, 20)}`: did you mean `<=>`? (<->, <#>, <+> are allowed too)"
        )
    listed = " ".join(sorted(OPERATORS))
    return Rejection("operator", f"unknown operator `{shorten(name, 20)}`: allowed are {listed}")
