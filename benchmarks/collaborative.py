"""How well films that viewers rated are found again from their other ratings, by several ways of one split.

    python -m benchmarks.collaborative --data FOLDER [--seed 0] [--seeds 3] [--json OUT.json]

FOLDER holds `ml-latest-small/` and `ml-100k/` as MovieLens ships them.

- ml-latest-small: ratings of 4 stars and more are the positives; films with at least 5 positives stay, counted before
  the split. ml-100k: all ratings are positives, all films stay.
- Of each viewer's n positives, round(.2 n) (ml-latest-small) or round(.25 n) (ml-100k) are held out, drawn without
  replacement; the rest is the training part. The viewers' training parts are known to every way.
- Films of the viewer's training part are masked. nDCG@10 has binary relevance, the discount log2(rank + 1), and an
  ideal DCG cut at min(10, films held out); recall@k is over the films held out. Figures are means over viewers with at
  least one film held out, then over the seeds.
- Each way has a few candidate settings. They are compared by nDCG@10 on a validation split of the training part (the
  same share of it, once more held out), and the best is trained again on the whole training part: what is held out for
  the figures chooses nothing.
- "+ low" (ml-latest-small): the same way, which in addition learns from a random 80% of each viewer's ratings below 4
  and masks these films as seen. Such films are never among those held out, which makes the task easier: compare these
  rows with each other, not with the rest.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.measuring import report
from benchmarks.ranking_metrics import ranking_metrics
from matinee.ratings.ease import STECK, EaseModel, Tuning
from matinee.ratings.movielens import RatingTable, open_ratings
from matinee.ratings.report import LOWEST

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Protocol:
    """What counts as a positive, and how much of a viewer's is held out."""

    folder: str
    lowest: float
    minimum_ratings: int
    held_out: float


PROTOCOLS = (Protocol("ml-latest-small", 4.0, 5, 0.2), Protocol("ml-100k", LOWEST, 1, 0.25))


@dataclass(frozen=True)
class Way:
    """A way to score films for every viewer, and the settings to choose from."""

    name: str
    score: Callable[[RatingTable, Any], Scores]
    settings: tuple[Any, ...]
    with_low: bool = False


def positives(ratings: RatingTable, protocol: Protocol) -> tuple[RatingTable, RatingTable]:
    """Return the positives, and the other ratings of the same films."""
    positive = ratings.tenths >= round(protocol.lowest * 10)
    counts = np.bincount(ratings.items[positive], minlength=len(ratings.item_ids))
    stays = counts >= max(1, protocol.minimum_ratings)
    kept = stays[ratings.items]
    places = (np.cumsum(stays) - 1).astype(np.int32)
    pruned = replace(ratings, item_ids=ratings.item_ids[stays], items=places[ratings.items])
    return pruned.select(positive & kept), pruned.select(~positive & kept)


def hold_out(ratings: RatingTable, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which ratings are held out: of each viewer's n, round(share n)."""
    held = np.zeros(len(ratings), bool)
    starts = np.searchsorted(ratings.users, np.arange(len(ratings.user_ids) + 1))
    for start, end in pairwise(starts):
        held[start + rng.permutation(end - start)[: round(share * (end - start))]] = True
    return held


def popularity(ratings: RatingTable, _: None) -> Scores:
    """Score films by the number of their ratings."""
    counts = np.bincount(ratings.items, minlength=len(ratings.item_ids)).astype(np.float32)
    return np.tile(counts, (len(ratings.user_ids), 1))


def item_knn(ratings: RatingTable, neighbours: int) -> Scores:
    """Score films by the sum of their cosines with the viewer's, of each film's nearest only."""
    seen = binary(ratings)
    together = (seen.T @ seen).toarray()
    length = np.sqrt(np.maximum(np.diag(together), 1))
    cosine = together / length / length[:, None]
    np.fill_diagonal(cosine, 0)
    if neighbours < len(cosine):
        cosine[cosine < np.partition(cosine, -neighbours, axis=0)[-neighbours]] = 0
    return np.asarray(seen @ cosine, np.float32)


def als(ratings: RatingTable, settings: dict[str, Any]) -> Scores:
    """Score films by the weighted matrix factorisation of the library `implicit`."""
    from implicit.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):  # its own threads are slowed down by those of BLAS
        model = AlternatingLeastSquares(**settings, iterations=15, num_threads=2, random_state=0)
        model.fit(sparse.csr_matrix(binary(ratings)), show_progress=False)
    return np.asarray(model.user_factors @ model.item_factors.T, np.float32)


def ease(ratings: RatingTable, tuning: Tuning) -> Scores:
    """Score films by item-item weights."""
    model = EaseModel.fit(ratings, tuning, minimum_ratings=1, maximum_items=len(ratings.item_ids))
    places = {str(item): place for place, item in enumerate(ratings.item_ids)}
    scores = np.full(shape(ratings), -1e9, np.float32)
    scores[:, [places[item] for item in model.items]] = model.score_viewers(ratings)
    return scores


