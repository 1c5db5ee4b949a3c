"""The replay of lists that a model named: what is read of them, and what is counted."""

import json
from pathlib import Path

from benchmarks.suggest import figures, own_order, read_named
from matinee.query import TitleLookup
from matinee_app.evaluation.requests import read_requests

KEPT = Path(__file__).parents[2] / "benchmarks" / "requests"
TITLES = TitleLookup([("a", "Arrival", 2016, []), ("b", "Moon", 2009, []), ("c", "The Thing", 1982, [])])


def test_the_model_s_own_order_holds_films_of_the_catalogue_once() -> None:
    text = "Sure:\n1. Moon (2009)\n2. Solaris (1972)\n3. Arrival (2017)\n4. Moon (2009)\n5. The Thing (2011)"
    assert own_order(text, TITLES) == ["b", "a"]


def test_recall_is_the_mean_share_of_the_answers_among_the_first() -> None:
    found = figures([{"a", "b"}, {"c"}], [["a", "x", "b"], ["x"]])
    assert found == {"recall@1": 0.25, "recall@5": 0.5, "recall@10": 0.5, "recall@20": 0.5}


def test_answers_are_read_by_id_whatever_line_ends_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "named.jsonl"
    path.write_text(json.dumps({"id": 7, "text": "1. Moon\u2028(2009)"}, ensure_ascii=False) + "\n\n")
    assert list(read_named(path)) == ["7"]


def test_the_lists_that_come_along_belong_to_requests() -> None:
    named = read_named(KEPT / "suggest_named.jsonl")
    assert named.keys() == {request.id for request in read_requests(KEPT / "suggest.jsonl")}
