"""What the README and the pages under docs/ show runs as written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.settings import Settings
from tests.support.command_line import CommandLine

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = sorted(
    {
        command
        for page in PAGES
        for block in re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
        for command in re.findall(r"^(?:MATINEE_\S+ )*matinee (\w+)", block, re.M)
    }
)


def test_every_test_that_the_page_of_faults_names_is_there() -> None:
    named = set(re.findall(r"\btest_\w+\.py", (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")))
    assert len(named) > 20
    assert named - {path.name for path in (ROOT / "tests").rglob("test_*.py")} == set()


def scripts(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)


def said_by(script: str, matinee: CommandLine, folder: Path) -> str:
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


def test_the_readme_s_script_prints_three_picks_with_their_reasons(matinee: CommandLine, tmp_path: Path) -> None:
    (script,) = scripts("README.md")
    said = said_by(script, matinee, tmp_path)
    assert len(re.findall(r"^.+ \(\d{4}\): .+", said, re.M)) == 3


def test_the_streaming_script_prints_tokens_then_cards_then_the_picks(matinee: CommandLine, tmp_path: Path) -> None:
    said = said_by(scripts("docs/python.md")[0], matinee, tmp_path)
    assert said.count("  -> ") == 3
    headings = [heading.end() for heading in re.finditer(r"^.+ \(\d{4}\): ", said, re.M)]
    cards = [card.start() for card in re.finditer("^  -> ", said, re.M)]
    assert sorted([*headings, *cards]) == [place for pair in zip(headings, cards, strict=True) for place in pair]
    last = said.rindex("Picks:")
    assert cards[-1] < last
    assert len(said[last:].split(",")) == 3


def test_the_embedding_script_prints_an_answer_and_titles(matinee: CommandLine, tmp_path: Path) -> None:
    answer, found, picked = said_by(scripts("docs/python.md")[1], matinee, tmp_path).strip().rsplit("\n", 2)
    assert len(answer.split("\n\n")) == 2
    assert found.count("'") + found.count('"') >= 10
    assert picked.count("'") + picked.count('"') == 4


def test_the_script_that_checks_a_statement_says_why_it_is_refused(matinee: CommandLine, tmp_path: Path) -> None:
    (script,) = scripts("docs/sql.md")
    assert re.fullmatch(r"False .*statement.*", said_by(script, matinee, tmp_path).strip())


def test_the_script_that_streams_events_prints_words_then_cards_then_the_end(
    matinee: CommandLine, tmp_path: Path
) -> None:
    (script,) = scripts("docs/events.md")
    said = said_by(script, matinee, tmp_path)
    assert [said.index(f"-> {n}. ") for n in (1, 2, 3)] == sorted(said.index(f"-> {n}. ") for n in (1, 2, 3))
    first_heading = re.search(r"^.+ \(\d{4}\): \S", said, re.M)
    assert first_heading and first_heading.end() < said.index("-> 1. ")
    assert re.fullmatch(r"3 picks in \d+\.\d s", said.strip().splitlines()[-1])


def test_the_script_that_traces_writes_lines(matinee: CommandLine, tmp_path: Path) -> None:
    (script,) = scripts("docs/seeing-inside.md")
    assert int(said_by(script, matinee, tmp_path).split()[0]) > 20


@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "docs/sql.md", "docs/events.md"])
def test_the_scripts_import_public_names_alone(page: str) -> None:
    imported = re.findall(r"^from (\S+) import|^import (\S+)", "\n".join(scripts(page)), re.M)
    assert {first or second for first, second in imported} <= {"matinee", "asyncio", "contextlib"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_the_pages_name_exists(matinee: CommandLine, command: str) -> None:
    assert matinee(command, "--help").code == 0


def test_every_setting_is_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"MATINEE_{name.upper()}=" not in example]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
