"""The figures of an evaluation, by `ir_measures` over trec_eval, with bootstrap intervals."""

import random
from collections.abc import Mapping, Sequence
from statistics import fmean

from matinee.errors import ModelUnavailable

NAMES = {
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "recall@20": "R@20",
    "recall@100": "R@100",
    "ndcg@10": "nDCG@10",
    "mrr": "RR",
}
"""The metrics and what `ir_measures` calls them; each is a mean over the requests."""

_RESAMPLES = 2000
_SEED = 20


def per_request(gold: Mapping[str, set[str]], ranked: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Return each metric's value for each request, `{metric: {request: 0..1}}`.

    Raises:
        ModelUnavailable: the library is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise ModelUnavailable(
            f"`matinee eval` needs ir-measures ({error}); run `pip install 'matinee[evaluation]'`."
        ) from error
    judged = [ir_measures.Qrel(request, film, 1) for request, films in gold.items() for film in films]
    run = [
        ir_measures.ScoredDoc(request, film, -float(place))
        for request, films in ranked.items()
        for place, film in enumerate(films)
    ]
    named = {ir_measures.parse_measure(measure): name for name, measure in NAMES.items()}
    values = {name: dict.fromkeys(gold, 0.0) for name in NAMES}
    for metric in ir_measures.iter_calc(list(named), judged, run):
        values[named[metric.measure]][metric.query_id] = metric.value
    return values


def mean(values: Mapping[str, float]) -> float:
    """Return the mean over the requests, 0 if there are none."""
    return fmean(values.values()) if values else 0.0


def interval(values: Mapping[str, float], share: float = 0.95) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the mean, from 2,000 resamples of the requests by a fixed seed.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    sample = list(values.values())
    if not sample:
        return 0.0, 0.0
    draw = random.Random(_SEED)
    means = sorted(fmean(draw.choices(sample, k=len(sample))) for _ in range(_RESAMPLES))
    tail = (1 - share) / 2
    return means[int(tail * _RESAMPLES)], means[min(_RESAMPLES - 1, int((1 - tail) * _RESAMPLES))]
