"""The statement's text: what it may consist of, and its tree by PostgreSQL's own grammar."""

import importlib
import json
import re
from typing import Any

from matinee.sql.refusal import Refusal, shorten
from matinee.sql.values import Node

# Imported by name: postgast 0.2's generated stub is not valid Python, and mypy would check nothing of a program that
# imports it by way of this module.
PgQueryError: Any = importlib.import_module("postgast").PgQueryError
check_error: Any = importlib.import_module("postgast.errors").check_error
lib: Any = importlib.import_module("postgast.native").lib
"""The tree as JSON takes half the time of the public `parse`, which also gives up at 100 levels of messages."""

MAX_CHARACTERS = 10_000
MAX_LITERAL = 2_000
MAX_PARENTHESES = 20
# A left-deep chain nests as deep as it is long, and the parser's C code needs stack for each level.
MAX_TOKENS = 2_500
MAX_CHAIN = 300

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<comment>--|/\*)
    | (?P<escape>[eE]'|[nN]'|[xX]'|[uU]&['"])
    | (?P<string>[bB]?'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<parameter>\$[0-9]+)
    | (?P<dollar>\$)
    | (?P<number>[0-9.][0-9A-Za-z_.]*)
    | (?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    | (?P<mark>[,;])
    | (?P<operator>[-+*/<>=~!@\#%^&|`?:]+)
    """,
    re.VERBOSE,
)
_VECTOR_TEXT = re.compile(r"\[[-+0-9.eE,\s]*\]")
_CHAINING = frozenset(
    {
        "not",
        "is",
        "case",
        "array",
        "join",
        "select",
        "union",
        "collate",
        "at",
        "isnull",
        "notnull",
        "except",
        "intersect",
    }
)


def parse(sql: str) -> Node:
    """Return the tree of the one statement in the text: `{"SelectStmt": {...}}` and the like.

    Raises:
        Refusal: the text is not one statement, or hides something.
    """
    _read(sql)
    result = lib.pg_query_parse(sql.encode())
    try:
        check_error(result)
        tree = json.loads(result.parse_tree)
    except PgQueryError as error:
        raise Refusal("syntax", f"not valid SQL: {shorten(error.message, 120)}") from None
    except RecursionError:
        raise Refusal("depth", "the statement is nested too deep: write it with fewer levels") from None
    finally:
        lib.pg_query_free_parse_result(result)
    statements = tree.get("stmts", [])
    if not statements:
        raise Refusal("empty", "there is no statement: write one SELECT")
    if len(statements) > 1:
        second = sql.encode()[statements[1].get("stmt_location", 0) :].decode(errors="replace")
        raise Refusal("several", f"only one statement is allowed; the second is `{shorten(second)}`")
    statement: Node = statements[0]["stmt"]
    return statement


def _read(sql: str) -> None:
    if len(sql) > MAX_CHARACTERS:
        raise Refusal("length", f"the statement has {len(sql)} characters; at most {MAX_CHARACTERS} are allowed")
    if "\0" in sql:
        raise Refusal("character", "the statement contains a NUL byte, which is not allowed")
    if not sql.isascii():
        try:
            sql.encode()
        except UnicodeEncodeError:
            raise Refusal("character", "the statement contains half of a surrogate pair: not valid text") from None
    at = depth = tokens = chain = 0
    match = _TOKEN.match
    while at < len(sql):
        token = match(sql, at)
        if token is None:
            raise Refusal("character", f"unexpected character or unclosed quote at `{shorten(sql[at : at + 40])}`")
        at = token.end()
        kind = token.lastgroup
        if kind == "space":
            continue
        tokens += 1
        if kind == "word":
            chain += token[0].lower() in _CHAINING
        elif kind == "open":
            depth += 1
            chain += 1
            if depth > MAX_PARENTHESES:
                raise Refusal("depth", f"parentheses are nested deeper than {MAX_PARENTHESES} levels")
        elif kind == "close":
            depth -= 1
        elif kind == "operator":
            chain += len(token[0])  # `+++1` is three signs
            if "--" in token[0] or "/*" in token[0]:
                raise Refusal("comment", "comments (`--`, `/* */`) are not allowed: leave them out")
        elif kind == "string":
            _string(token[0])
        elif kind == "quoted":
            if len(token[0]) > 65:
                raise Refusal("literal", f"the quoted name {shorten(token[0])} is longer than 63 characters")
        elif kind == "comment":
            raise Refusal("comment", "comments (`--`, `/* */`) are not allowed: leave them out")
        elif kind == "dollar":
            raise Refusal("dollar_quote", "dollar-quoted strings are not allowed: quote text with '...'")
        elif kind == "escape":
            raise Refusal(
                "escape_string", f"`{token[0]}` strings and names are not allowed: write plain '...' or a plain name"
            )
    if tokens > MAX_TOKENS or chain > MAX_CHAIN:
        raise Refusal("depth", "the statement has too many parts: write a shorter one")


def _string(token: str) -> None:
    if len(token) > MAX_LITERAL and not _VECTOR_TEXT.fullmatch(token, 1, len(token) - 1):
        raise Refusal("literal", f"the string {shorten(token)} is longer than {MAX_LITERAL} characters")
