"""What each stage of a recommendation costs, and what the graph costs on top.

    python -m benchmarks.stages --catalogue catalogue_ml_small.jsonl [--requests FILE.jsonl] [--json OUT.json]

The same requests run through the graph and through a bare loop that calls the same parts one after the other;
runs alternate, and figures are medians. One thread. The chat model is a script that says its text at once, so that
what remains is the graph's own cost.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.measuring import in_milliseconds, report, timed
from matinee.catalogue.ingest import ingest
from matinee.catalogue.readers import open_catalogue, open_starter
from matinee.catalogue.text import embedding_text, rerank_text
from matinee.context import Context
from matinee.llm.replay_chat_model import replay
from matinee.nodes.answer_reader import told
from matinee.nodes.candidate_search import CandidateQuery, Searches
from matinee.nodes.rerank import DIVERSIFIED
from matinee.nodes.retrieve import retrieve
from matinee.nodes.signal_weights import fused_by, weights_for
from matinee.query import understand
from matinee.query.query_text import search_text
from matinee.ranking.confidence import confidence, rated_fit
from matinee.ranking.diversity import diversified, one_of_each_series
from matinee.ranking.fusion import Scores, fuse
from matinee.reasons.composer import Composer
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.settings import Settings
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph

REQUESTS = Path(__file__).parent.parent / "tests" / "unit" / "data" / "query_cases.jsonl"

_READING, _WRITING = "cross-encoder", "write and validate"
_UNREAD = 1e-3
"""Seconds that the cross-encoder takes at most when there is nothing for it to read."""


class Stopwatch:
    """Collects the seconds of each stage."""

    def __init__(self) -> None:
        self.stages: dict[str, list[float]] = defaultdict(list)
        self._last = 0.0

    def start(self) -> None:
        """Begin the first stage."""
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        """End a stage; the next begins."""
        now = perf_counter()
        self.stages[stage].append(now - self._last)
        self._last = now


async def bare(parts: Parts, searches: Searches, text: str, context: Context, watch: Stopwatch) -> None:
    """Recommend without the graph: the same parts, called one after the other, the text streamed as there."""
    watch.start()
    understood = understand(text, await parts.titles.lookup())
    watch.lap("understand")
    wanted = [mention.movie_id for mention in understood.mentions if mention.role == "like"]
    text = search_text(understood, await parts.store.movies.get(wanted))
    parts.embedding.embeddings.embed_query(text)
    watch.lap("embed")
    found, understood, _ = await retrieve(searches, CandidateQuery(understood, text), context)
    watch.lap("retrieve")
    learned = any("fit" in candidate.receipt for candidate in found)
    weights = weights_for(understood, context, learned=learned)
    signals: dict[str, Scores] = {"retrieval": {c.movie.movie_id: c.score for c in found}}
    if weights.get("cross_encoder"):  # a request that describes nothing gives it nothing to read
        top = found[: context.rerank_depth]
        assert parts.cross_encoder is not None
        logits = await asyncio.to_thread(parts.cross_encoder.score, text, [rerank_text(c.movie) for c in top])
        signals["cross_encoder"] = {c.movie.movie_id: s for c, s in zip(top, logits, strict=True)}
    watch.lap(_READING)
    by = fused_by(understood)
    fused = fuse(found, signals, weights, by=by)
    most = max(DIVERSIFIED, context.offered)
    near = fused[: 2 * most]
    vectors = await parts.store.movies.vectors([c.movie.movie_id for c in near])
    ranked = one_of_each_series([*diversified(near, vectors, context.diversity, most), *fused[len(near) :]])
    sure = [rated_fit(c, understood) if learned else confidence(c, weights, understood, by) for c in ranked]
    ranked = [c.model_copy(update={"confidence": figure}) for c, figure in zip(ranked, sure, strict=True)]
    watch.lap("fuse")
    composer = Composer(understood)
    builder = RecommendationBuilder(ranked[: context.offered], understood, context.limit, composer.reason)
    await replay(told(builder.fill(), []), "bare")
    watch.lap(_WRITING)


async def stages(parts: Parts, requests: list[str]) -> tuple[dict[str, dict[str, Any]], float]:
    """Return the stages' figures and the graph's median overhead a run, in milliseconds."""
    graph = build_recommend_graph(parts)
    searches = Searches(parts.store.movies, parts.embedding, parts.collaborative)
    context = Context(model="none")
    watch, whole, overheads = Stopwatch(), [], []
    for text in requests[:3]:
        await bare(parts, searches, text, context, Stopwatch())
        await graph.ainvoke({"query": text}, context=context)
    for number, text in enumerate(requests):
        forget(parts)
        if number % 2:
            graph_time = await _seconds(graph, text, context)
            forget(parts)
            bare_time = await _bare_seconds(parts, searches, text, context, watch)
        else:
            bare_time = await _bare_seconds(parts, searches, text, context, watch)
            forget(parts)
            graph_time = await _seconds(graph, text, context)
        whole.append(graph_time)
        overheads.append(graph_time - bare_time)
    rows = {stage: in_milliseconds(seconds) for stage, seconds in watch.stages.items()}
    read = [seconds for seconds in watch.stages[_READING] if seconds > _UNREAD]
    rows[f"{_READING}, where it reads ({len(read)} requests)"] = in_milliseconds(read)
    rows["embed + retrieve"] = in_milliseconds(together(watch, {"embed", "retrieve"}))
    rows["all before the model"] = in_milliseconds(together(watch, watch.stages.keys() - {_WRITING}))
    rows["whole graph"] = in_milliseconds(whole)
    return rows, statistics.median(overheads) * 1e3


def together(watch: Stopwatch, stages: Collection[str]) -> list[float]:
    """Return the seconds that these stages took together, request by request."""
    return [sum(seconds) for seconds in zip(*(watch.stages[stage] for stage in stages), strict=True)]


def forget(parts: Parts) -> None:
    """Empty the embedding's memory, so that every run embeds its request."""
    parts.embedding.embeddings.clear()


