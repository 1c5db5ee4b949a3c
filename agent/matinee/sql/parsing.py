"""The statement's text: what it may consist of, its tokens, and its tree by PostgreSQL's own grammar."""

import importlib
import json
import re
from typing import Any, NamedTuple

from matinee.sql.rejection import Rejection, shorten
from matinee.sql.values import Node

# Imported by name: postgast 0.2's generated stub is not valid Python, and mypy would check nothing of a program that
# imports it by way of this module.
PgQueryError: Any = importlib.import_module("postgast").PgQueryError
check_error: Any = importlib.import_module("postgast.errors").check_error
# The tree as JSON takes half the time of the public `parse`, which also gives up at 100 levels of messages.
lib: Any = importlib.import_module("postgast.native").lib
_scan: Any = importlib.import_module("postgast").scan
_TOKEN_NAMES = {
    number: chr(number) if number < 128 else name
    for name, number in importlib.import_module("postgast.pg_query_pb2").Token.items()
}

MAX_CHARACTERS = 10_000
MAX_LITERAL = 2_000
MAX_NAME = 63
MAX_PARENTHESES = 20
# A left-deep chain nests as deep as it is long, and the parser's C code needs stack for each level.
MAX_TOKENS = 2_500
MAX_CHAIN = 300

_ESCAPED = frozenset({"XCONST", "USCONST", "UIDENT"})
_UNEXPECTED = frozenset(map(chr, range(128))) - frozenset("()[],;.:+-*/<>=%^")
COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
_EXAMINED = COMMENTS | _ESCAPED | _UNEXPECTED | {"SCONST", "BCONST", "IDENT", "NCHAR"}
_CHAINING = frozenset(
    "( [ : + - * / < > = % ^ Op TYPECAST LESS_EQUALS GREATER_EQUALS NOT_EQUALS NOT IS CASE ARRAY JOIN SELECT UNION "
    "COLLATE AT ISNULL NOTNULL EXCEPT INTERSECT".split()
)
"""Tokens that may make the tree one level deeper."""
_CONTROL = re.compile(r"[\0-\x08\x0b-\x0c\x0e-\x1f]")
# PostgreSQL's scanner reads a run of plus signs again from each of them.
_SIGN_RUN = re.compile(r"(?:\+-?){32}")
_VECTOR_TEXT = re.compile(rb"'\[[-+0-9.eE,\s]*\]'")


class Token(NamedTuple):
    """A token by PostgreSQL's name, or its sign; `start` and `end` are the first byte and the one after the last."""

    name: str
    start: int
    end: int


def parse(sql: str) -> Node:
    """Return the tree of the one statement in the text: `{"SelectStmt": {...}}` and the like.

    Raises:
        Rejection: the text is not one statement.
    """
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
        Rejection: it is not SQL.
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


def tokens_in(sql: str) -> list[Token]:
    """Return PostgreSQL's tokens in a text, with its comments.

    Raises:
        Rejection: the text has none, as where a quote is not closed.
    """
    if _SIGN_RUN.search(sql):
        raise _too_many_parts()
    try:
        scanned = _scan(sql).tokens
    except UnicodeEncodeError:
        raise Rejection("character", "the statement contains half of a surrogate pair: not valid text") from None
    except PgQueryError as error:
        if error.message.startswith("unterminated"):
            raise Rejection("character", f"unexpected end of the text: {shorten(error.message, 120)}") from None
        raise Rejection("syntax", f"not valid SQL: {shorten(error.message, 120)}") from None
    return [Token(_TOKEN_NAMES.get(token.token) or chr(token.token), token.start, token.end) for token in scanned]


def checked_tokens(sql: str) -> list[Token]:
    """Return the tokens of a text whose length, signs and nesting the parser's C code may be given.

    Raises:
        Rejection: it is too long or too deep, or holds what is hidden: comments within, other forms of quoting.
    """
    if len(sql) > MAX_CHARACTERS:
        raise Rejection("length", f"the statement has {len(sql)} characters; at most {MAX_CHARACTERS} are allowed")
    if control := _CONTROL.search(sql):
        shown = {"\0": "NUL byte"}.get(control[0], f"control character {control[0]!r}")
        raise Rejection("character", f"the statement contains an unexpected {shown}, which is not allowed")
    tokens, text = tokens_in(sql), sql.encode()
    depth = chain = 0
    begun = False
    for token in tokens:
        begun = begun or token.name not in COMMENTS
        if token.name in _EXAMINED:
            _check_token(token, text[token.start : token.end], begun)
        chain += token.name in _CHAINING
        depth += (token.name in ("(", "[")) - (token.name in (")", "]"))
        if depth > MAX_PARENTHESES:
            raise Rejection("depth", f"parentheses are nested deeper than {MAX_PARENTHESES} levels")
    if len(tokens) > MAX_TOKENS or chain > MAX_CHAIN:
        raise _too_many_parts()
    return tokens


def _too_many_parts() -> Rejection:
    return Rejection("depth", "the statement has too many parts: write a shorter one")


def _check_token(token: Token, text: bytes, begun: bool) -> None:
    """Check one token; comments may only stand before the statement has begun."""
    name = token.name
    if name in COMMENTS and (begun or b"/*" in text[2:]):
        raise Rejection("comment", "comments (`--`, `/* */`) are not allowed but before the statement: leave them out")
    if text.startswith(b"$"):
        raise Rejection("dollar_quote", "dollar-quoted strings are not allowed: quote text with '...'")
    if name in _ESCAPED or (name == "SCONST" and not text.startswith(b"'")) or (name == "NCHAR" and len(text) == 1):
        shown = text[:2].decode(errors="replace")
        raise Rejection("escape_string", f"`{shown}` is not allowed: write plain '...' or a plain name")
    if name in ("SCONST", "BCONST") and len(text) > MAX_LITERAL and not _VECTOR_TEXT.fullmatch(text):
        raise Rejection("literal", f"the string {shorten(text.decode())} is longer than {MAX_LITERAL} bytes")
    if name == "IDENT" and text.startswith(b'"') and len(text) > MAX_NAME + 2:
        raise Rejection("literal", f"the quoted name {shorten(text.decode())} is longer than {MAX_NAME} bytes")
    if name in _UNEXPECTED:
        raise Rejection("character", f"unexpected character `{name}`")
