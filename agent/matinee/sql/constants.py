"""Literals in the tree: their values, and what is known of them."""

import re
from math import inf

from matinee.sql.allowed import MAX_NUMBER
from matinee.sql.query_scope import QueryScope
from matinee.sql.rejection import Rejection, shorten
from matinee.sql.values import Node, Value

# Text that becomes one number or an array of them beside a number, without a cast that says so.
_NUMBERS = re.compile(r"[-+0-9.eE_,{}\sxXoObBa-fA-F\"]*")
_TOO_LARGE = re.compile(
    rf"[0-9a-f_]{{{MAX_NUMBER + 1},}}|(?<=[0-9.])e[-+]?[0_]*(?:3[1-9]|[4-9][0-9_]|[1-9][0-9_]{{2,}})", re.I
)


def constant_integer(node: Node | None) -> int | None:
    """Return the value of a node that is a literal whole number, else None."""
    if node is None or "A_Const" not in node or "ival" not in node["A_Const"]:
        return None
    value: int = node["A_Const"]["ival"].get("ival", 0)
    return value


def constant_text(node: Node | None) -> str | None:
    """Return the text of a node that is a literal string, else None."""
    if node is None or "A_Const" not in node or "sval" not in node["A_Const"]:
        return None
    text: str = node["A_Const"]["sval"].get("sval", "")
    return text


def constant(fields: Node, level: QueryScope) -> Value:
    """Return what is known of a literal.

    Raises:
        Refusal: it is a number too long or too large.
    """
    if "sval" in fields:
        text = fields["sval"].get("sval", "")
        if _NUMBERS.fullmatch(text) and _TOO_LARGE.search(text):
            raise Rejection("literal", f"the number '{shorten(text)}' is too long or too large")
        low, high = bounds(text)
        return Value("literal", weight=1 + len(text) // 64, text=text, low=low, high=high)
    if "fval" in fields:
        number = fields["fval"]["fval"]
        if len(number) > MAX_NUMBER or not -30 <= _exponent(number) <= 30:
            raise Rejection("literal", f"the number {shorten(number)} is too long or too large")
        low, high = bounds(number)
        return Value("number", text=number, low=low, high=high)
    if "ival" in fields:
        whole = fields["ival"].get("ival", 0)
        return Value("number", text=str(whole), low=whole, high=whole)
    if "bsval" in fields:
        bits = fields["bsval"]["bsval"]
        return Value("bit", len(bits) - 1, weight=1 + len(bits) // 64)
    return Value("boolean" if "boolval" in fields else "null")


def bounds(text: str) -> tuple[float, float]:
    """Return the value of a number that is written out, twice; no bounds for what is none."""
    try:
        number = float(text)
    except ValueError:
        return -inf, inf
    return (number, number) if abs(number) < inf else (-inf, inf)


def _exponent(number: str) -> int:
    _, _, exponent = number.lower().partition("e")
    try:
        return int(exponent or 0)
    except ValueError:  # a number in another base, 0x1F
        return 0