async def _seconds(graph: RecommendGraph, text: str, context: Context) -> float:
    start = perf_counter()
    await graph.ainvoke({"query": text}, context=context)
    return perf_counter() - start


async def _bare_seconds(parts: Parts, searches: Searches, text: str, context: Context, watch: Stopwatch) -> float:
    start = perf_counter()
    await bare(parts, searches, text, context, watch)
    return perf_counter() - start


async def ingest_ratio(catalogue: Path | None, settings: Settings, films: int, repeats: int = 3) -> dict[str, float]:
    """Return the time of an ingest over the bare embedding time of the same texts, paired, median of repeats."""
    rows = [
        row for row, _ in zip(open_catalogue(catalogue) if catalogue else open_starter(), range(films), strict=False)
    ]
    texts = [embedding_text(row.movie) for row in rows if row.movie]
    ratios, speeds = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            parts = open_parts(settings.model_copy(update={"home": Path(folder)}))
            parts.embedding.embeddings.embed_query("warm up")
            alone = timed(lambda parts=parts: parts.embedding.embeddings.embed_documents(texts))  # type: ignore[misc]
            start = perf_counter()
            await ingest(rows, parts.store.movies)
            through = perf_counter() - start
            parts.store.close()
        ratios.append(through / alone)
        speeds.append(len(texts) / through)
    return {"ratio": round(statistics.median(ratios), 3), "films_per_second": round(statistics.median(speeds), 1)}


def help_seconds(repeats: int = 7) -> float:
    """Return the median time of `matinee --help`."""
    command = [sys.executable, "-m", "matinee_app", "--help"]
    return statistics.median(
        timed(lambda: subprocess.run(command, capture_output=True, check=True)) for _ in range(repeats)
    )


async def run(arguments: argparse.Namespace) -> None:
    """Measure everything and print it."""
    requests = [
        json.loads(line) for line in arguments.requests.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    texts = [text for r in requests if (text := r.get("request") or r.get("query"))][: arguments.limit]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=arguments.store or Path(folder), threads=1, chat_model="none")
        parts = open_parts(settings)
        source = open_catalogue(arguments.catalogue) if arguments.catalogue else open_starter()
        start = perf_counter()
        loaded = await ingest(source, parts.store.movies)
        seconds = perf_counter() - start
        rows, overhead = await stages(parts, texts)
        more: dict[str, Any] = {
            "films": await parts.store.movies.count(),
            "requests": len(texts),
            "graph_overhead_ms_per_run": round(overhead, 2),
            "ingest_films_per_second": round(loaded.read / seconds, 1),
            "ingest_over_bare_embedding": await ingest_ratio(arguments.catalogue, settings, arguments.ingest_films),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "help_seconds": round(help_seconds(), 3),
        }
        parts.store.close()
    report("stage", rows, more, arguments.json)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, help="default: the starter catalogue")
    parser.add_argument("--requests", type=Path, default=REQUESTS, help="JSONL with `request` or `query`")
    parser.add_argument("--limit", type=int, default=200, help="most requests to run")
    parser.add_argument("--ingest-films", type=int, default=640, help="films for the ingest ratio")
    parser.add_argument("--home", type=Path, help="data folder to keep and use again; default: a temporary one")
    parser.add_argument("--json", type=Path, help="write the result here")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
