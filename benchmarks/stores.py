"""The homes side by side: how fast they load and answer, and how much of the exact answer they find.

    python -m benchmarks.stores [--large] [--only pgvector] [--json OUT.json]
    MATINEE_QDRANT_URL=http://127.0.0.1:6333 python -m benchmarks.stores --only qdrant-server

The homes are Qdrant's engine in the process (`qdrant`), embedded PostgreSQL (`pgvector`), and a Qdrant server; where
none is named, the client's own memory stands in for the server (`qdrant-memory`): it has no index and looks at every
film, so that it is measured up to 10,000 films only and says nothing of a server's speed.

Vectors are drawn around cluster centres, as those of films are; in uniformly random ones nothing is near anything,
and an index looks worse than it is. `nearest` is k = 20 by vectors alone (from a stored film, which costs one more
look-up), `search` is vectors and words fused; `filtered` demands a genre and a year that 1 film in 20 meets.
"""

import argparse
import asyncio
import random
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from qdrant_client import QdrantClient

from benchmarks.measuring import in_milliseconds, report
from matinee.catalogue.text import embedding_text
from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.index import Entry, Store, open_store
from matinee.index.postgres_server import server_folder
from matinee.index.qdrant import QdrantStore
from matinee.models import Candidate, Movie
from matinee.settings import Settings
from matinee.understanding import Constraint, ConstraintField

DIMENSION = 384
K = 20
LARGEST_IN_MEMORY = 10_000
HOMES = ["qdrant", "pgvector", "qdrant-server", "qdrant-memory"]
AIMS_MS = {"qdrant 100k": 10, "pgvector 100k": 20}  # p50 of `nearest`, at a recall of .97
CLUSTERS = 200
BATCH = 500
FILTER = [
    Constraint(field=ConstraintField.GENRES, op="any_of", value=["Western"]),
    Constraint(field=ConstraintField.YEAR, op="at_least", value=1985),
]
VOCABULARY = [f"w{n}" for n in range(30_000)]
COMMONNESS = list(accumulate(1 / (n + 3) for n in range(len(VOCABULARY))))  # as in texts: few are common, most rare

Matrix = NDArray[np.float32]


class Clustered(Embeddings):
    """Vectors around cluster centres, looked up by the number at the end of a text's first line."""

    def __init__(self, films: int, seed: int = 7) -> None:
        source = np.random.default_rng(seed)
        centres = source.normal(size=(CLUSTERS, DIMENSION))
        spread = source.uniform(0.3, 1.0, size=(films, 1))
        drawn = centres[source.integers(0, CLUSTERS, films)] + spread * source.normal(size=(films, DIMENSION))
        self.vectors: Matrix = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of the films whose texts these are."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of the film named, or the first one's."""
        number = text.partition(" (")[0].rpartition(" ")[2]
        vector: list[float] = self.vectors[int(number) if number.isdigit() else 0].tolist()
        return vector


def film(number: int) -> Movie:
    """Return a made-up film; one in twenty passes `FILTER`."""
    source = random.Random(number)
    words = source.choices(VOCABULARY, cum_weights=COMMONNESS, k=50)
    return Movie(
        movie_id=f"tt{number:07}",
        title=f"{' '.join(words[:6])} {number}",
        year=source.randint(1950, 2019),
        genres=["Western" if source.random() < 0.1 else "Drama", source.choice(["Comedy", "Crime", "War"])],
        directors=[f"Director {source.randint(0, 5000)}"],
        stars=[f"Star {source.randint(0, 20_000)}" for _ in range(3)],
        runtime=source.randint(70, 200),
        imdb_rating=source.randint(10, 95) / 10,
        imdb_votes=source.randint(100, 10**6),
        overview=" ".join(words),
        keywords=words[-4:],
    )


def exact(vectors: Matrix, seed: int, allowed: NDArray[np.bool_]) -> set[str]:
    """Return the ids of the `K` films nearest to a film among those allowed, without it."""
    cosines = np.where(allowed, vectors @ vectors[seed], -2)
    cosines[seed] = -2
    return {f"tt{n:07}" for n in np.argsort(-cosines)[:K]}


async def timed_answers(
    seeds: Sequence[int], ask: Callable[[int], Awaitable[list[Candidate]]]
) -> tuple[list[float], list[list[Candidate]]]:
    """Return the seconds and the answers of the searches, after some to warm up."""
    for seed in seeds[:5]:
        await ask(seed)
    seconds, answers = [], []
    for seed in seeds:
        start = perf_counter()
        answers.append(await ask(seed))
        seconds.append(perf_counter() - start)
    return seconds, answers


