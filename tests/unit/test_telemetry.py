"""Spans: one a node below the run's, with nothing of what a viewer wrote unless asked for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from matinee.errors import InvalidRequest, TelemetryUnavailable
from matinee.observability.telemetry import instrument, instrumented
from matinee_graphs.recommend import build_recommend_graph
from matinee_graphs.streaming import events
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, MOON
from tests.unit.test_logs import MARK, REQUEST, chat_that_fails

pytest.importorskip("openinference.instrumentation.langchain", reason="the extra `telemetry` is not installed")

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

GOOD = (
    "[1] Arrival (2016): A linguist learns the language of visitors, which is contemplative.\n\n"
    "[2] Moon (2009): A lone worker at a lunar mine doubts what he was told."
)
NODES = {
    "understand", "embed_query", "retrieve", "recall_preferences", "suggest", "rerank",
    "generate", "structure", "validate",
}  # fmt: skip


class Spans:
    """A provider that keeps its spans in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    @property
    def all(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.all if span.name == name]


@pytest.fixture
def spans() -> Iterator[Spans]:
    kept = Spans()
    yield kept
    kept.provider.shutdown()


async def run(parts: Any = None, request: str = REQUEST) -> None:
    graph = build_recommend_graph(parts or await parts_with(GOOD, films=[ARRIVAL, MOON]))
    async for _ in events(graph, request, {"limit": 2}):
        pass


async def test_a_run_is_one_span_with_one_a_node_below_it(spans: Spans) -> None:
    with instrumented(spans.provider):
        await run()
    (root,) = spans.named("recommend")
    assert root.parent is None
    for name in NODES:
        (span,) = spans.named(name)
        assert span.parent is not None
        assert root.context is not None
        assert span.parent.span_id == root.context.span_id
        assert span.start_time is not None and root.start_time is not None
        assert span.end_time is not None and root.end_time is not None
        assert root.start_time <= span.start_time <= span.end_time <= root.end_time
    assert len({span.context.trace_id for span in spans.all if span.context}) == 1


async def test_each_call_of_the_model_is_a_span_of_its_kind_below_its_node(spans: Spans) -> None:
    with instrumented(spans.provider):
        await run()
    nodes = {span.context.span_id: name for name in NODES for span in spans.named(name) if span.context}
    calls = spans.named("InTurn")
    assert sorted(nodes[call.parent.span_id] for call in calls if call.parent) == ["generate", "suggest"]
    assert {(call.attributes or {})["openinference.span.kind"] for call in calls} == {"LLM"}


async def test_a_repair_is_a_second_span_of_its_nodes(spans: Spans) -> None:
    with instrumented(spans.provider):
        await run(await parts_with("[1] Inception (2010): Dreams.", GOOD, films=[ARRIVAL, MOON]))
    assert [len(spans.named(name)) for name in ("rerank", "generate", "structure", "validate")] == [1, 2, 2, 2]


async def every_path() -> None:
    await run()
    await run(replace(await parts_with(films=[ARRIVAL, MOON]), chat=chat_that_fails()))
    graph: Any = build_recommend_graph(await parts_with())
    with pytest.raises(ValueError, match=MARK):  # refused before the first node, and quoted
        await graph.ainvoke({"query": "a film"}, context={"limit": MARK})


async def test_no_span_holds_what_the_viewer_wrote(spans: Spans) -> None:
    with instrumented(spans.provider):
        await every_path()
    written = "".join(span.to_json() for span in spans.all)
    assert MARK not in written
    assert "linguist" not in written


async def test_with_texts_the_spans_hold_them(spans: Spans) -> None:
    with instrumented(spans.provider, texts=True):
        await every_path()
    (request, *_) = [json.loads(span.to_json())["attributes"].get("input.value") for span in spans.named("recommend")]
    assert MARK in request
    failed = [span for span in spans.all if span.status.status_code is StatusCode.ERROR]
    assert any(MARK in (span.status.description or "") for span in failed)


async def test_a_failed_node_is_an_error_that_says_its_class(spans: Spans) -> None:
    with instrumented(spans.provider), pytest.raises(InvalidRequest):
        await run(request="???")
    (failed,) = spans.named("understand")
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.status.description is None
    assert [event.attributes for event in failed.events] == [{"exception.type": "InvalidRequest"}]


async def test_after_the_end_no_more_spans_are_made(spans: Spans) -> None:
    telemetry = instrument(spans.provider)
    telemetry.stop()
    await run()
    assert spans.all == []


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "openinference.instrumentation.langchain", None)
    with pytest.raises(TelemetryUnavailable, match=r"matinee\[telemetry\]"):
        instrument()
