"""The similar command by taste: what many viewers' ratings say goes with films."""

from collections.abc import Sequence

from matinee.encoders.embeddings import open_embeddings
from matinee.errors import InvalidRequest, ModelUnavailable
from matinee.index import open_store
from matinee.ratings.collaborative import open_collaborative
from matinee.ratings.preferences import LIKED
from matinee.settings import Settings
from matinee_app.cli.console import err, out, plain, print_json
from matinee_app.cli.ingest import ensure_films, find_film


async def similar(
    settings: Settings, titles: Sequence[str], limit: int, ratings: Sequence[float] = (), *, as_json: bool
) -> int:
    """Print the films that go best with these, taken as liked or rated so many stars.

    Raises:
        ModelUnavailable: no ratings have been learned from.
    """
    if ratings and len(ratings) != len(titles):
        raise InvalidRequest(f"{len(titles)} titles, but {len(ratings)} ratings; give one --rating for each title.")
    store = open_store(settings, open_embeddings(settings))
    try:
        await ensure_films(settings, store)
        collaborative = open_collaborative(settings, store)
        if fault := await collaborative.fault():
            raise ModelUnavailable(fault)
        if not await collaborative.ready():
            raise ModelUnavailable(
                "Nothing was learned from ratings yet, so taste is not known; run `matinee ratings ingest` on a "
                "MovieLens folder, or leave out --by taste."
            )
        seeds = [await find_film(store, title) for title in titles]
        stars = [*ratings] or [LIKED] * len(seeds)
        scores = await collaborative.scores({seed.movie_id: s for seed, s in zip(seeds, stars, strict=True)})
        best = sorted(scores, key=lambda film: (-scores[film], film))[:limit]
        films = {movie.movie_id: movie for movie in await store.movies.get(best)}
    finally:
        store.close()
    found = [(scores[film], films[film]) for film in best if film in films]
    if as_json:
        given = [{"rating": rating} for rating in ratings] or [{}] * len(seeds)
        print_json(
            {
                "seeds": [{**g, **seed.model_dump(mode="json")} for g, seed in zip(given, seeds, strict=True)],
                "near": "taste",
                "neighbours": [{"score": round(score, 4), **m.model_dump(mode="json")} for score, m in found],
            }
        )
    elif found:
        named = [
            plain(seed.label) + (f" [{star:g} of 5]" if ratings else "")
            for seed, star in zip(seeds, stars, strict=True)
        ]
        out.print(f"Nearest by taste to {' and '.join(named)}:")
        for score, movie in found:
            out.print(f"  {score:.3f}  {plain(movie.label)}  {', '.join(movie.genres)}")
    if not found:
        err.print("These films have too few ratings to tell what goes with them; leave out --by taste.")
    return 0 if found else 1
