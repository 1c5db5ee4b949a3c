"""Fits and checks how sure a pick is: the chance that it answers the request, from its receipt.

    python -m benchmarks.calibration --catalogue catalogue_ml_small.jsonl --ratings ml-latest-small FILE.jsonl ...

On the first half of each file of requests a logistic curve is fitted for each kind of request; on the second halves
the reliability table and the expected calibration error (ECE, ten bins of equal width; Guo et al., "On Calibration of
Modern Neural Networks", ICML 2017) are measured. An answer is a film that the file gives for the request: films that
would have pleased, too, but were not given, count as misses, so the figures err on the low side.
"""

import argparse
import asyncio
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.optimize import minimize

from benchmarks.measuring import command
from matinee.context import Context
from matinee.nodes.signal_weights import fused_by
from matinee.ranking.confidence import CURVES, Kind, calibrated_probability, chance, kind_of
from matinee.settings import Settings
from matinee_app.evaluation.opening import opened
from matinee_app.evaluation.requests import halves, read_requests
from matinee_app.evaluation.running import Ranked, Runner

SHOWN = 4
"""Films of each ranking that count: those that a viewer gets to see."""

_BINS = 10


@dataclass(frozen=True)
class Shown:
    """A film that was shown: the kind of the request, the figure of its receipt, and whether it was an answer."""

    kind: Kind
    figure: float
    answer: bool


async def shown(
    settings: Settings, catalogue: Path, ratings: Path | None, files: Sequence[Path]
) -> tuple[list[Shown], list[Shown]]:
    """Return what was shown for the first halves of the files, and for the second."""
    found: tuple[list[Shown], list[Shown]] = ([], [])
    parts, answers = await opened(settings, catalogue, ratings)
    try:
        runner = Runner(parts, answers)
        for file in files:
            requests = [request for request in read_requests(file) if answers.gold(request)]
            for half, some in zip(found, halves(requests), strict=True):
                for ranked in await runner.run(some, Context(), lambda: None):
                    half.extend(_shown(ranked, answers.gold(ranked.request)))
    finally:
        parts.store.close()
    return found


def _shown(ranked: Ranked, gold: set[str]) -> list[Shown]:
    kind = kind_of(ranked.understood)
    return [
        Shown(
            kind,
            calibrated_probability(candidate, ranked.weights, fused_by(ranked.understood)),
            candidate.movie.movie_id in gold,
        )
        for candidate in ranked.candidates[:SHOWN]
    ]


def fitted(observed: Sequence[Shown]) -> tuple[float, float]:
    """Return the logistic curve's offset and slope of greatest likelihood, drawn a little to a slope of nought."""

    def loss(curve: Any) -> float:
        total = 0.01 * curve[1] ** 2
        for one in observed:
            likely = chance(one.figure, curve)
            total -= math.log(max(1e-12, likely if one.answer else 1 - likely))
        return float(total)

    offset, slope = minimize(loss, [-3.0, 1.0], method="Nelder-Mead").x
    return round(float(offset), 2), round(float(slope), 2)


def reliability(chances: Sequence[float], answers: Sequence[bool]) -> tuple[list[dict[str, Any]], float]:
    """Return the table (films, mean confidence and share of answers a bin) and the expected calibration error."""
    rows, error = [], 0.0
    for number in range(_BINS):
        low, high = number / _BINS, (number + 1) / _BINS
        within = [i for i, c in enumerate(chances) if low <= c < high or (high == 1.0 and c == 1.0)]
        if within:
            said = sum(chances[i] for i in within) / len(within)
            true = sum(answers[i] for i in within) / len(within)
            error += len(within) / len(chances) * abs(said - true)
            rows.append({"from": low, "films": len(within), "confidence": round(said, 3), "answers": round(true, 3)})
    return rows, error


def main() -> None:
    """Fit on the first halves, report on the second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("requests", type=Path, nargs="+")
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--ratings", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    first, second = asyncio.run(shown(Settings(chat_model="none"), given.catalogue, given.ratings, given.requests))
    curves = {kind: fitted([one for one in first if one.kind == kind]) for kind in CURVES}
    print("fitted on the first halves:", curves)
    print("in use:                    ", dict(CURVES))
    used = [chance(one.figure, CURVES[one.kind]) for one in second]
    rows, error = reliability(used, [one.answer for one in second])
    for row in rows:
        print(row)
    print(f"expected calibration error on the second halves: {error:.4f} ({len(second)} films shown)")
    if given.json:
        document = {
            "command": command(),
            "curves_fitted": curves,
            "curves_in_use": dict(CURVES),
            "films": len(second),
            "reliability": rows,
            "ece": round(error, 4),
        }
        given.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
