"""What reading fewer films, or less of each, costs in recall and saves in time: the cross-encoder's curve.

    python -m benchmarks.reranking --catalogue catalogue_ml_small.jsonl --ratings ml-latest-small FILE.jsonl ...

Of each file the first `--limit` requests are ranked under every setting in turn, so that a drift of the machine meets
all alike. One thread. `ms` is the whole path before the model, with as many candidates as a recommendation has.
"""

import argparse
import asyncio
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.measuring import report
from matinee.context import Context
from matinee.encoders.cross_encoder import MAX_TOKENS, OnnxCrossEncoder
from matinee.settings import Settings
from matinee_app.evaluation.metrics import mean, per_request
from matinee_app.evaluation.opening import opened
from matinee_app.evaluation.requests import Answers, EvaluationRequest, read_requests
from matinee_graphs.parts import Parts
from matinee_graphs.ranking import RankingGraph, build_ranking_graph

READ = Context().rerank_depth
DEPTHS = (0, 5, 10, READ, 40)
TOKENS = (64, 128)


class Reading(NamedTuple):
    """How many films the cross-encoder reads, and how many tokens of a pair."""

    films: int
    tokens: int

    @property
    def label(self) -> str:
        """Return it in words."""
        return f"{self.films} films, {self.tokens} tokens" if self.films else "none read"

    @property
    def context(self) -> Context:
        """Return the options of a run that reads so."""
        if not self.films:
            return Context.of({"weights": {"cross_encoder": 0.0}})
        return Context(rerank_depth=self.films)


READINGS = (*(Reading(films, MAX_TOKENS) for films in DEPTHS), *(Reading(READ, tokens) for tokens in TOKENS))


def graphs(parts: Parts) -> dict[int, RankingGraph]:
    """Return a graph for each number of tokens."""
    return {
        tokens: build_ranking_graph(replace(parts, cross_encoder=OnnxCrossEncoder(tokens=tokens)))
        for tokens in {reading.tokens for reading in READINGS}
    }


async def curve(parts: Parts, answers: Answers, requests: list[EvaluationRequest]) -> dict[str, dict[str, Any]]:
    """Return recall@10, MRR and the median milliseconds of each setting."""
    by_tokens = graphs(parts)
    for graph in by_tokens.values():
        await graph.ainvoke({"query": "a quiet film about the sea"}, context=Context())  # loads the weights
    films: dict[Reading, dict[str, list[str]]] = defaultdict(dict)
    seconds: dict[Reading, list[float]] = defaultdict(list)
    for number, request in enumerate(requests):
        for place in range(len(READINGS)):
            reading = READINGS[(number + place) % len(READINGS)]
            parts.embedding.embeddings.clear()
            begun = perf_counter()
            state: dict[str, Any] = await by_tokens[reading.tokens].ainvoke(
                {"query": request.query}, context=reading.context
            )
            seconds[reading].append(perf_counter() - begun)
            named = answers.mentioned(request)
            ranked = [candidate["movie"]["movie_id"] for candidate in state["ranked"]]
            films[reading][request.id] = [movie_id for movie_id in ranked if movie_id not in named]
    gold = {request.id: answers.gold(request) for request in requests}
    rows = {}
    for reading in READINGS:
        values = per_request(gold, films[reading])
        rows[reading.label] = {
            "recall@10": round(mean(values["recall@10"]), 4),
            "mrr": round(mean(values["mrr"]), 4),
            "ms": round(median(seconds[reading]) * 1e3, 1),
        }
    return rows


async def run(given: argparse.Namespace) -> None:
    """Measure every file and print the curves."""
    settings = Settings(chat_model="none", threads=1)
    parts, answers = await opened(settings, given.catalogue, given.ratings)
    rows: dict[str, dict[str, Any]] = {}
    try:
        for file in given.requests:
            requests = [request for request in read_requests(file) if answers.gold(request)][: given.limit]
            for label, row in (await curve(parts, answers, requests)).items():
                rows[f"{file.stem}: {label}"] = row
    finally:
        parts.store.close()
    report("the cross-encoder reads", rows, {"requests of each file": given.limit}, given.json)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requests", type=Path, nargs="+", help="requests with their answers, as `matinee eval` reads")
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--ratings", type=Path)
    parser.add_argument("--limit", type=int, default=120, help="most requests of each file")
    parser.add_argument("--json", type=Path, help="write the result here")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
