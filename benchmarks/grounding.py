"""What validation makes of a chat model's answers: the raw text beside what the viewer gets.

    python -m benchmarks.grounding --model none|scripted:NAME|scripted:all|smollm2|qwen0.5b|qwen1.5b|ollama:NAME
        [--requests N] [--minutes M] [--seed S] [--threads N] [--home FOLDER] [--false] [--texts OUT.jsonl]
        [--json OUT.json]

Requests are made from the starter catalogue's facts, seeded. `raw` is the model's whole answer to the same prompt,
read as it stands: a pick is in the catalogue when title and year (or, without a title, the number) are of a film
there. The sentences of both rows are judged by the same checker; of a pick that is no film none can be judged. SmolLM2
and Qwen run on llama.cpp behind the emulation of Ollama's API in `tests/`; Qwen's files are downloaded at first use.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from benchmarks.grounding_judging import Course, follow
from benchmarks.grounding_timing import closing
from benchmarks.measuring import report
from benchmarks.weights import cached
from matinee.catalogue.ingest import ingest
from matinee.catalogue.readers import open_starter
from matinee.context import Context
from matinee.settings import Settings
from matinee_graphs.parts import open_parts
from matinee_graphs.recommend import build_recommend_graph
from tests.support.adversaries import WAYS, adversary
from tests.support.ollama_emulation import OllamaEmulation
from tests.support.requests import made_requests

REAL = 60
SCRIPTED = 2000
LEAVINGS = 10
"""Runs of a served model whose reader leaves when it begins."""
PATIENT = {"first_token_timeout": 600.0, "token_timeout": 120.0, "generation_timeout": 900.0}
"""A busy machine must not turn a measurement of a model into one of the time limits."""


@dataclass(frozen=True)
class Opened:
    """A chat model to measure: scripted, or served under a name; `streams` counts those that its server has open."""

    settings: Settings
    scripted: BaseChatModel | None = None
    model: str | None = None
    streams: Callable[[], int] | None = None


@dataclass
class Measured:
    """What came of the requests, how long they took, and how soon a stream was closed after its reader had left."""

    course: Course = field(default_factory=Course)
    seconds: float = 0.0
    closed: list[float] = field(default_factory=list)


@contextmanager
def opened(name: str, settings: Settings) -> Iterator[Opened]:
    """Yield the model of this name, served if it has to be."""
    kind, _, rest = name.partition(":")
    if kind == "scripted":
        yield Opened(settings, scripted=adversary(rest))
    elif kind in ("smollm2", "qwen0.5b", "qwen1.5b"):
        weights = None if kind == "smollm2" else cached(kind)
        with OllamaEmulation(kind, (), threads=settings.threads, model=weights) as server:
            served = settings.model_copy(update={"ollama_url": SecretStr(server.url)})
            yield Opened(served, model=f"ollama:{kind}", streams=lambda: server.open_streams)
    else:
        yield Opened(settings, model=name)


async def measure(
    name: str, requests: int | None, seed: int, settings: Settings, minutes: float = float("inf")
) -> Measured:
    """Return what came of the requests through one model, of so many as begin within the minutes."""
    measured = Measured()
    with opened(name, settings) as one:
        parts = open_parts(one.settings, chat_model=one.scripted)
        await ingest(open_starter(), parts.store.movies)
        films = [row.movie for row in open_starter() if row.movie]
        stored = await parts.store.movies.known(films)
        catalogue = {movie.movie_id: movie for movie in stored}
        graph = build_recommend_graph(parts)
        count = requests or (SCRIPTED if one.scripted or name == "none" else REAL)
        rerank = "none" if one.scripted else "fused"
        context = Context.model_validate({"model": one.model, "rerank": rerank, "seed": seed})
        made = made_requests(films, count, seed)
        start = perf_counter()
        for request in made:
            if perf_counter() - start > 60 * minutes:
                break
            await follow(parts, request, context, catalogue, measured.course)
        measured.seconds = perf_counter() - start
        if one.streams:
            for request in made[:LEAVINGS]:
                if (seconds := await closing(graph, request, context, one.streams)) is not None:
                    measured.closed.append(seconds)
        parts.store.close()
    return measured


def figures(measured: Measured, *, paced: bool) -> dict[str, Any]:
    """Return what is measured beside the two rows; a model that is not paced says all its text at once."""
    course = measured.course
    moments = course.moments

    def median(values: list[float], scale: float = 1.0) -> float | None:
        return round(scale * statistics.median(values), 3) if values else None

    def share(part: int, whole: int) -> float:
        return round(100 * part / max(1, whole), 1)

    told = {
        "requests": course.requests,
        "fewer picks than the catalogue has": course.short,
        "repaired %": share(course.repaired, course.requests),
        "picks that the first draft gave %": share(course.of_first_draft, course.wanted),
        "reasons by the model, whole %": share(course.reasons["model"], course.validated.picks),
        "reasons by the model, in part %": share(course.reasons["partial"], course.validated.picks),
        "contradicted sentences shown": course.validated.contradicted,
        "sentences shown": course.validated.sentences,
        "checking of a sentence, p50 ms": median(course.checking, 1e3),
    }
    if paced:
        told |= {
            "first card, share of the generation (p50)": median(moments.shares),
            "first card, share of the writing, from the first token on (p50)": median(moments.shares_of_writing),
            "runs whose first card came while the model wrote %": share(
                sum(s < 1 for s in moments.shares), len(moments.shares)
            ),
            "seconds to the first token (p50)": median(moments.reading),
        }
    if measured.closed:
        told["model's stream closed after its reader left, p50 ms"] = median(measured.closed, 1e3)
        told["model's stream closed after its reader left, longest ms"] = round(1e3 * max(measured.closed), 3)
    return {**told, "seconds": round(measured.seconds, 1)}


async def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    names = [f"scripted:{way}" for way in WAYS] if arguments.model == "scripted:all" else [arguments.model]
    rows: dict[str, dict[str, Any]] = {}
    more: dict[str, Any] = {}
    texts: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = arguments.store or Path(folder)
        settings = Settings(home=store, chat_model="none", threads=arguments.threads).model_copy(update=PATIENT)
        each = arguments.requests
        if len(names) > 1:
            each = -(-(each or SCRIPTED) // len(names))
        for name in names:
            measured = await measure(name, each, arguments.seed, settings, arguments.minutes)
            course = measured.course
            rows[f"{name}, raw"] = course.raw.row()
            rows[f"{name}, validated"] = course.validated.row()
            more[name] = figures(measured, paced=not name.startswith("scripted:"))
            texts += course.texts
            if arguments.false:
                print("\n".join(course.validated.false))
    if arguments.texts:
        arguments.texts.write_text("".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts))
    report("model", rows, more, arguments.json)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="none")
    parser.add_argument("--requests", type=int, help=f"default: {SCRIPTED}, or {REAL} for a real model")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no request after so many")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1, help="of the engine, for smollm2 and qwen")
    parser.add_argument("--home", type=Path, help="a data folder that keeps the starter catalogue's index")
    parser.add_argument("--false", action="store_true", help="print shown sentences that are contradicted")
    parser.add_argument("--texts", type=Path, help="write what each request came to here, to be read")
    parser.add_argument("--json", type=Path, help="write the result here")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
