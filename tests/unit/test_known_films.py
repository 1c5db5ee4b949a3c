"""The best known films, compared with a request and with one another by votes, terms and what is named beside them."""

from typing import Any

import numpy as np

from matinee.models import Movie
from matinee.nodes.known_films import KnownFilms
from matinee.ranking.vocabulary import FilmTerms, Vector, Vocabulary
from matinee.traits import Traits
from matinee.understanding import Constraint, ConstraintField, SortOrder
from tests.support.fakes import filled, memory_store
from tests.support.films import AMELIE, FARGO, FILMS, HEAT, MARTIAN, UNKNOWN, film

DRAMA = Constraint(field=ConstraintField.GENRES, op="any_of", value=["Drama"])
NAMES = ["heist", "cozy", "zombies", "genre: Comedy", "decade: 1990s"]
VOCABULARY = Vocabulary(NAMES, np.eye(len(NAMES), dtype=np.float32), np.ones(len(NAMES), dtype=np.float32))


def toward(*names: str) -> Vector:
    return np.array([name in names for name in NAMES], dtype=np.float32)


class Counted:
    """Films, and how often all of them were read."""

    def __init__(self, movies: Any) -> None:
        self._movies = movies
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        self.reads += name == "described"
        return getattr(self._movies, name)


async def known_films(*films: Movie) -> KnownFilms:
    return KnownFilms((await filled(memory_store(), films or FILMS)).movies, VOCABULARY)


async def popular(films: KnownFilms, k: int, *within: Constraint, exclude: set[str] | None = None) -> list[Movie]:
    return [candidate.movie for candidate in await films.popular(k, within, exclude or set())]


async def test_the_film_with_the_most_votes_comes_first() -> None:
    assert await popular(await known_films(), 3) == [MARTIAN, AMELIE, FARGO]


async def test_films_that_break_a_demand_or_are_excluded_stay_out() -> None:
    found = await popular(await known_films(), 2, DRAMA, exclude={MARTIAN.movie_id})
    assert [movie.title for movie in found] == ["Arrival", "Heat"]


async def test_films_that_nobody_voted_on_are_known_to_nobody() -> None:
    found = await popular(await known_films(), 100)
    assert UNKNOWN not in found
    assert len(found) == len(FILMS) - 1


async def test_votes_of_tmdb_and_of_imdb_are_brought_to_one_scale() -> None:
    films = await known_films(HEAT, film("Many", tmdb_votes=5_000), film("Few", tmdb_votes=500))
    assert [movie.title for movie in await popular(films, 3)] == ["Many", "Heat", "Few"]


async def test_no_film_is_asked_for_and_none_comes() -> None:
    assert await popular(await known_films(), 0) == []
    empty = KnownFilms(memory_store().movies, VOCABULARY)
    assert await popular(empty, 5) == []
    assert await empty.by_terms(toward("heist"), 5, (), ()) == []
    assert await empty.alike(["nothing"], 5, (), ()) == []


async def test_films_are_read_once_and_again_when_some_were_added() -> None:
    home = await filled(memory_store())
    movies: Any = Counted(home.movies)
    known = KnownFilms(movies, VOCABULARY)
    await popular(known, 3)
    await known.by_terms(toward("heist"), 3, [DRAMA], ())
    assert movies.reads == 1
    famous = film("Famous", tmdb_votes=9_000)
    await filled(home, [famous])
    assert (await popular(known, 1), movies.reads) == ([famous], 2)


async def test_another_order_sorts_the_films_that_are_known_and_leaves_out_those_without_its_figure() -> None:
    found = await (await known_films()).popular(100, [], (), SortOrder(column="runtime", falling=False))
    lengths = [candidate.movie.runtime or 0 for candidate in found]
    assert len(lengths) > 2
    assert 0 not in lengths
    assert lengths == sorted(lengths)


ROBBERS = film("Robbers", 1995, keywords=["heist"], genres=["Comedy"])
THIEVES = film("Thieves", 2001, keywords=["Heist", "an own word"], genres=["Drama"])
DEAD = film("Dead", 1996, keywords=["zombies"], genres=["Comedy"])
TEA = film("Tea", 2003, keywords=["cozy"], traits=Traits(similar=["Thieves (2001)", "Nowhere (1900)"]))


async def test_the_film_with_nothing_but_what_is_asked_for_comes_first() -> None:
    films = await known_films(ROBBERS, THIEVES, DEAD, TEA)
    found = await films.by_terms(toward("heist"), 2, (), ())
    assert [candidate.movie for candidate in found] == [THIEVES, ROBBERS]
    assert [round(candidate.score, 3) for candidate in found] == [1.0, round(3**-0.5, 3)]


async def test_nearness_is_asked_of_some_and_of_others_that_are_not_at_hand() -> None:
    films = await known_films(ROBBERS, THIEVES, DEAD)
    near = await films.nearness(toward("heist"), [DEAD, film("Stranger", 1990), THIEVES])
    assert near.tolist() == [0.0, 0.0, 1.0]


async def test_films_are_alike_by_what_they_share_and_by_being_named_beside_each_other() -> None:
    films = await known_films(ROBBERS, THIEVES, DEAD, TEA)
    shared = await films.alike([ROBBERS.movie_id], 4, (), {ROBBERS.movie_id})
    assert [candidate.movie for candidate in shared[:2]] == [DEAD, THIEVES]  # two of three terms, one of three
    beside = await films.alike([THIEVES.movie_id], 1, (), {THIEVES.movie_id})
    assert [candidate.movie for candidate in beside] == [TEA]
    both = await films.alike([ROBBERS.movie_id, THIEVES.movie_id], 4, (), {ROBBERS.movie_id, THIEVES.movie_id})
    assert {candidate.movie.title for candidate in both[:2]} == {"Tea", "Dead"}


def test_the_vector_of_a_film_is_the_mean_of_its_terms_at_unit_length() -> None:
    rare = Vocabulary(["heist", "cozy"], np.eye(2, dtype=np.float32), np.array([3.0, 4.0], dtype=np.float32))
    terms = FilmTerms(rare, [film("Both", keywords=["cozy", "heist"]), film("Neither")])
    np.testing.assert_allclose(terms.vectors(), [[0.6, 0.8], [0.0, 0.0]], atol=1e-6)
    np.testing.assert_allclose(terms.nearness(np.array([1.0, 0.0], dtype=np.float32)), [0.6, 0.0], atol=1e-6)
