"""The statement that runs: its own text, but for the columns for each `*` and NULLS LAST where it orders descending."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from matinee.sql.parsing import statements_in, tokens_in
from matinee.sql.rejection import Rejection

_STAR = re.compile(rb'(?:"(?:[^"]|"")*"|[^*"])*?\*', re.S)
_PLACES = frozenset(
    {"location", "stmt_location", "stmt_len", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"}
)


def rewritten(sql: str, stars: Mapping[int, str]) -> str:
    """Return the text that runs for a statement that the guard let through.

    Args:
        sql: the statement.
        stars: what takes the place of each `*` or `table.*`, by the byte at which it begins.
    """
    text = sql.encode()
    for begins, columns in sorted(stars.items(), reverse=True):
        found = _STAR.match(text, begins)
        assert found is not None
        text = text[:begins] + columns.encode() + text[found.end() :]
    return _nulls_last(text.decode().rstrip("; \t\r\n"))


def _nulls_last(sql: str) -> str:
    """Return the statement with NULLS LAST after each DESC of an ORDER BY that says nothing of NULLs.

    PostgreSQL counts NULL as the largest of all: descending, films without a rating would come before the best. The
    tree does not tell where an ORDER BY ends, and DESC may be a column's name; each is tried, and stays if the tree
    is the same but for where the NULLs go.
    """
    for end in [*_descending(sql)][::-1]:
        longer = f"{sql.encode()[:end].decode()} NULLS LAST{sql.encode()[end:].decode()}"
        try:
            same = _neutral(statements_in(longer)) == _neutral(statements_in(sql))
        except Rejection:
            continue
        sql = longer if same else sql
    return sql


def _descending(sql: str) -> Iterator[int]:
    """Yield the byte after each DESC that no NULLS follows."""
    tokens = tokens_in(sql)
    for (name, _, end), (after, _, _) in zip(tokens, [*tokens[1:], ("", 0, 0)], strict=True):
        if name == "DESC" and after != "NULLS_P":
            yield end


def _neutral(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_neutral(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    kept = {name: _neutral(value) for name, value in tree.items() if name not in _PLACES}
    if kept.get("sortby_dir") == "SORTBY_DESC" and kept.get("sortby_nulls") == "SORTBY_NULLS_DEFAULT":
        kept["sortby_nulls"] = "SORTBY_NULLS_LAST"
    return kept
