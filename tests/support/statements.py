"""The statements of the data files: valid ones with the values to bind, and refused ones with the reason."""

import json
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent.parent / "unit" / "data" / "sql"


class Valid(NamedTuple):
    """A statement that must pass; `values` are those of its parameters that are no vectors."""

    sql: str
    values: dict[int, Any]


class Refused(NamedTuple):
    """A statement that must be refused with this code, by a reason that holds this word."""

    sql: str
    code: str
    says: str


def valid() -> list[Valid]:
    """Return the statements that must pass."""
    return [Valid(row["sql"], {int(n): v for n, v in row.get("values", {}).items()}) for row in _rows("valid.jsonl")]


def refused() -> list[Refused]:
    """Return the statements that must be refused."""
    return [Refused(_text(row["sql"]), row["code"], row["says"]) for row in _rows("refused.jsonl")]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def _text(pieces: str | list[Any]) -> str:
    # A long text is written as pieces, each a string or [string, how often].
    if isinstance(pieces, str):
        return pieces
    return "".join(p if isinstance(p, str) else p[0] * p[1] for p in pieces)
