"""The kept results of `benchmarks.grounding` as the table that the README shows.

python -m benchmarks.grounding_table
"""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
KEPT = {
    "scripted adversaries": "grounding-scripted.json",
    "SmolLM2-135M": "grounding-smollm2.json",
    "Qwen2.5-Coder-0.5B": "grounding-qwen-0.5b.json",
    "Qwen2.5-Coder-1.5B": "grounding-qwen-1.5b.json",
}
_HEAD = ("requests", "picks", "in the catalogue", "within the demands", "sentences", "contradicted", "borne out")


def table() -> str:
    """Return the table in Markdown: of each model the raw picks, then the validated ones."""
    lines = [f"| | {' | '.join(_HEAD)} |", "|---|" + "---|" * len(_HEAD)]
    for label, name in KEPT.items():
        path = RESULTS / name
        if path.is_file():
            kept = json.loads(path.read_text(encoding="utf-8"))
            if any("sentences" not in row for row in kept["rows"].values()):
                continue  # it counts claims, as was done before: superseded
            lines += [_line(f"{label}, {kind}", kept, kind) for kind in ("raw", "validated")]
    return "\n".join(lines)


def _line(label: str, kept: dict[str, Any], kind: str) -> str:
    rows = [row for name, row in kept["rows"].items() if name.endswith(f", {kind}")]
    requests = sum(value["requests"] for value in kept.values() if isinstance(value, dict) and "requests" in value)
    picks, told = sum(row["picks"] for row in rows), sum(row["sentences"] for row in rows)

    def share(column: str, of: str, whole: int) -> str:
        counted = sum(round((row[column] or 0) * row[of] / 100) for row in rows)
        return f"{100 * counted / whole:.1f}%" if whole else "-"

    cells = [
        f"{requests:,}",
        f"{picks:,}",
        share("in catalogue %", "picks", picks),
        share("within demands %", "picks", picks),
        f"{told:,}",
        share("contradicted %", "sentences", told),
        share("borne out %", "sentences", told),
    ]
    return f"| {label} | {' | '.join(cells)} |"


if __name__ == "__main__":
    print(table())
