"""What the guard costs a statement, over the valid and the refused ones of the tests.

    python -m benchmarks.sql_guard [--repeats 20] [--json OUT.json]

Each statement is checked as many times as `--repeats` says, in rounds over all of them; figures are over all checks.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.measuring import in_milliseconds, report, timed
from matinee.sql import guard
from tests.support.statements import refused, valid

ALLOWED_P95_MS = 1.0


def cost(statements: list[str], repeats: int) -> dict[str, Any]:
    """Return p50 and p95 of one check, and of how many statements."""
    for sql in statements:
        guard.check(sql)
    seconds = [timed(lambda sql=sql: guard.check(sql)) for _ in range(repeats) for sql in statements]  # type: ignore[misc]
    return {"statements": len(statements), **in_milliseconds(seconds)}


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write the result here")
    arguments = parser.parse_args()
    rows = {
        "valid": cost([s.sql for s in valid()], arguments.repeats),
        "refused": cost([s.sql for s in refused()], arguments.repeats),
    }
    report("statements", rows, {"within_1_ms_p95": rows["valid"]["p95_ms"] <= ALLOWED_P95_MS}, arguments.json)


if __name__ == "__main__":
    main()
