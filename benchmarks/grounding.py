"""What validation makes of a chat model's answers: the raw text beside what the viewer gets.

    python -m benchmarks.grounding --model none|scripted:NAME|scripted:all|smollm2|qwen0.5b|qwen1.5b|ollama:NAME
        [--requests N] [--seed S] [--doubtful] [--json OUT.json]

Requests are made from the starter catalogue's facts, seeded. `raw` is the model's whole answer to the same prompt,
read as it stands: a pick is in the catalogue when title and year (or, without a title, the number) are of a film
there. The claims of both rows are judged by the same checker; of a pick that is no film none can be judged. SmolLM2
and Qwen run on llama.cpp behind the emulation of Ollama's API in `tests/`; `benchmarks.weights` brings Qwen's files.
"""

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from langchain_core.language_models import BaseChatModel

from benchmarks.grounding_judging import Course, follow
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

REAL = 40
SCRIPTED = 2000
PATIENT = {"first_token_timeout": 600.0, "token_timeout": 120.0, "generation_timeout": 900.0}
"""A busy machine must not turn a measurement of a model into one of the time limits."""


@contextmanager
def opened(name: str, settings: Settings) -> Iterator[tuple[Settings, BaseChatModel | None, str | None]]:
    """Yield the settings, the chat model if it is a scripted one, and the name of the run's model if it is served."""
    kind, _, rest = name.partition(":")
    if kind == "scripted":
        yield settings, adversary(rest), None
    elif kind in ("smollm2", "qwen0.5b", "qwen1.5b"):
        model = None if kind == "smollm2" else cached(kind)
        with OllamaEmulation(kind, (), threads=settings.threads or 2, model=model) as server:
            yield settings.model_copy(update={"ollama_url": server.url}), None, f"ollama:{kind}"
    elif kind == "none":
        yield settings, None, "none"
    else:
        yield settings, None, name


async def measure(name: str, requests: int | None, seed: int, settings: Settings) -> tuple[Course, float]:
    """Return the course of the requests through one model, and the seconds that it took."""
    course = Course()
    with opened(name, settings) as (served, scripted, model):
        parts = open_parts(served, chat_model=scripted)
        await ingest(open_starter(), parts.home.movies)
        films = [row.movie for row in open_starter() if row.movie]
        stored = await parts.home.movies.known(films)
        catalogue = {movie.movie_id: movie for movie in stored}
        graph = build_recommend_graph(parts)
        count = requests or (SCRIPTED if scripted or model == "none" else REAL)
        context = Context.model_validate({"model": model, "rerank": "none" if scripted else "fused", "seed": seed})
        start = perf_counter()
        for request in made_requests(films, count, seed):
            await follow(graph, parts.chat, request, context, catalogue, course)
        seconds = perf_counter() - start
        parts.home.close()
    return course, seconds


def figures(course: Course, seconds: float, *, paced: bool) -> dict[str, Any]:
    """Return what is measured beside the two rows; a model that is not paced says all its text at once."""

    def median(values: list[float], scale: float = 1.0) -> float | None:
        return round(scale * statistics.median(values), 3) if values else None

    return {
        "requests": course.requests,
        "fewer picks than the catalogue has": course.short,
        "repaired %": round(100 * course.repaired / course.requests, 1),
        "reasons by the model %": round(100 * course.from_model / max(1, course.validated.picks), 1),
        "contradicted claims in all reasons": course.validated.contradicted,
        "unsupported claims in all reasons": course.validated.unsupported,
        "claims in all reasons": course.validated.claims,
        "contradicted claims in reasons by the model": course.of_model.contradicted,
        "unsupported claims in reasons by the model": course.of_model.unsupported,
        "claims in reasons by the model": course.of_model.claims,
        "first card, share of the generation (p50)": median(course.first_card) if paced else None,
        "first card, share from the first token on (p50)": (
            median(course.first_card_after_first_token) if paced else None
        ),
        "validation of a pick, p50 ms": median(course.validation, 1e3),
        "seconds": round(seconds, 1),
    }


async def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    names = [f"scripted:{way}" for way in WAYS] if arguments.model == "scripted:all" else [arguments.model]
    rows: dict[str, dict[str, Any]] = {}
    more: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), chat_model="none").model_copy(update=PATIENT)
        each = arguments.requests
        if len(names) > 1:
            each = -(-(each or SCRIPTED) // len(names))
        for name in names:
            course, seconds = await measure(name, each, arguments.seed, settings)
            rows[f"{name}, raw"] = course.raw.row()
            rows[f"{name}, validated"] = course.validated.row()
            more[name] = figures(course, seconds, paced=not name.startswith("scripted:"))
            if arguments.doubtful:
                print("\n".join(course.validated.doubtful))
    report("model", rows, more, arguments.json)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="none")
    parser.add_argument("--requests", type=int, help=f"default: {SCRIPTED}, or {REAL} for a real model")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--doubtful", action="store_true", help="print the validated claims that are not supported")
    parser.add_argument("--json", type=Path, help="write the result here")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
