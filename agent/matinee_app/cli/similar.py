"""The similar command: films near to others, by one encoder or by several side by side."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from matinee.catalogue.similar import Neighbours, Overlap, Seed, neighbours, overlaps
from matinee.encoders.embeddings import open_compared, open_embeddings
from matinee.errors import InvalidRequest
from matinee.index import open_store
from matinee.index.table import Metric
from matinee.ranking.vector_blend import weights_of
from matinee.settings import Settings
from matinee_app.cli.console import embedding_progress, out, plain, print_json
from matinee_app.cli.ingest import ensure_films, find_film


async def similar(
    settings: Settings,
    titles: Sequence[str],
    limit: int,
    ratings: Sequence[float] = (),
    *,
    metric: Metric = "cosine",
    compare: bool = False,
    as_json: bool = False,
) -> int:
    """Print the neighbours of the films, by the main encoder or by all that the settings name."""
    if ratings and len(ratings) != len(titles):
        raise InvalidRequest(f"{len(titles)} titles, but {len(ratings)} ratings; give one --rating for each title.")
    encoders = open_compared(settings) if compare else [open_embeddings(settings)]
    if compare and len(encoders) < 2:
        raise InvalidRequest(
            f"MATINEE_COMPARE is {settings.compare!r}, which names no encoder besides the main one; name another."
        )
    store = open_store(settings, encoders[0])
    try:
        await ensure_films(settings, store)
        films = [await find_film(store, title) for title in titles]
        weights = weights_of(ratings) if ratings else [1.0] * len(films)
        seeds = [Seed(film, weight) for film, weight in zip(films, weights, strict=True)]
        found = []
        for encoder in encoders:
            with embedding_progress(encoder.name) as progress:
                found.append(await neighbours(store, encoder, seeds, limit, metric, progress))
    finally:
        store.close()
    if as_json:
        print_json(_document(seeds, ratings, metric, found, compare=compare))
    else:
        out.print(f"Nearest by plot to {_seeds(seeds, ratings)}{', by L2 distance' if metric == 'l2' else ''}:")
        if compare:
            _print_side_by_side(found)
        else:
            _print_one(found[0])
        if metric == "l2":
            _print_what_l2_changes(found)
    return 0 if all(one.films for one in found) else 1


def _document(
    seeds: Sequence[Seed], ratings: Sequence[float], metric: Metric, found: Sequence[Neighbours], *, compare: bool
) -> dict[str, Any]:
    given = [{"rating": rating} for rating in ratings] or [{}] * len(seeds)
    head = {
        "seeds": [{**more, **seed.movie.model_dump(mode="json")} for seed, more in zip(seeds, given, strict=True)],
        "near": "plot",
        "metric": metric,
    }
    if not compare:
        return {**head, "neighbours": _films(found[0], metric)}
    return {
        **head,
        "encoders": [
            {
                "name": one.encoder.name,
                "dimension": one.encoder.dimension,
                "unit_length": one.encoder.unit_length,
                "neighbours": _films(one, metric),
            }
            for one in found
        ],
        "overlap": [
            {
                "encoders": pair.encoders,
                "common": pair.common,
                "of": pair.of,
                "rank_biased": round(pair.rank_biased, 4),
            }
            for pair in overlaps(found)
        ],
    }


def _films(one: Neighbours, metric: Metric) -> list[dict[str, Any]]:
    measure = "similarity" if metric == "cosine" else "distance"
    return [{measure: round(c.score, 4), **c.movie.model_dump(mode="json")} for c in one.films]


def _seeds(seeds: Sequence[Seed], ratings: Sequence[float]) -> str:
    stars = [f" [{rating:g} of 5]" for rating in ratings] or [""] * len(seeds)
    return " and ".join(plain(seed.movie.label) + star for seed, star in zip(seeds, stars, strict=True))


def _print_one(found: Neighbours) -> None:
    for candidate in found.films:
        movie = candidate.movie
        out.print(f"  {candidate.score:.3f}  {plain(movie.label)}  {', '.join(movie.genres)}")


def _print_side_by_side(found: Sequence[Neighbours]) -> None:
    """Print a column an encoder and a row a rank; films that another column has too are marked."""
    columns = []
    for one in found:
        elsewhere = {movie_id for other in found if other is not one for movie_id in other.ids}
        marks = ["*" if movie_id in elsewhere else " " for movie_id in one.ids]
        cells = [f"{c.score:.3f} {m} {plain(c.movie.label)}" for c, m in zip(one.films, marks, strict=True)]
        columns.append([plain(one.encoder.name), *cells])
    height = max(map(len, columns))
    widths = [max(map(cell_len, column)) for column in columns]
    for rank in range(height):
        cells = [column[rank] if rank < len(column) else "" for column in columns]
        row = "   ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
        out.print(f"  {rank or '':>3}  {row}".rstrip())
    for pair in overlaps(found):
        _print_overlap(pair, name=len(found) > 2)


def _print_overlap(pair: Overlap, *, name: bool) -> None:
    between = f" between {' and '.join(map(plain, pair.encoders))}" if name else ""
    agreement = f"{len(pair.common)} of {pair.of} (marked *), rank-biased {pair.rank_biased:.2f} of 1"
    out.print(f"Overlap{between}: {agreement} (early ranks count more).")


def _print_what_l2_changes(found: Sequence[Neighbours]) -> None:
    if same := [plain(one.encoder.name) for one in found if one.encoder.unit_length]:
        out.print(f"{' and '.join(same)}: all vectors have length 1, so L2 gives the same order as cosine.")
