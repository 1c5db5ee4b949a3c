"""Literals in the tree: their values, and what is known of them."""

from matinee.sql.allowed import MAX_NUMBER
from matinee.sql.levels import Level
from matinee.sql.refusal import Refusal, shorten
from matinee.sql.values import Node, Value


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


def constant(fields: Node, level: Level) -> Value:
    """Return what is known of a literal.

    Raises:
        Refusal: it is a number too long or too large.
    """
    if "sval" in fields:
        text = fields["sval"].get("sval", "")
        return Value("literal", weight=1 + len(text) // 64, text=text)
    if "fval" in fields:
        number = fields["fval"]["fval"]
        if len(number) > MAX_NUMBER or not -30 <= _exponent(number) <= 30:
            raise Refusal("literal", f"the number {shorten(number)} is too long or too large")
        return Value("number", text=number)
    if "ival" in fields:
        return Value("number", text=str(fields["ival"].get("ival", 0)))
    if "bsval" in fields:
        bits = fields["bsval"]["bsval"]
        return Value("bit", len(bits) - 1, weight=1 + len(bits) // 64)
    return Value("boolean" if "boolval" in fields else "null")


def _exponent(number: str) -> int:
    _, _, exponent = number.lower().partition("e")
    try:
        return int(exponent or 0)
    except ValueError:  # a number in another base, 0x1F
        return 0
