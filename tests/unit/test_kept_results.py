"""Kept results of `benchmarks.grounding` become the table that the README shows."""

import json
from pathlib import Path

import pytest

from benchmarks import grounding_table

README = Path(__file__).parents[2] / "README.md"
RAW = {
    "picks": 4,
    "in catalogue %": 50.0,
    "within demands %": 25.0,
    "sentences": 10,
    "contradicted %": 20.0,
    "borne out %": 40.0,
}
VALIDATED = RAW | {"in catalogue %": 100.0, "within demands %": 100.0, "contradicted %": 0.0}


def test_the_table_adds_up_the_rows_of_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grounding_table, "RESULTS", tmp_path)
    other = RAW | {"picks": 12, "in catalogue %": 100.0, "sentences": 30, "contradicted %": 0.0}
    rows = {"faithful, raw": RAW, "invents, raw": other, "faithful, validated": VALIDATED}
    kept = {"rows": rows, "faithful": {"requests": 900}, "invents": {"requests": 600}}
    (tmp_path / "grounding-scripted.json").write_text(json.dumps(kept))
    _, _, *lines = grounding_table.table().splitlines()
    assert lines == [
        "| scripted adversaries, raw | 1,500 | 16 | 87.5% | 25.0% | 40 | 5.0% | 40.0% |",
        "| scripted adversaries, validated | 1,500 | 4 | 100.0% | 100.0% | 10 | 0.0% | 40.0% |",
    ]


def test_results_that_count_claims_instead_of_sentences_are_superseded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grounding_table, "RESULTS", tmp_path)
    old = {"rows": {"all, raw": {"picks": 4, "claims": 9}}, "all": {"requests": 9}}
    (tmp_path / "grounding-smollm2.json").write_text(json.dumps(old))
    assert len(grounding_table.table().splitlines()) == 2


def test_the_readme_shows_the_kept_results_as_they_are() -> None:
    lines = grounding_table.table().splitlines()
    if len(lines) == 2:
        pytest.skip("no results that count sentences are kept yet: run `python -m benchmarks.grounding`")
    assert "\n".join(lines) in README.read_text(encoding="utf-8")
