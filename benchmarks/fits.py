"""Everyday requests with films that fit them: how many of those the ranking finds, and how many near misses it takes.

    python -m benchmarks.fits FILE.jsonl [--catalogue PATH] [--ratings DIR] [--every N] [--first K] [--json OUT.json]

A line has `request`, `kind`, `fits` (films that fit, each with `title` and `year`, or as `Arrival (2016)`) and `near`
(films that seem to, but do not). hit@k is the share of requests with one of the fits among the first k, recall@k the
mean share of a request's fits among the first k, fits@4 and near@4 the shares of the first four picks that fit, and
that are near misses.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from benchmarks.measuring import report
from matinee import Context, Settings
from matinee.errors import MatineeError
from matinee.index import FilmReference
from matinee.models import title_key
from matinee_app.evaluation.opening import opened
from matinee_app.evaluation.running import DEPTH
from matinee_graphs.ranking import RankingGraph, build_ranking_graph


class Request(NamedTuple):
    """A line of the file, with the ids of its films in the catalogue."""

    text: str
    kind: str
    fits: frozenset[str]
    near: frozenset[str]


class Ranked(NamedTuple):
    """A request, and the ids of the films ranked for it, best first."""

    request: Request
    films: list[str]


def film_finder(films: Sequence[FilmReference]) -> Callable[[str, int], str | None]:
    """Return a function that finds a film's id by title and year; the year may be off by one."""
    known = {(key, film.year): film.movie_id for film in films for key in film_keys(film)}

    def find(title: str, year: int) -> str | None:
        key = title_key(title, None)
        return next((known[key, y] for y in (year, year - 1, year + 1) if (key, y) in known), None)

    return find


def film_keys(film: FilmReference) -> set[str]:
    """Return the keys of a film's titles."""
    return {title_key(title, None) for title in (film.title, *film.aka)}


def read_requests(path: Path, find: Callable[[str, int], str | None]) -> list[Request]:
    """Return the requests that have a fit in the catalogue."""

    def ids(films: Sequence[dict[str, Any] | str]) -> frozenset[str]:
        return frozenset(filter(None, (find(*_title_and_year(film)) for film in films)))

    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    found = [Request(row["request"], row["kind"], ids(row["fits"]), ids(row.get("near", []))) for row in rows]
    return [request for request in found if request.fits]


def _title_and_year(film: dict[str, Any] | str) -> tuple[str, int]:
    if isinstance(film, str):
        title, _, year = film.removesuffix(")").rpartition(" (")
        return title, int(year)
    return film["title"], film["year"]


def figures(ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Return hit@4, hit@10, recall@10, recall@100, the share of fits and of near misses among the first four."""

    def share(depth: int, wanted: Callable[[Request], Collection[str]]) -> float:
        return fmean(len({*r.films[:depth]} & {*wanted(r.request)}) / depth for r in ranked)

    def recall(depth: int) -> float:
        return fmean(len({*r.films[:depth]} & r.request.fits) / len(r.request.fits) for r in ranked)

    def hit(depth: int) -> float:
        return fmean(bool({*r.films[:depth]} & r.request.fits) for r in ranked)

    rounded = {
        "hit@4": hit(4),
        "hit@10": hit(10),
        "recall@10": recall(10),
        "recall@100": recall(100),
        "fits@4": share(4, lambda request: request.fits),
        "near@4": share(4, lambda request: request.near),
    }
    return {"requests": len(ranked), **{name: round(value, 4) for name, value in rounded.items()}}


async def rank(graph: RankingGraph, requests: Sequence[Request]) -> list[Ranked]:
    """Return what the ranking graph makes of each request; nothing where it refuses one."""
    context = Context(candidates=DEPTH)
    ranked = []
    for request in requests:
        try:
            state: dict[str, Any] = await graph.ainvoke({"query": request.text}, context=context)
        except MatineeError:
            state = {"ranked": []}
        ranked.append(Ranked(request, [candidate["movie"]["movie_id"] for candidate in state["ranked"]]))
    return ranked


async def measure(options: argparse.Namespace) -> None:
    """Rank the requests and print the figures, of all and of each kind."""
    parts, _ = await opened(Settings(chat_model="none"), options.catalogue, options.ratings)
    try:
        find = film_finder(await parts.store.movies.references())
        requests = read_requests(options.file, find)[options.first :: options.every]
        ranked = await rank(build_ranking_graph(parts, keep=DEPTH), requests)
    finally:
        parts.store.close()
    rows = {"all": figures(ranked)}
    for kind in sorted({request.kind for request in requests}):
        rows[kind] = figures([one for one in ranked if one.request.kind == kind])
    report("fits", rows, {"metrics": rows["all"]}, options.json)


def main() -> None:
    """Run the benchmark by its arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--catalogue", type=Path, help="default: the catalogue in use")
    parser.add_argument("--ratings", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take one request of so many")
    parser.add_argument("--first", type=int, default=0, help="the first of them, from 0")
    parser.add_argument("--json", type=Path)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
