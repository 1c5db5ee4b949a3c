"""The sql command: a question answered through the guard, or a statement checked."""

from dataclasses import asdict
from typing import Any

from rich.table import Table

from matinee.context import Context
from matinee.settings import Settings
from matinee.sql import guard
from matinee_app.cli.console import err, out, plain, print_json
from matinee_app.cli.store import ensure_films


def check(statement: str, *, as_json: bool) -> int:
    """Say whether the guard lets the statement through: 0 or 1, the reason on standard error."""
    verdict = guard.check(statement)
    if as_json:
        shown = asdict(verdict)
        print_json({**shown, "vectors": dict(verdict.vectors), "parameters": sorted(verdict.parameters)})
    elif verdict.ok:
        out.print("passed")
    if not verdict.ok:
        err.print(f"refused: {plain(verdict.reason or '')}")
    return 0 if verdict.ok else 1


async def answer(settings: Settings, question: str, options: dict[str, Any], *, as_json: bool) -> int:
    """Answer the question and print the statement, the guard's verdict and the rows."""
    from matinee_graphs.parts import open_parts
    from matinee_graphs.sql import build_sql_graph

    context = Context.of(options)
    parts = open_parts(settings)
    try:
        await ensure_films(settings, parts.store)
        final = await build_sql_graph(parts).ainvoke({"question": question}, context=context)
    finally:
        parts.store.close()
    if as_json:
        print_json({"question": question, **final})
    else:
        _show(final)
    return 0 if final["rows"] else 1


def _show(final: dict[str, Any]) -> None:
    for attempt in final["attempts"]:
        verdict = f"refused by {attempt['by']}: {attempt['reason']}" if attempt["reason"] else "passed"
        err.print(plain(f"{attempt['sql']}\n  -> {verdict}"))
    if final["answered_by"] != "sql":
        err.print(plain(f"{final['sql']}\n  -> passed"))
    for notice in final["notices"]:
        err.print(f"! {plain(notice)}")
    table = Table(*(plain(column) for column in final["columns"]), box=None, pad_edge=False)
    for row in final["rows"]:
        table.add_row(*(plain(_shown(cell)) for cell in row))
    out.print(table)
    if final["truncated"]:
        err.print("! There are more rows than are shown.")


def _shown(cell: Any) -> str:
    if isinstance(cell, list):
        return ", ".join(str(item) for item in cell)
    return f"{cell:.3g}" if isinstance(cell, float) else "" if cell is None else str(cell)
