"""What the pages under docs/ show runs as written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

DOCS = Path(__file__).parents[2] / "docs"


def said_by(page: str, matinee: CommandLine, folder: Path) -> str:
    (script,) = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        env=matinee.environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_script_that_streams_events_prints_words_then_cards_then_the_end(
    matinee: CommandLine, tmp_path: Path
) -> None:
    said = said_by("events.md", matinee, tmp_path)
    assert [said.index(f"-> {n}. ") for n in (1, 2, 3)] == sorted(said.index(f"-> {n}. ") for n in (1, 2, 3))
    first_heading = re.search(r"^.+ \(\d{4}\): \S", said, re.M)
    assert first_heading and first_heading.end() < said.index("-> 1. ")
    assert re.fullmatch(r"3 picks in \d+\.\d s", said.strip().splitlines()[-1])


def test_the_script_that_traces_writes_lines(matinee: CommandLine, tmp_path: Path) -> None:
    assert int(said_by("seeing-inside.md", matinee, tmp_path).split()[0]) > 20


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
