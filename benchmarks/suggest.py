"""Titles that a chat model named, replayed as its suggestions: what the ranking is worth without and with them.

    python -m benchmarks.suggest REQUESTS.jsonl --named NAMED.jsonl [--catalogue PATH] [--ratings DIR] [--weight W]
        [--json OUT.json]

REQUESTS are as for `matinee eval`. A line of NAMED is what a model answered to one of them, a list in any form:
`{"id": ..., "text": "1. Heat (1995), 2. ..."}`; requests without an answer are left out. Printed are recall@1, @5, @10
and @20, means over requests, for the ranking without a model, for the model's films of the catalogue in its own order,
and for both together. Films that a request names count nowhere.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from langchain_core.language_models.fake_chat_models import FakeListChatModel

from benchmarks.measuring import report
from matinee import Context, Settings
from matinee.context import Weights
from matinee.llm.chat import Chat
from matinee.query import TitleLookup
from matinee.query.title_linking import linked
from matinee.reasons.film_list import FilmList
from matinee_app.evaluation.opening import opened
from matinee_app.evaluation.requests import EvaluationRequest, read_requests
from matinee_app.evaluation.running import Runner

DEPTHS = (1, 5, 10, 20)


def read_named(path: Path) -> dict[str, str]:
    """Return the answers by the requests' ids."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return {str(row["id"]): str(row["text"]) for row in rows}


def own_order(text: str, titles: TitleLookup) -> list[str]:
    """Return the films of the catalogue that an answer names, in its order."""
    films = FilmList()
    films.feed(text)
    films.finish()
    found = [linked(named.title, named.year, titles)[:1] for named in films.films]
    return list(dict.fromkeys(film.movie_id for films_of_title in found for film in films_of_title))


def figures(gold: Sequence[set[str]], ranked: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return recall at each depth, 0..1, as the mean over the requests."""
    pairs = list(zip(gold, ranked, strict=True))
    return {f"recall@{k}": round(fmean(len(g & {*r[:k]}) / len(g) for g, r in pairs), 4) for k in DEPTHS}


async def measure(options: argparse.Namespace) -> None:
    """Rank the requests without and with what was named, and print the figures."""
    settings = Settings(chat_model="none")
    parts, answers = await opened(settings, options.catalogue, options.ratings)
    try:
        texts = read_named(options.named)
        requests = [r for r in read_requests(options.requests) if r.id in texts and answers.gold(r)]
        model = FakeListChatModel(responses=[""])
        runner = Runner(replace(parts, chat=Chat(settings, model)), answers)
        weights = Weights() if options.weight is None else Weights(model=options.weight)
        alone = await _ranked(runner, model, requests, {}, Context(suggest=False))
        both = await _ranked(runner, model, requests, texts, Context(weights=weights))
        titles = await parts.titles.lookup()
    finally:
        parts.store.close()
    gold = [answers.gold(request) for request in requests]
    own = [
        [film for film in own_order(texts[request.id], titles) if film not in answers.mentioned(request)]
        for request in requests
    ]
    rows = {name: figures(gold, films) for name, films in (("without", alone), ("named", own), ("with", both))}
    named = {"requests": len(requests), "films named": round(fmean(map(len, own)), 1)}
    report("suggest", rows, {"metrics": rows["with"], **named}, options.json)


async def _ranked(
    runner: Runner,
    model: FakeListChatModel,
    requests: Sequence[EvaluationRequest],
    texts: Mapping[str, str],
    context: Context,
) -> list[list[str]]:
    found = []
    for request in requests:
        model.responses, model.i = [texts.get(request.id, "")], 0
        (ranked,) = await runner.run([request], context, lambda: None)
        found.append(ranked.films)
    return found


def main() -> None:
    """Run by the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requests", type=Path)
    parser.add_argument("--named", type=Path, required=True)
    parser.add_argument("--catalogue", type=Path, help="default: the catalogue in use")
    parser.add_argument("--ratings", type=Path)
    parser.add_argument("--weight", type=float, help="of the signal `model`; default: that of the Context")
    parser.add_argument("--json", type=Path)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
