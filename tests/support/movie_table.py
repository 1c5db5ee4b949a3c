"""A movies table with random films in clusters, for statements to run over."""

import random
from collections.abc import Sequence

import asyncpg

from matinee.sql.roles import ensure_reader
from matinee.sql.schema import DEFAULT

FILMS = 200
GENRES = ["Drama", "Crime", "Comedy", "Horror", "War"]


def near(centre: Sequence[float], random: random.Random) -> list[float]:
    """Return a vector near another."""
    return [x + random.gauss(0, 0.3) for x in centre]


async def fill(uri: str) -> None:
    """Make the table of the default schema, a canary beside it that nobody may read, and the reader role."""
    rng = random.Random(7)
    centres = [[rng.gauss(0, 1) for _ in range(384)] for _ in range(6)]
    connection = await asyncpg.connect(uri)
    try:
        columns = ", ".join(f"{name} {kind}" for name, kind in DEFAULT.tables["movies"].items())
        await connection.execute(
            f"CREATE TABLE movies ({columns}, hidden text DEFAULT 'canary', PRIMARY KEY (movie_id))"
        )
        await connection.execute("CREATE TABLE canary (secret text); INSERT INTO canary VALUES ('canary')")
        rows = [film(n, centres, rng) for n in range(FILMS)]
        names = list(DEFAULT.tables["movies"])
        marks = ", ".join(f"${n + 1}" for n in range(len(names)))
        await connection.executemany(f"INSERT INTO movies ({', '.join(names)}) VALUES ({marks})", rows)
        await connection.execute("ANALYZE movies")
        await ensure_reader(connection)
    finally:
        await connection.close()


def film(n: int, centres: list[list[float]], rng: random.Random) -> tuple[object, ...]:
    """Return one film's row, in the order of the default schema's columns."""
    genres = rng.sample(GENRES, rng.randint(1, 3))
    people = [f"Person {rng.randint(1, 40)}" for _ in range(4)]
    overview = rng.choice(["A quiet heist goes wrong.", "A detective hunts a killer.", "Two friends walk home."])
    centre = rng.choice(centres)
    vectors = [str(near(centre, rng)), str(near(centre[::-1], rng))]
    return (
        f"m{n}",
        f"Film {n}",
        rng.randint(1950, 2024),
        genres,
        people[:1],
        people[1:],
        rng.randint(80, 180),
        ["English"],
        ["USA"],
        round(rng.uniform(4, 9.5), 1),
        rng.randint(100, 1_000_000),
        rng.choice([None, rng.randint(20, 100)]),
        overview,
        ["heist", "friends"][: rng.randint(1, 2)],
        f"Film {n}. {overview} {', '.join(genres)}",
        *vectors,
    )
