"""Everyday requests, graded: what the picks are worth to an informed friend, without a chat model.

    python -m benchmarks.everyday REQUESTS.jsonl --grades GRADES.jsonl ... [--catalogue PATH] [--ratings DIR]
        [--set NAME] [--ungraded OUT.jsonl] [--json OUT.json]

A line of REQUESTS has `request` and `kind`, and may have `set`, which `--set` selects. GRADES are pools, one pick a
line: `{"request": ..., "title": ..., "year": ..., "grade": 2}`, or a request with its graded `picks`. A grade says
whether the pick fits well (2), is acceptable (1), or is wrong, breaks a demand or is absurd (0). A pick that is missing
counts 0. A pick that nobody graded is left out of the means and is counted; `--ungraded` writes those down for grading,
in random order and without what ranked them. Odd lines are for tuning, even ones for the report.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from benchmarks.measuring import report
from matinee import Recommender, Settings
from matinee.models import title_key
from matinee_app.evaluation.opening import opened
from matinee_graphs.parts import Parts

WANTED = 4


class Request(NamedTuple):
    """A line of the file, and whether it may be tuned on."""

    text: str
    kind: str
    tuned_on: bool


class Pick(NamedTuple):
    """A film recommended for a request, with its grade where somebody gave one."""

    title: str
    year: int | None
    grade: int | None


def read_requests(path: Path, chosen: str | None) -> list[Request]:
    """Return the requests of the file, of one set where one is chosen."""
    rows = [row for row in _rows(path) if chosen is None or row.get("set") == chosen]
    return [Request(row["request"], row.get("kind", "all"), number % 2 == 0) for number, row in enumerate(rows)]


def read_grades(paths: Sequence[Path]) -> dict[tuple[str, str], int]:
    """Return the grades by request and by title with year; of two grades for one pick the later one counts."""
    grades = {}
    for row in (row for path in paths for row in _rows(path)):
        for pick in row.get("picks", [row]):
            if pick.get("grade") is not None:
                grades[row["request"], title_key(pick["title"], pick["year"])] = int(pick["grade"])
    return grades


async def picks_of(parts: Parts, requests: Sequence[Request]) -> list[list[tuple[str, int | None]]]:
    """Return the titles and years recommended for each request; none where it is refused."""
    found = []
    async with Recommender(parts=parts, limit=WANTED) as recommender:
        for request in requests:
            final = await recommender.arecommend(request.text)
            found.append([(pick.title, pick.year) for pick in final.recommendations])
    return found


def figures(graded: Sequence[Sequence[Pick]]) -> dict[str, Any]:
    """Return the figures over requests: means of grades 0..2, shares 0..1, and how many picks have no grade."""
    complete = [
        [p.grade for p in picks if p.grade is not None] for picks in graded if all(p.grade is not None for p in picks)
    ]
    padded = [[*grades, *[0] * (WANTED - len(grades))] for grades in complete]
    ungraded = sum(pick.grade is None for picks in graded for pick in picks)
    if not padded:
        return {"requests": len(graded), "ungraded": ungraded}
    return {
        "requests": len(graded),
        "mean grade": round(fmean(fmean(grades) for grades in padded), 3),
        "all >= 1": round(fmean(min(grades) >= 1 for grades in padded), 3),
        "all = 2": round(fmean(min(grades) == 2 for grades in padded), 3),
        "zeros": round(fmean(grade == 0 for grades in padded for grade in grades), 3),
        "graded whole": len(padded),
        "ungraded": ungraded,
    }


async def measure(options: argparse.Namespace) -> None:
    """Run the requests and print the figures: of all, of each half, of each kind."""
    requests = read_requests(options.requests, options.set)
    grades = read_grades(options.grades)
    parts, _ = await opened(Settings(chat_model="none"), options.catalogue, options.ratings)
    try:
        picked = await picks_of(parts, requests)
    finally:
        parts.store.close()
    graded = [
        [Pick(title, year, grades.get((request.text, title_key(title, year)))) for title, year in picks]
        for request, picks in zip(requests, picked, strict=True)
    ]
    groups = {"all": [True] * len(requests)}
    groups["tuned on"] = [request.tuned_on for request in requests]
    groups["reported"] = [not request.tuned_on for request in requests]
    groups |= {kind: [r.kind == kind for r in requests] for kind in sorted({r.kind for r in requests})}
    rows = {
        name: figures([picks for picks, is_in in zip(graded, chosen, strict=True) if is_in])
        for name, chosen in groups.items()
    }
    if options.ungraded:
        write_ungraded(options.ungraded, requests, graded)
    report("everyday", rows, {"metrics": rows["reported"]}, options.json)


def write_ungraded(path: Path, requests: Sequence[Request], graded: Sequence[Sequence[Pick]]) -> None:
    """Write the picks that need a grade, one a line, in an order that says nothing of their rank."""
    lines = [
        json.dumps({"request": request.text, "title": pick.title, "year": pick.year, "grade": None}, ensure_ascii=False)
        for request, picks in zip(requests, graded, strict=True)
        for pick in picks
        if pick.grade is None
    ]
    random.Random(1).shuffle(lines)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def main() -> None:
    """Run the benchmark by its arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requests", type=Path)
    parser.add_argument("--grades", type=Path, nargs="+", default=[])
    parser.add_argument("--catalogue", type=Path, help="default: the catalogue in use")
    parser.add_argument("--ratings", type=Path)
    parser.add_argument("--set")
    parser.add_argument("--ungraded", type=Path)
    parser.add_argument("--json", type=Path)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
