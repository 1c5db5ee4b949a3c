"""The similar command: films near to others, by plot as one encoder or several see it, or by what viewers rated."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from rich.cells import cell_len

from matinee.catalogue.similar import Neighbours, Overlap, Seed, neighbours, overlaps
from matinee.encoders.embeddings import EmbeddingModel, open_compared, open_embeddings
from matinee.errors import InvalidRequest, ModelUnavailable
from matinee.index import Store
from matinee.index.table import Metric
from matinee.models import Candidate, Movie
from matinee.ranking.vector_blend import weights_of
from matinee.ratings.collaborative import Collaborative, open_collaborative
from matinee.ratings.preferences import LIKED
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain, print_json, progress
from matinee_app.cli.store import ensure_films, find_film, opened


@dataclass(frozen=True)
class Wanted:
    """What is asked for: films near to these, taken as liked or rated so many stars."""

    titles: Sequence[str]
    limit: int
    ratings: Sequence[float] = ()
    by: Literal["plot", "taste"] = "plot"
    metric: Metric = "cosine"
    compare: bool = False


async def similar(settings: Settings, wanted: Wanted, *, as_json: bool) -> int:
    """Print the films that are near.

    Raises:
        InvalidRequest: there are ratings, but not one for each title; or no encoder to compare with.
        ModelUnavailable: by taste, and no ratings have been learned from.
    """
    titles, ratings = wanted.titles, wanted.ratings
    if ratings and len(ratings) != len(titles):
        raise InvalidRequest(f"{len(titles)} titles, but {len(ratings)} ratings; give one --rating for each title.")
    encoders = open_compared(settings) if wanted.compare else [open_embeddings(settings)]
    if wanted.compare and len(encoders) < 2:
        raise InvalidRequest(
            f"MATINEE_COMPARE is {settings.compare!r}, which names no encoder besides the main one; name another."
        )
    async with opened(settings, encoders[0]) as store:
        await ensure_films(settings, store)
        taste = await _taste(settings, store) if wanted.by == "taste" else None
        seeds = [await find_film(store, title) for title in titles]
        if taste is not None:
            found = [Neighbours(encoders[0], await _by_taste(store, taste, seeds, wanted))]
        else:
            found = [await _by_plot(store, encoder, seeds, wanted) for encoder in encoders]
    is_found = all(one.films for one in found)
    if as_json:
        print_json(_document(seeds, wanted, found))
    elif is_found or wanted.by == "plot":
        _show(seeds, wanted, found)
    if not is_found and wanted.by == "taste":
        err.print("These films have too few ratings to tell what goes with them; leave out --by taste.")
    return 0 if is_found else 1


async def _by_plot(store: Store, encoder: EmbeddingModel, films: Sequence[Movie], wanted: Wanted) -> Neighbours:
    weights = weights_of(wanted.ratings) if wanted.ratings else [1.0] * len(films)
    seeds = [Seed(film, weight) for film, weight in zip(films, weights, strict=True)]
    with progress() as show:
        index = await store.movies.by_encoder(encoder, wanted.metric, partial(show, f"Embedding for {encoder.name}"))
        return await neighbours(index, encoder, seeds, wanted.limit, wanted.metric)


async def _taste(settings: Settings, store: Store) -> Collaborative:
    taste = open_collaborative(settings, store)
    if fault := await taste.fault():
        raise ModelUnavailable(fault)
    if not await taste.ready():
        raise ModelUnavailable(
            "Nothing was learned from ratings yet, so taste is not known; run `matinee ratings ingest` on a "
            "MovieLens folder, or leave out --by taste."
        )
    return taste


async def _by_taste(store: Store, taste: Collaborative, films: Sequence[Movie], wanted: Wanted) -> list[Candidate]:
    stars = wanted.ratings or [LIKED] * len(films)
    scores = await taste.scores({film.movie_id: s for film, s in zip(films, stars, strict=True)})
    best = sorted(scores, key=lambda film: (-scores[film], film))[: wanted.limit]
    rows = {movie.movie_id: movie for movie in await store.movies.get(best)}
    return [Candidate(movie=rows[film], score=scores[film]) for film in best if film in rows]


def _document(seeds: Sequence[Movie], wanted: Wanted, found: Sequence[Neighbours]) -> dict[str, Any]:
    given = [{"rating": rating} for rating in wanted.ratings] or [{}] * len(seeds)
    measure = "score" if wanted.by == "taste" else "similarity" if wanted.metric == "cosine" else "distance"

    def films(one: Neighbours) -> list[dict[str, Any]]:
        return [{measure: round(c.score, 4), **c.movie.model_dump(mode="json")} for c in one.films]

    head = {
        "seeds": [{**more, **seed.model_dump(mode="json")} for more, seed in zip(given, seeds, strict=True)],
        "near": wanted.by,
        **({"metric": wanted.metric} if wanted.by == "plot" else {}),
    }
    if not wanted.compare:
        return {**head, "neighbours": films(found[0])}
    return {
        **head,
        "encoders": [
            {
                "name": one.encoder.name,
                "dimension": one.encoder.dimension,
                "unit_length": one.encoder.unit_length,
                "neighbours": films(one),
            }
            for one in found
        ],
        "overlap": [{**vars(pair), "rank_biased": round(pair.rank_biased, 4)} for pair in overlaps(found)],
    }


def _show(seeds: Sequence[Movie], wanted: Wanted, found: Sequence[Neighbours]) -> None:
    stars = [f" [{rating:g} of 5]" for rating in wanted.ratings] or [""] * len(seeds)
    named = " and ".join(plain(seed.label) + star for seed, star in zip(seeds, stars, strict=True))
    out.print(f"Nearest by {wanted.by} to {named}{', by L2 distance' if wanted.metric == 'l2' else ''}:")
    if wanted.compare:
        _show_side_by_side(found)
    else:
        for candidate in found[0].films:
            movie = candidate.movie
            out.print(f"  {candidate.score:.3f}  {plain(movie.label)}  {', '.join(movie.genres)}")
    same = [plain(one.encoder.name) for one in found if one.encoder.unit_length]
    if wanted.metric == "l2" and same:
        out.print(f"{' and '.join(same)}: all vectors have length 1, so L2 gives the same order as cosine.")


def _show_side_by_side(found: Sequence[Neighbours]) -> None:
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
        _show_overlap(pair, name=len(found) > 2)


def _show_overlap(pair: Overlap, *, name: bool) -> None:
    between = f" between {' and '.join(map(plain, pair.encoders))}" if name else ""
    agreement = f"{len(pair.common)} of {pair.of} (marked *), rank-biased {pair.rank_biased:.2f} of 1"
    out.print(f"Overlap{between}: {agreement} (early ranks count more).")
