"""Writes the tree of packages with their lines of Python and of word lists into CONTRIBUTING.md: `make tree`."""

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- tree -->\n", "<!-- /tree -->\n"


def tree() -> str:
    """Return a table of the packages, one a row, with their modules."""
    lines, modules = Counter[Path](), Counter[Path]()
    for root in ("agent", "graphs", "prompts"):
        for path in (ROOT / root).rglob("*.py"):
            package = path.parent.relative_to(ROOT)
            lines[package] += len(path.read_text(encoding="utf-8").splitlines())
            modules[package] += 1
    words = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "agent").rglob("*.toml"))
    rows = [f"| `{package}` | {modules[package]} | {count:,} |" for package, count in sorted(lines.items())]
    head = ["| package | modules | lines |", "|---|---|---|"]
    total = f"| all, beside {words:,} lines of word lists | {modules.total()} | {lines.total():,} |"
    return "\n".join([*head, *rows, total]) + "\n"


if __name__ == "__main__":
    page = ROOT / "CONTRIBUTING.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}{tree()}{END}{after}", encoding="utf-8")
