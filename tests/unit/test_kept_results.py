"""What the README says of kept results is what they hold."""

from pathlib import Path

from benchmarks.grounding_table import table

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_shows_the_kept_results_of_grounding_as_they_are() -> None:
    assert table() in README.read_text(encoding="utf-8")