_EASE = tuple(replace(STECK, regularisation=strength) for strength in (50.0, 100.0, 200.0, 400.0, 800.0))
_OURS = tuple(
    Tuning(regularisation=strength, rating_power=power)
    for strength in (80.0, 160.0, 320.0, 640.0)
    for power in (0.5, 1.0, 2.0)
)
_ALS = tuple(
    {"factors": factors, "regularization": 0.1 * strength, "alpha": alpha}
    for factors in (16, 32, 64)
    for strength, alpha in ((1, 1.0), (100, 1.0), (100, 10.0))
)
WAYS: tuple[Way, ...] = (
    Way("popularity", popularity, (None,)),
    Way("item-kNN", item_knn, (20, 50, 100, 200, 10**6)),
    Way("ALS (implicit)", als, _ALS),
    Way("EASE", ease, _EASE),
    Way("matinee", ease, _OURS),
    Way("EASE + low", ease, _EASE, with_low=True),
    Way("matinee + low", ease, _OURS, with_low=True),
)


def run(protocol: Protocol, ratings: RatingTable, seed: int, ways: tuple[Way, ...]) -> dict[str, dict[str, Any]]:
    """Return each way's figures on the split of a seed."""
    rng = np.random.default_rng(seed)
    positive, low = positives(ratings, protocol)
    held = hold_out(positive, protocol.held_out, rng)
    train, test = positive.select(~held), positive.select(held)
    inner = hold_out(train, protocol.held_out, rng)
    low = low.select(~hold_out(low, protocol.held_out, rng))
    rows = {}
    for way in ways:
        extra = low if way.with_low else low.select(np.zeros(len(low), bool))
        start = perf_counter()
        best = way.settings[0]
        if len(way.settings) > 1:
            known, valid = joined(train.select(~inner), extra), train.select(inner)
            best = max(way.settings, key=lambda s: figures(way.score(known, s), known, valid)["nDCG@10"])
        known = joined(train, extra)
        rows[way.name] = {
            **figures(way.score(known, best), known, test),
            "seconds": perf_counter() - start,
            "setting": told(best),
        }
    return rows


def told(setting: Any) -> str:
    """Return a setting as a short text."""
    if isinstance(setting, Tuning):
        return f"regularisation {setting.regularisation:g}, rating power {setting.rating_power:g}"
    return str(setting)


def figures(scores: Scores, known: RatingTable, test: RatingTable) -> dict[str, float]:
    """Return the means over viewers."""
    metrics = ranking_metrics(scores, binary(known).toarray() > 0, binary(test).toarray() > 0)
    return {name: float(values.mean()) for name, values in metrics.items()}


def binary(ratings: RatingTable) -> sparse.csr_array:
    """Return a one for each rating, `(viewers, films)`."""
    return sparse.csr_array((np.ones(len(ratings), np.float32), (ratings.users, ratings.items)), shape=shape(ratings))


def shape(ratings: RatingTable) -> tuple[int, int]:
    """Return the numbers of viewers and films."""
    return len(ratings.user_ids), len(ratings.item_ids)


def joined(one: RatingTable, other: RatingTable) -> RatingTable:
    """Return the ratings of two tables of the same viewers and films."""
    order = np.lexsort((np.append(one.items, other.items), np.append(one.users, other.users)))
    columns = (np.append(getattr(one, name), getattr(other, name))[order] for name in ("users", "items", "tenths"))
    return RatingTable(one.user_ids, one.item_ids, *columns)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of ml-latest-small/ and ml-100k/")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=3, help="splits to average over, from the first seed on")
    parser.add_argument("--json", type=Path, help="write the result here")
    arguments = parser.parse_args()
    ways = WAYS
    more: dict[str, Any] = {}
    try:
        import implicit  # noqa: F401
    except ImportError:
        ways = tuple(way for way in WAYS if way.score is not als)
        more["left_out"] = "ALS: install the package implicit"
    rows: dict[str, dict[str, Any]] = {}
    chosen: dict[str, list[str]] = {}
    for protocol in PROTOCOLS:
        ratings = open_ratings(arguments.data / protocol.folder).table()
        seeds = range(arguments.seed, arguments.seed + arguments.seeds)
        # Where all ratings are positives there are no low ones.
        these = tuple(way for way in ways if not way.with_low or protocol.lowest > LOWEST)
        runs = [run(protocol, ratings, seed, these) for seed in seeds]
        for way in these:
            of_way = [by_way[way.name] for by_way in runs]
            name = f"{protocol.folder}: {way.name}"
            chosen[name] = [row.pop("setting") for row in of_way]
            means = {key: float(np.mean([row[key] for row in of_way])) for key in of_way[0]}
            rows[name] = {
                **{key: round(value, 1 if key == "seconds" else 4) for key, value in means.items()},
                "nDCG@10 by seed": " ".join(f"{row['nDCG@10']:.4f}" for row in of_way),
            }
    report("way", rows, {**more, "chosen": chosen}, arguments.json)


if __name__ == "__main__":
    main()
