"""The figures of `benchmarks.reasons` come out of labelled sentences; the shipped weights are what training writes."""

import json
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import reasons as benchmark
from benchmarks.labelled_reasons import Films, read_reasons
from benchmarks.reasons import Outcome, figures, judged
from benchmarks.train_support import Examples, learn, written
from matinee.reasons.checker import Judged
from matinee.reasons.support import OTHER_PLOT, SUPPORT, Weights, shipped
from tests.support.films import AMELIE, ARRIVAL, FARGO, HEAT, MOON, PADDINGTON
from tests.support.reasons import sentence_encoder

LABELLED: list[dict[str, Any]] = [
    {
        "id": "x1", "request": "something about language", "movie_id": None, "title": "Arrival", "year": 2017,
        "sentences": [
            {"text": "A linguist is asked to learn the language of the visitors.", "label": "supported", "kind": ""},
            {"text": "You will sit in silence for a while afterwards.", "label": "opinion", "kind": ""},
            {"text": "The circles that they write in were drawn by a painter.", "label": "outside", "kind": ""},
        ],
    },
    {
        "id": "x2", "request": "something lonely", "movie_id": MOON.movie_id, "title": "whatever", "year": None,
        "sentences": [
            {"text": "This 1954 drama is a small wonder.", "label": "lie", "kind": "wrong_year"},
            {"text": "It runs three hours and ten minutes.", "label": "lie", "kind": "wrong_runtime"},
            {"text": "Its engineer has a limp and a terrible secret.", "label": "lie", "kind": "invented_plot"},
            {"text": "The music is lovely.", "label": "opinion", "kind": ""},
        ],
    },
    {"id": "x3", "request": "x", "movie_id": None, "title": "Nowhere at All", "year": 1999, "sentences": []},
]  # fmt: skip
FILMS = [ARRIVAL, MOON, HEAT, FARGO, AMELIE, PADDINGTON]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(reason) + "\n" for reason in LABELLED), encoding="utf-8")
    return path


def outcomes(path: Path) -> list[Outcome]:
    films = Films(FILMS, lambda texts: sentence_encoder().vectors(texts).tolist())
    return judged(read_reasons(path, films), films, shipped("support"), shipped("other_plot"))


def test_films_are_found_by_id_or_by_title_and_year_and_others_left_out(labelled: Path) -> None:
    films = Films(FILMS, lambda texts: sentence_encoder().vectors(texts).tolist())
    assert [reason.film.title for reason in read_reasons(labelled, films)] == ["Arrival", "Moon"]


def test_the_shares_of_a_small_file_come_out(labelled: Path) -> None:
    found = figures(outcomes(labelled))
    assert found["kept"] == {"supported": 1.0, "outside": 1.0, "opinion": 1.0, "all": 1.0}
    assert found["lies_removed"] == {"all": 0.667, "invented_plot": 0.0, "wrong_runtime": 1.0, "wrong_year": 1.0}
    assert found["lies_marked_supported"] == 0.0
    assert found["honest_reasons_with_two_sentences"] == 1.0
    assert found["strict"] == {"supported_kept": 1.0, "lies_kept": 0.0}
    assert found["sentences"] == {"honest": 4, "lies": 3}
    assert found["milliseconds_a_sentence"] > 0


def test_shares_count_what_was_left_out_and_what_was_marked(labelled: Path) -> None:
    gone, borne_out = Judged("x", "own", shown=False), Judged("x", "supported", "catalogue")
    turned = [Outcome(o.reason, o.sentence, gone, borne_out, 0.001) for o in outcomes(labelled)]
    found = figures(turned)
    assert (found["kept"]["all"], found["lies_removed"]["all"]) == (0.0, 1.0)
    assert found["honest_reasons_with_two_sentences"] == 0.0
    assert found["strict"] == {"supported_kept": 1.0, "lies_kept": 1.0}
    marked = figures([Outcome(o.reason, o.sentence, borne_out, gone, 0.001) for o in turned])
    assert (marked["lies_marked_supported"], marked["lies_removed"]["all"]) == (1.0, 0.0)


def test_the_command_prints_one_document_of_the_promised_form(
    labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = tmp_path / "films.jsonl"
    catalogue.write_text("".join(film.model_dump_json() + "\n" for film in FILMS), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["reasons", str(labelled), "--catalogue", str(catalogue), "--json"])
    monkeypatch.setattr(benchmark, "TRAINING", [])
    benchmark.main()
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= {
        *("kept", "lies_removed", "lies_marked_supported", "honest_reasons_with_two_sentences", "strict"),
    }
    assert found["strict"].keys() == {"supported_kept", "lies_kept"}
    assert found["lies_removed"]["wrong_year"] == 1.0


def test_the_shipped_weights_are_in_the_form_that_training_writes() -> None:
    kept = files("matinee.reasons").joinpath("data", "support.toml").read_text(encoding="utf-8")
    head, *tables = kept.rstrip("\n").split("\n\n")
    assert "python -m benchmarks.train_support" in head
    assert tables == [
        written("support", SUPPORT, shipped("support")),
        written("other_plot", OTHER_PLOT, shipped("other_plot")),
    ]


def test_written_weights_are_read_back() -> None:
    weights = Weights((0.5, 1.0), (0.25, 2.0), (1.5, -0.75), 0.125, 0.6)
    table = tomllib.loads(written("mine", ("one", "two"), weights))["mine"]
    assert (table["threshold"], table["bias"]) == (0.6, 0.125)
    assert list(table["features"]) == ["one", "two"]
    assert table["features"]["two"] == {"mean": 1.0, "deviation": 2.0, "weight": -0.75}


def test_learning_finds_which_feature_tells_and_leaves_a_fold_out() -> None:
    rng = np.random.default_rng(3)
    features = rng.normal(size=(400, 2))
    target = (features[:, 0] > 0.3).astype(float)
    examples = Examples(features, target, np.array([f"r{n % 10}" for n in range(400)]))
    weights = learn(examples, 0.5)
    right = sum((weights.probability(row) > 0.5) == bool(told) for row, told in zip(features, target, strict=True))
    assert right > 380
    assert weights.weight[0] > 5 * abs(weights.weight[1])
    left = examples.without({"r1", "r2"})
    assert (len(left.target), set(left.reasons) & {"r1", "r2"}) == (320, set())
