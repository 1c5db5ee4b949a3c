"""`matinee eval` from requests to figures, over the test films and with stand-ins for the models."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.errors import CatalogueError, InvalidRequest
from matinee.settings import Settings
from matinee_app.evaluation import command, opening
from matinee_app.evaluation.metrics import NAMES
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, FARGO, HEAT, MOON

Row = dict[str, Any]

ROWS: list[Row] = [
    {"id": "thief", "query": "a careful thief and a detective", "gold": [HEAT.movie_id]},
    {"id": "mine", "query": "a lone worker at a lunar mine", "gold": [MOON.movie_id]},
    {"id": "demand", "query": "a film from before 1940 about snow", "gold": [FARGO.movie_id]},
    {
        "id": "named",
        "query": "visitors and a linguist, like Moon",
        "gold": [ARRIVAL.movie_id, MOON.movie_id],
        "mentioned": ["Moon (2009)"],
    },
    {"id": "elsewhere", "query": "a film", "gold": ["of another catalogue"]},
]


@pytest.fixture
async def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    async def run(rows: Sequence[Row] = ROWS, *, as_json: bool = True, breakdown: bool = False, **more: Any) -> int:
        parts = await parts_with()
        monkeypatch.setattr(opening, "open_parts", lambda settings: parts)
        path = tmp_path / "dev.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        wanted = command.Wanted(path, None, more.get("ratings"), breakdown)
        settings = Settings(home=tmp_path / "home")
        return await command.evaluate(settings, wanted, as_json=as_json, report=more.get("report"))

    return run


async def test_the_document_holds_every_figure_with_its_interval(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await evaluate() == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["requests"], found["skipped"]) == (4, 1)
    assert list(found["metrics"]) == list(found["intervals"]) == list(NAMES)
    for name, value in found["metrics"].items():
        low, high = found["intervals"][name]
        assert 0 <= low <= value <= high <= 1
    assert {"halves", "strategies", "signals_off", "failures", "latency_ms", "command"} <= set(found)
    assert found["latency_ms"]["p95"] >= found["latency_ms"]["p50"] > 0


async def test_the_figures_are_those_of_the_rankings(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Three of the four requests have their answer first; of the fourth no film is, though its years were widened."""
    await evaluate()
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["recall@1"] == found["metrics"]["mrr"] == found["metrics"]["ndcg@10"] == 0.75
    assert found["failures"] == {
        "ranked low": [],
        "not among 100": [],
        "a demand was in the way": [],
        "refused": ["demand"],
    }
    assert found["constraints_satisfied"] == 1
    assert found["requests_relaxed"] == 1


async def test_the_halves_are_the_first_and_the_second_of_the_requests_that_can_be_answered(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    await evaluate()
    halves = json.loads(capsys.readouterr().out)["halves"]
    assert [halves[half]["requests"] for half in ("first", "second")] == [2, 2]
    assert [halves[half]["metrics"]["recall@1"] for half in ("first", "second")] == [1.0, 0.5]


async def test_a_breakdown_is_by_every_strategy_and_every_signal_that_counts(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    await evaluate(breakdown=True)
    found = json.loads(capsys.readouterr().out)
    assert set(found["strategies"]) == {"fused", "cross_encoder", "imdb", "none"}
    counted = {name for name, weight in Context().weights.model_dump().items() if weight}
    assert set(found["signals_off"]) == counted - {"taste", "model"}
    assert found["strategies"]["fused"] == found["metrics"]
    for figures in (*found["strategies"].values(), *found["signals_off"].values()):
        assert list(figures) == list(NAMES)


async def test_without_a_breakdown_the_one_strategy_is_the_default(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    await evaluate()
    found = json.loads(capsys.readouterr().out)
    assert (set(found["strategies"]), found["signals_off"]) == ({"fused"}, {})


async def test_people_read_the_same_figures(evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert await evaluate(as_json=False) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "4 requests, 1 without an answer in the catalogue" in said
    assert "recall@1 0.750" in said
    assert "demands met 100.0%" in said
    assert "refused 1" in said


async def test_requests_without_any_answer_in_the_catalogue_give_no_figures(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await evaluate(ROWS[-1:]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "None of the requests' answers is in the catalogue" in said.err


async def test_an_answer_that_the_request_names_is_none(
    evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await evaluate([{**ROWS[0], "mentioned": ["Heat (1995)"]}]) == 1


async def test_one_request_is_enough(evaluate: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert await evaluate(ROWS[:1]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["halves"]["second"] == {
        "requests": 0,
        "metrics": dict.fromkeys(NAMES, 0.0),
        "intervals": {name: [0.0, 0.0] for name in NAMES},
    }


async def test_a_report_is_written_beside_the_figures(
    evaluate: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await evaluate(report=tmp_path / "report.html") == 0
    html = (tmp_path / "report.html").read_text("utf-8")
    for name, value in json.loads(capsys.readouterr().out)["metrics"].items():
        assert f"<td>{name}</td><td>{value:.3f}</td>" in html


async def test_ratings_never_take_the_place_of_the_viewers_own(evaluate: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="--ratings without --catalogue"):
        await evaluate(ratings=tmp_path)


async def test_a_faulty_file_is_refused_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Settings] = []
    monkeypatch.setattr(opening, "open_parts", opened.append)
    (tmp_path / "dev.jsonl").write_text("{}")
    with pytest.raises(CatalogueError, match=r"dev\.jsonl, line 1"):
        await command.evaluate(Settings(), command.Wanted(tmp_path / "dev.jsonl"), as_json=True)
    assert opened == []
