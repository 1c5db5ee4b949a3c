"""The statement that runs: its own text, but for the columns for each `*` and NULLS LAST where it orders descending."""

from collections.abc import Iterator, Mapping, Sequence

from matinee.sql.parsing import Token


def rewritten(sql: str, tokens: Sequence[Token], stars: Mapping[int, str]) -> str:
    """Return the text that runs for a statement that the guard let through.

    Args:
        sql: the statement.
        tokens: its tokens.
        stars: what takes the place of each `*` or `table.*`, by the byte at which it begins.
    """
    edits = [(end, end, " NULLS LAST") for end in _descending(tokens)]
    for begins, columns in stars.items():
        end = next(token.end for token in tokens if token.start >= begins and token.name == "*")
        edits.append((begins, end, columns))
    text = sql.encode()
    for begins, end, new in sorted(edits, reverse=True):
        text = text[:begins] + new.encode() + text[end:]
    return text.decode().rstrip("; \t\r\n")


def _descending(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield where each DESC of an ORDER BY ends that says nothing of NULLs.

    PostgreSQL counts NULL as the largest of all: descending, films without a rating would come before the best. DESC
    may also name a column of the result: it sorts if ORDER, not SELECT, is the last of both within its parentheses.
    """
    clauses = [""]
    before = ""
    for (name, _, end), after in zip(tokens, [*(token.name for token in tokens[1:]), ""], strict=True):
        if name in ("(", "["):
            clauses.append("")
        elif name in (")", "]"):
            clauses.pop()
        elif before not in (".", "AS"):
            if name in ("SELECT", "ORDER"):
                clauses[-1] = name
            elif name == "DESC" and clauses[-1] == "ORDER" and after != "NULLS_P":
                yield end
        before = name
