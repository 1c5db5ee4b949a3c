"""Timing and printing that the benchmarks share."""

import json
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any


def quantile(values: Sequence[float], q: float) -> float:
    """Return the q-quantile by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(q * (len(ordered) - 1)))]


def in_milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50 and p95 in milliseconds."""
    return {"p50_ms": round(statistics.median(seconds) * 1e3, 3), "p95_ms": round(quantile(seconds, 0.95) * 1e3, 3)}


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that the work took."""
    start = perf_counter()
    work()
    return perf_counter() - start


def report(title: str, rows: dict[str, dict[str, Any]], more: dict[str, Any], target: Path | None) -> None:
    """Print a table, and the same as JSON to a file or after it."""
    columns = list(dict.fromkeys(key for row in rows.values() for key in row))
    widths = [max(len(c), *(len(str(row.get(c, ""))) for row in rows.values())) for c in columns]
    name = max(len(title), *(len(r) for r in rows))
    print(f"{title:<{name}}  " + "  ".join(f"{c:>{w}}" for c, w in zip(columns, widths, strict=True)))
    for label, row in rows.items():
        cells = "  ".join(f"{row.get(c, '')!s:>{w}}" for c, w in zip(columns, widths, strict=True))
        print(f"{label:<{name}}  {cells}")
    for key, value in more.items():
        print(f"{key}: {value}")
    document = {
        "command": command(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": rows,
        **more,
    }
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(document, indent=2) + "\n")
    else:
        print(json.dumps(document))


def command() -> str:
    """Return the command line that runs this benchmark, without the folders of its files."""
    return " ".join(["python -m", _module(), *_arguments()])


def _module() -> str:
    path = Path(sys.argv[0]).with_suffix("")
    return f"{path.parent.name}.{path.name}"


def _arguments() -> list[str]:
    # Paths of the machine do not belong into a result that is kept.
    return ["=".join(Path(part).name if "/" in part else part for part in a.split("=")) for a in sys.argv[1:]]
