"""Everyday requests, graded: what the picks are worth to an informed friend, without a chat model.

    python -m benchmarks.everyday REQUESTS.jsonl --grades GRADES.jsonl ... [--catalogue PATH] [--ratings DIR]
        [--set NAME] [--second SECOND.jsonl] [--ungraded OUT.jsonl] [--json OUT.json]

A line of REQUESTS has `request` and `kind`, and may have `set`, which `--set` selects. GRADES are pools, one pick a
line: `{"request": ..., "title": ..., "year": ..., "grade": 2}`, or a request with its graded `picks`. A grade says
whether the pick fits well (2), is acceptable (1), or is wrong, breaks a demand or is absurd (0). A pick that is missing
counts 0. A pick that nobody graded is left out of the means and is counted; `--ungraded` writes those down for grading,
in random order and without what ranked them. Odd lines are for tuning, even ones for the report.

`--second` names a pool of second grades, given without sight of the first; printed is their agreement, Cohen's kappa
with quadratic weights (Cohen, "Weighted kappa", 1968). The calibration error is that of `confidence` as the chance of
a grade of 1 or 2, in ten bins of equal width (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
"""

import argparse
import asyncio
import json
import random
from collections.abc import Iterator, Mapping, Sequence
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
    confidence: float = 0.0


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


async def picks_of(parts: Parts, requests: Sequence[Request]) -> list[list[Pick]]:
    """Return the films recommended for each request, without grades; none where it is refused."""
    found = []
    async with Recommender(parts=parts, limit=WANTED) as recommender:
        for request in requests:
            final = await recommender.arecommend(request.text)
            found.append([Pick(p.title, p.year, None, p.confidence) for p in final.recommendations])
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
        "calibration error": round(calibration_error([pick for picks in graded for pick in picks]), 3),
        "graded whole": len(padded),
        "ungraded": ungraded,
    }


def calibration_error(picks: Sequence[Pick]) -> float:
    """Return the mean distance between confidence and the share of grades of 1 or 2, over the picks with a grade."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for pick in picks:
        if pick.grade is not None:
            bins.setdefault(min(9, int(10 * pick.confidence)), []).append((pick.confidence, pick.grade >= 1))
    count = sum(map(len, bins.values()))
    apart = [abs(sum(sure for sure, _ in held) - sum(fits for _, fits in held)) for held in bins.values()]
    return sum(apart) / count if count else 0.0


def agreement(first: Mapping[tuple[str, str], int], second: Mapping[tuple[str, str], int]) -> float:
    """Return Cohen's kappa with quadratic weights, -1..1, over the picks that both graded."""
    pairs = [(first[pick], grade) for pick, grade in second.items() if pick in first]
    observed = fmean((a - b) ** 2 for a, b in pairs)
    by_chance = fmean((a - b) ** 2 for a, _ in pairs for _, b in pairs)
    return 1 - observed / by_chance if by_chance else 1.0


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
        [pick._replace(grade=grades.get((request.text, title_key(pick.title, pick.year)))) for pick in picks]
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
    more = {"agreement": round(agreement(grades, read_grades([options.second])), 3)} if options.second else {}
    report("everyday", rows, {"metrics": rows["reported"], **more}, options.json)


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
    parser.add_argument("--second", type=Path)
    parser.add_argument("--ungraded", type=Path)
    parser.add_argument("--json", type=Path)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
