"""The trace: one JSON object a line, as it happens, and nothing of what a viewer wrote unless asked for."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from matinee.errors import InvalidRequest
from matinee.observability.trace import Trace
from matinee.ratings.preferences import statement
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON

GOOD = (
    "[1] Arrival (2016): A linguist learns the language of visitors, which is contemplative.\n\n"
    "[2] Moon (2009): A lone worker at a lunar mine doubts what he was told."
)
BAD = "[1] Inception (2010): Dreams."
NODES = [
    "understand", "embed_query", "retrieve", "recall_preferences", "suggest", "rerank",
    "generate", "structure", "validate",
]  # fmt: skip


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def traced(path: Path, *answers: str, request: str = "quiet zyzzyva science fiction", **more: Any) -> list[Any]:
    trace = Trace(path, texts=more.pop("texts", False))
    parts = await parts_with(*answers, films=[ARRIVAL, MOON])
    await parts.store.preferences.add(statement("ana", "I love xylotomy and linguists"))
    graph = build_recommend_graph(parts)
    config: Any = {"callbacks": [trace], **more}
    try:
        return [event async for event in events(graph, request, {"limit": 2, "user_id": "ana"}, config=config)]
    finally:
        trace.close()


async def test_a_run_is_a_start_its_nodes_and_an_end(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    await traced(path, GOOD)
    lines = lines_of(path)
    assert (lines[0]["event"], lines[-1]["event"]) == ("run_start", "run_end")
    for kind in ("node_start", "node_end"):
        assert sorted(line["node"] for line in lines if line["event"] == kind) == sorted(NODES)
    for node in ("suggest", "generate"):
        assert [line["event"] for line in lines if line["node"] == node and line["event"].startswith("model_")] == [
            "model_start",
            "model_first_token",
            "model_end",
        ]


async def test_every_line_has_the_run_the_time_and_a_clock_that_goes_forward(tmp_path: Path) -> None:
    path, run_id = tmp_path / "trace.jsonl", uuid4()
    before = datetime.now(UTC)
    stream = await traced(path, GOOD, run_id=run_id)
    lines = lines_of(path)
    assert {line["run"] for line in lines} == {str(run_id)} == {stream[-1].run_id}
    times = [datetime.fromisoformat(line["time"]) for line in lines]
    assert all(time.utcoffset() is not None and before <= time <= datetime.now(UTC) for time in times)
    assert all(one["seconds"] <= other["seconds"] for one, other in pairwise(lines))


async def test_the_graph_s_events_stand_between_their_node_s_start_and_end(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    await traced(path, BAD, GOOD)
    lines = [line for line in lines_of(path) if line["node"] == "generate"]
    kinds = [line["event"] for line in lines]
    assert kinds.count("node_start") == kinds.count("node_end") == 2
    within = [kinds[:place].count("node_start") - kinds[:place].count("node_end") for place in range(len(kinds))]
    assert all(depth == (kind != "node_start") for depth, kind in zip(within, kinds, strict=True))
    assert [line["position"] for line in lines if line["event"] == "recommendation"] == [1, 2]
    assert [line["phase"] for line in lines if line["event"] == "status"] == [
        "begun",
        "done",
        "begun",
        *["writing"] * 2,
        "done",
    ]


async def test_counts_times_and_sizes_are_those_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    await traced(path, GOOD)
    lines = lines_of(path)
    by = {(line["node"], line["event"]): line for line in lines}
    assert by["retrieve", "status"]["counts"] == {"candidates": 2}
    assert by["generate", "model_end"]["counts"]["characters"] == len(GOOD)
    assert by["retrieve", "node_end"]["sizes"]["candidates"]["items"] == 2
    assert by["retrieve", "node_end"]["sizes"]["candidates"]["bytes"] > len(ARRIVAL.overview + MOON.overview)
    generate = by["generate", "node_end"]
    assert 0 < by["generate", "model_end"]["took"] <= generate["took"] <= lines[-1]["took"]


async def test_nothing_that_the_viewer_wrote_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    await traced(path, BAD, GOOD)
    with pytest.raises(InvalidRequest):
        await traced(path, request="…" * 50)
    written = path.read_text(encoding="utf-8")
    assert "zyzzyva" not in written
    assert "xylotomy" not in written
    assert "linguist" not in written
    assert "…" not in written


async def test_texts_are_in_it_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    await traced(path, GOOD, texts=True)
    written = path.read_text(encoding="utf-8")
    assert "zyzzyva" in written
    assert "xylotomy" in written
    assert "A linguist learns" in written


@pytest.mark.parametrize("texts", [False, True])
async def test_an_error_says_its_kind_and_its_place_and_its_words_only_when_asked_for(
    tmp_path: Path, texts: bool
) -> None:
    path = tmp_path / "trace.jsonl"
    with pytest.raises(InvalidRequest):
        await traced(path, request="???", texts=texts)
    node, run = lines_of(path)[-2:]
    assert (node["event"], run["event"]) == ("node_error", "run_error")
    assert node["error"]["kinds"] == "InvalidRequest"
    assert node["error"]["place"].startswith("understand.py:")
    assert ("holds no words" in node["error"].get("message", "")) == texts


async def test_a_second_trace_goes_on_at_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    await traced(path, GOOD)
    await traced(path, GOOD)
    assert [line["event"] for line in lines_of(path)].count("run_end") == 2
    assert len({line["run"] for line in lines_of(path)}) == 2


async def test_runs_side_by_side_keep_their_lines_apart(tmp_path: Path) -> None:
    import asyncio

    path = tmp_path / "trace.jsonl"
    trace = Trace(path)
    graph = build_recommend_graph(await parts_with())
    await asyncio.gather(*(graph.ainvoke({"query": f"film {n}"}, {"callbacks": [trace]}) for n in range(5)))
    trace.close()
    lines = lines_of(path)
    runs = {line["run"] for line in lines}
    assert len(runs) == 5
    for run in runs:
        assert sorted(li["node"] for li in lines if (li["run"], li["event"]) == (run, "node_end")) == sorted(NODES)


@pytest.mark.parametrize("place", ["", "missing/trace.jsonl"])
def test_a_file_that_cannot_be_written_is_refused_with_what_to_do(tmp_path: Path, place: str) -> None:
    with pytest.raises(InvalidRequest, match="name a file in a folder that you may write to"):
        Trace(tmp_path / place)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
async def test_a_disk_that_is_full_ends_the_trace_and_not_the_run(caplog: pytest.LogCaptureFixture) -> None:
    trace = Trace(Path("/dev/full"))
    graph = build_recommend_graph(await parts_with(GOOD, films=[ARRIVAL, MOON]))
    final = await graph.ainvoke({"query": "quiet science fiction"}, {"callbacks": [trace]})
    trace.close()
    assert final["recommendations"]
    assert trace.broken
    assert [record.getMessage() for record in caplog.records if "trace" in record.getMessage()] == [
        "the trace ends here: OSError"
    ]