async def measure(store: Store, films: Sequence[Movie], vectors: Matrix, searches: int) -> dict[str, Any]:
    """Load the films and search; return the row of the table."""
    movies = store.movies
    if await movies.count():
        raise SystemExit("That server holds films already; name an empty one, as these would be written among them.")
    start = perf_counter()
    for first in range(0, len(films), BATCH):
        await movies.add([Entry(movie, embedding_text(movie)) for movie in films[first : first + BATCH]])
    loaded = perf_counter() - start
    await movies.optimize()
    settled = perf_counter() - start - loaded

    seeds = random.Random(1).sample(range(len(films)), searches)
    passing = np.array([all(c.holds(movie) for c in FILTER) for movie in films])
    row: dict[str, Any] = {"rows_per_s": round(len(films) / loaded), "settle_s": round(settled, 1)}
    for label, demands, allowed in (("", [], np.ones(len(films), bool)), (" filtered", FILTER, passing)):
        seconds, answers = await timed_answers(seeds, lambda s, d=demands: movies.neighbours([films[s].movie_id], K, d))  # type: ignore[misc]
        expected = [exact(vectors, seed, allowed) for seed in seeds]
        found = [{c.movie.movie_id for c in answer} for answer in answers]
        row |= {f"nearest{label} {name}": value for name, value in in_milliseconds(seconds).items()}
        row[f"recall@20{label}"] = round(
            float(np.mean([len(f & e) / K for f, e in zip(found, expected, strict=True)])), 4
        )
        row[f"short{label}"] = sum(len(answer) < min(K, int(allowed.sum()) - 1) for answer in answers)
        seconds, answers = await timed_answers(seeds, lambda s, d=demands: movies.search(films[s].title, K, d))  # type: ignore[misc]
        row |= {f"search{label} {name}": value for name, value in in_milliseconds(seconds).items()}
        row[f"short{label}"] += sum(len(answer) < K for answer in answers)
    return row


def opened(backend: str, folder: Path, embedding: EmbeddingModel) -> Store:
    """Return an empty home."""
    if backend == "qdrant-memory":
        client = QdrantClient(":memory:")
        return QdrantStore(lambda: client, embedding, location="memory")
    chosen: dict[str, Any] = {"home": folder, "backend": backend.partition("-")[0], "store_timeout": 60}
    if backend != "qdrant-server":
        chosen |= {"qdrant_url": None, "postgres_dsn": None}  # what is measured is the embedded engine
    return open_store(Settings.model_validate(chosen), embedding)


def aims_met(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """Return for each home at the largest size whether it is as fast and as exact as it should be."""
    met = {
        store: rows[store]["nearest p50_ms"] <= most and rows[store]["recall@20"] >= 0.97
        for store, most in AIMS_MS.items()
        if store in rows
    }
    return {**met, "never short of rows": not any(row["short"] + row["short filtered"] for row in rows.values())}


def _third() -> str:
    return "qdrant-server" if Settings().qdrant_url else "qdrant-memory"


async def run(arguments: argparse.Namespace) -> None:
    """Measure every home at every size and print the table."""
    sizes = [1_000, 10_000, *([100_000] if arguments.large else [])]
    rows: dict[str, dict[str, Any]] = {}
    for size in sizes:
        embeddings = Clustered(size)
        films = [film(number) for number in range(size)]
        for backend in arguments.only or ["qdrant", "pgvector", _third()]:
            if backend == "qdrant-memory" and size > LARGEST_IN_MEMORY:
                continue
            folder = Path(tempfile.mkdtemp(prefix="matinee-homes-"))
            folder.chmod(0o755)  # the server's user has to enter it
            store = opened(backend, folder, EmbeddingModel("clustered", QueryCache(embeddings)))
            try:
                rows[f"{backend} {size // 1000}k"] = await measure(
                    store, films, embeddings.vectors, min(arguments.searches, size)
                )
            finally:
                store.close()
                shutil.rmtree(server_folder(folder), ignore_errors=True)
                shutil.rmtree(folder, ignore_errors=True)
    # A column a home: there are more figures than homes.
    figures = list(dict.fromkeys(name for row in rows.values() for name in row))
    turned = {name: {store: row.get(name, "") for store, row in rows.items()} for name in figures}
    more = {"searches": arguments.searches, "dimension": DIMENSION, "aims_met": aims_met(rows)}
    report("k = 20", turned, more, arguments.json)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="also 100,000 films (several minutes)")
    parser.add_argument(
        "--only",
        action="append",
        choices=HOMES,
        help="measure this home alone",
    )
    parser.add_argument("--searches", type=int, default=200, help="searches of each kind")
    parser.add_argument("--json", type=Path, help="write the result here")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
