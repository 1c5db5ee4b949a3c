"""What the README shows runs as written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.settings import Settings
from tests.support.command_line import CommandLine

README = Path(__file__).parents[2] / "README.md"
SCRIPTS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)


def run(script: str, matinee: CommandLine) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        env=matinee.environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_script_prints_three_picks_with_their_reasons(matinee: CommandLine) -> None:
    (script,) = [script for script in SCRIPTS if ".recommend(" in script]
    assert len(re.findall(r"^.+ \(\d{4}\), confidence 0\.\d\d: .+", run(script, matinee), re.M)) == 3


def test_the_streaming_script_prints_tokens_then_cards_then_the_picks(matinee: CommandLine) -> None:
    (script,) = [script for script in SCRIPTS if ".stream(" in script]
    said = run(script, matinee)
    assert said.count("  -> ") == 3
    headings = [heading.end() for heading in re.finditer(r"^.+ \(\d{4}\): ", said, re.M)]
    cards = [card.start() for card in re.finditer("^  -> ", said, re.M)]
    assert sorted([*headings, *cards]) == [place for pair in zip(headings, cards, strict=True) for place in pair]
    last = said.rindex("Picks:")
    assert cards[-1] < last
    assert len(said[last:].split(",")) == 3


def test_the_embedding_script_prints_an_answer_and_titles(matinee: CommandLine) -> None:
    (script,) = [script for script in SCRIPTS if "RecommendTool" in script]
    answer, found, picked = run(script, matinee).strip().rsplit("\n", 2)
    assert len(answer.split("\n\n")) == 2
    assert found.count("'") + found.count('"') >= 10
    assert picked.count("'") + picked.count('"') == 4


def test_the_scripts_import_public_names_alone() -> None:
    imported = re.findall(r"^from (\S+) import|^import (\S+)", "\n".join(SCRIPTS), re.M)
    assert {first or second for first, second in imported} == {"matinee"}


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^matinee (\w+)", README.read_text(), re.M))))
def test_every_command_that_the_readme_names_exists(matinee: CommandLine, command: str) -> None:
    assert matinee(command, "--help").code == 0


def test_every_setting_is_in_the_example_file() -> None:
    example = (README.parent / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"MATINEE_{name.upper()}=" not in example]
    assert missing == []
