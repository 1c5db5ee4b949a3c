"""Literals: numbers, texts, and vectors that are written out."""

import re
from math import inf

from matinee.sql.rejection import Rejection, shorten
from matinee.sql.trends import UNRELATED, Trend
from matinee.sql.values import Node, Value

MAX_NUMBER = 40
"""Digits of a number."""
MAX_PATTERN = 100
"""Characters of a regular expression."""

# Text that becomes one number or an array of them beside a number, without a cast that says so.
_NUMBERS = re.compile(r"[-+0-9.eE_,{}\sxXoObBa-fA-F\"]*")
_TOO_LARGE = re.compile(
    rf"[0-9a-f_]{{{MAX_NUMBER + 1},}}|(?<=[0-9.])e[-+]?[0_]*(?:3[1-9]|[4-9][0-9_]|[1-9][0-9_]{{2,}})", re.I
)
_TIMES = frozenset({"CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP"})
_BACK_REFERENCE = re.compile(r"\\[0-9]")
_LOOK_AROUND = re.compile(r"\(\?<?[=!]")
_DENSE = re.compile(r"\s*\[\s*([^\]\[]*?)\s*\]\s*")
_SPARSE = re.compile(r"\s*\{\s*(?:\d{1,9}:[-+0-9.eE]{1,40}\s*(?:,\s*(?!\})|(?=\})))*\}\s*/\s*(\d{1,9})\s*")
_ELEMENT = re.compile(r"[-+]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,3})?")


def constant_integer(node: Node) -> int | None:
    """Return the value of a node that is a literal whole number, else None."""
    if "A_Const" not in node or "ival" not in node["A_Const"]:
        return None
    value: int = node["A_Const"]["ival"].get("ival", 0)
    return value


def constant_text(node: Node) -> str | None:
    """Return the text of a node that is a literal string, else None."""
    if "A_Const" not in node or "sval" not in node["A_Const"]:
        return None
    text: str = node["A_Const"]["sval"].get("sval", "")
    return text


def constant(fields: Node) -> Value:
    """Return what is known of a literal.

    Raises:
        Rejection: it is a number too long or too large.
    """
    if "sval" in fields:
        text = fields["sval"].get("sval", "")
        if _NUMBERS.fullmatch(text) and _TOO_LARGE.search(text):
            raise Rejection("literal", f"the number '{shorten(text)}' is too long or too large")
        return Value("literal", weight=1 + len(text) // 64, text=text, trend=_fixed(text))
    if "fval" in fields:
        number = fields["fval"]["fval"]
        if len(number) > MAX_NUMBER or not -30 <= _exponent(number) <= 30:
            raise Rejection("literal", f"the number {shorten(number)} is too long or too large")
        return Value("number", text=number, trend=_fixed(number))
    if "ival" in fields:
        whole = str(fields["ival"].get("ival", 0))
        return Value("number", text=whole, trend=_fixed(whole))
    if "bsval" in fields:
        bits = fields["bsval"]["bsval"]
        return Value("bit", len(bits) - 1, weight=1 + len(bits) // 64)
    return Value("boolean" if "boolval" in fields else "null")


def value_function(fields: Node) -> Value:
    """Return what is known of CURRENT_DATE and the like.

    Raises:
        Rejection: it tells of the connection, not of the time.
    """
    name = str(fields.get("op")).removeprefix("SVFOP_")
    if name not in _TIMES:
        raise Rejection("function", f"{name} is not allowed: {', '.join(sorted(_TIMES))} are")
    return Value("date")


def dimension_of(text: str, kind: str) -> int:
    """Return the dimension of a vector that is written out: `[1,2,3]`, a sparsevec `{1:1,3:2}/5`, a bit string `101`.

    Raises:
        Rejection: it is none.
    """
    if kind == "bit":
        return len(text)
    if kind == "sparsevec":
        sparse = _SPARSE.fullmatch(text)
        if not sparse:
            raise Rejection("vector_literal", f"'{shorten(text)}' is not a sparsevec: write '{{1:0.5,3:1}}/384'")
        return int(sparse[1])
    dense = _DENSE.fullmatch(text)
    numbers = dense[1].split(",") if dense else []
    if not numbers or not all(_ELEMENT.fullmatch(number.strip()) for number in numbers):
        raise Rejection("vector_literal", f"'{shorten(text)}' is not a vector: write '[1,2,3]' or bind it as $1")
    return len(numbers)


def pattern(name: str, text: str | None) -> None:
    """Check a regular expression, which must be short and written out."""
    if text is None:
        raise Rejection("pattern", f"the pattern of {name} must be a literal: use ILIKE for anything else")
    if len(text) > MAX_PATTERN:
        raise Rejection("pattern", f"the pattern of {name} is longer than {MAX_PATTERN} characters: use a shorter one")
    if _LOOK_AROUND.search(text):
        # Each is tried again at every place of the text: a few of them take seconds.
        raise Rejection("pattern", f"the pattern of {name} may not look ahead or behind: use two conditions with AND")
    if _BACK_REFERENCE.search(text) or text.count("{") > 1 or text.startswith("***"):
        raise Rejection("pattern", f"the pattern of {name} may have no back reference or `***`, and one {{m,n}}")


def _fixed(text: str) -> Trend:
    """Return the trend of a number that is written out; no bounds for what is none."""
    try:
        number = float(text)
    except ValueError:
        return UNRELATED
    return Trend(0, number, number) if abs(number) < inf else UNRELATED


def _exponent(number: str) -> int:
    _, _, exponent = number.lower().partition("e")
    try:
        return int(exponent or 0)
    except ValueError:  # a number in another base, 0x1F
        return 0
