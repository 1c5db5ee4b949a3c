"""The statement's text: what it may consist of, and its tree by PostgreSQL's own grammar."""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

from matinee.sql.rejection import Rejection, shorten
from matinee.sql.values import Node

# Imported by name: postgast 0.2's generated stub is not valid Python, and mypy would check nothing of a program that
# imports it by way of this module.
PgQueryError: Any = importlib.import_module("postgast").PgQueryError
check_error: Any = importlib.import_module("postgast.errors").check_error
# The tree as JSON takes half the time of the public `parse`, which also gives up at 100 levels of messages.
lib: Any = importlib.import_module("postgast.native").lib
_scan: Any = importlib.import_module("postgast").scan
_TOKEN_NAMES = {number: name for name, number in importlib.import_module("postgast.pg_query_pb2").Token.items()}

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
# What PostgreSQL takes as one comment and nothing after it: `/*` within `/* */` would be another, within the first.
_LEADING = re.compile(r"(?:[ \t\r\n]+|--[^\r\n]*(?:[\r\n]|\Z)|/\*(?:(?!/\*|\*/).)*\*/)*", re.S)
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
    check_text(sql)
    statements = statements_in(sql)
    if not statements:
        raise Rejection("empty", "there is no statement: write one SELECT")
    if len(statements) > 1:
        second = sql.encode()[statements[1].get("stmt_location", 0) :].decode(errors="replace")
        raise Rejection("several", f"only one statement is allowed; the second is `{shorten(second)}`")
    statement: Node = statements[0]["stmt"]
    return statement


def statements_in(sql: str) -> list[Node]:
    """Return the trees of the statements in a text, with their places in it.

    Raises:
        Refusal: it is not SQL.
    """
    result = lib.pg_query_parse(sql.encode())
    try:
        check_error(result)
        statements: list[Node] = json.loads(result.parse_tree).get("stmts", [])
    except PgQueryError as error:
        raise Rejection("syntax", f"not valid SQL: {shorten(error.message, 120)}") from None
    except RecursionError:
        raise Rejection("depth", "the statement is nested too deep: write it with fewer levels") from None
    finally:
        lib.pg_query_free_parse_result(result)
    return statements


def tokens_in(sql: str) -> list[tuple[str, int, int]]:
    """Return PostgreSQL's tokens in a text: the name, empty for a sign, the first byte and the one after the last.

    Raises:
        Refusal: the text has no tokens, as where a quote is not closed.
    """
    try:
        return [(_TOKEN_NAMES.get(token.token, ""), token.start, token.end) for token in _scan(sql).tokens]
    except (PgQueryError, UnicodeEncodeError) as error:
        raise Rejection("syntax", f"not valid SQL: {shorten(str(error), 120)}") from None


def leading(sql: str) -> int:
    """Return where the statement begins, after blanks and comments."""
    found = _LEADING.match(sql)
    return found.end() if found else 0


def check_text(sql: str) -> None:
    """Check the text's length, signs and nesting, which the parser's C code is not to be tried by.

    Raises:
        Refusal: it is too long or too deep, or holds what is hidden: comments within, other forms of quoting.
    """
    _check_characters(sql)
    depth = tokens = chain = 0
    for kind, text in _tokens(sql):
        tokens += 1
        chain += _links(kind, text)
        depth += (kind == "open") - (kind == "close")
        if depth > MAX_PARENTHESES:
            raise Rejection("depth", f"parentheses are nested deeper than {MAX_PARENTHESES} levels")
        _check_token(kind, text)
    if tokens > MAX_TOKENS or chain > MAX_CHAIN:
        raise Rejection("depth", "the statement has too many parts: write a shorter one")


def _check_characters(sql: str) -> None:
    if len(sql) > MAX_CHARACTERS:
        raise Rejection("length", f"the statement has {len(sql)} characters; at most {MAX_CHARACTERS} are allowed")
    if "\0" in sql:
        raise Rejection("character", "the statement contains a NUL byte, which is not allowed")
    if not sql.isascii():
        try:
            sql.encode()
        except UnicodeEncodeError:
            raise Rejection("character", "the statement contains half of a surrogate pair: not valid text") from None


def _tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each token after the leading comments, but for blanks."""
    at = leading(sql)
    while at < len(sql):
        token = _TOKEN.match(sql, at)
        if token is None:
            raise Rejection("character", f"unexpected character or unclosed quote at `{shorten(sql[at : at + 40])}`")
        at = token.end()
        if token.lastgroup != "space":
            yield str(token.lastgroup), token[0]


def _links(kind: str, text: str) -> int:
    """Return by how many levels a token may make the tree deeper."""
    if kind == "operator":
        return len(text)  # `+++1` is three signs
    return int(kind == "open" or (kind == "word" and text.lower() in _CHAINING))


def _check_token(kind: str, text: str) -> None:
    if kind == "comment" or (kind == "operator" and ("--" in text or "/*" in text)):
        raise Rejection("comment", "comments (`--`, `/* */`) are not allowed but before the statement: leave them out")
    if kind == "string":
        _string(text)
    elif kind == "quoted" and len(text) > 65:
        raise Rejection("literal", f"the quoted name {shorten(text)} is longer than 63 characters")
    elif kind == "dollar":
        raise Rejection("dollar_quote", "dollar-quoted strings are not allowed: quote text with '...'")
    elif kind == "escape":
        raise Rejection(
            "escape_string", f"`{text}` strings and names are not allowed: write plain '...' or a plain name"
        )


def _string(token: str) -> None:
    if len(token) > MAX_LITERAL and not _VECTOR_TEXT.fullmatch(token, 1, len(token) - 1):
        raise Rejection("literal", f"the string {shorten(token)} is longer than {MAX_LITERAL} characters")
