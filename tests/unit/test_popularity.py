"""The films that most people know, within the demands."""

from typing import Any

from matinee.models import Constraint, ConstraintField, SortOrder
from matinee.nodes.popularity import PopularFilms
from tests.support.fakes import filled, memory_store
from tests.support.films import AMELIE, FARGO, FILMS, HEAT, MARTIAN, UNKNOWN, film

DRAMA = Constraint(field=ConstraintField.GENRES, op="any_of", value=["Drama"])


class Counted:
    """Films, and how often all of their titles were read."""

    def __init__(self, movies: Any) -> None:
        self._movies = movies
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        self.reads += name == "titles"
        return getattr(self._movies, name)


async def test_the_film_with_the_most_votes_comes_first() -> None:
    home = await filled(memory_store())
    assert await PopularFilms(home.movies).within(3, [], ()) == [MARTIAN, AMELIE, FARGO]


async def test_films_that_break_a_demand_or_are_excluded_stay_out() -> None:
    home = await filled(memory_store())
    found = await PopularFilms(home.movies).within(2, [DRAMA], {MARTIAN.movie_id})
    assert [m.title for m in found] == ["Arrival", "Heat"]


async def test_films_that_nobody_voted_on_are_known_to_nobody() -> None:
    home = await filled(memory_store())
    found = await PopularFilms(home.movies).within(100, [], ())
    assert UNKNOWN not in found
    assert len(found) == len(FILMS) - 1


async def test_votes_of_tmdb_and_of_imdb_are_brought_to_one_scale() -> None:
    home = await filled(memory_store(), [HEAT, film("Many", tmdb_votes=5_000), film("Few", tmdb_votes=500)])
    assert [m.title for m in await PopularFilms(home.movies).within(3, [], ())] == ["Many", "Heat", "Few"]


async def test_no_film_is_asked_for_and_none_comes() -> None:
    home = await filled(memory_store())
    assert await PopularFilms(home.movies).within(0, [], ()) == []
    assert await PopularFilms(memory_store().movies).within(5, [], ()) == []


async def test_titles_are_read_once_and_again_when_films_were_added() -> None:
    home = await filled(memory_store())
    movies: Any = Counted(home.movies)
    known = PopularFilms(movies)
    await known.within(3, [], ())
    await known.within(3, [DRAMA], ())
    assert movies.reads == 1
    famous = film("Famous", tmdb_votes=9_000)
    await filled(home, [famous])
    assert (await known.within(1, [], ()), movies.reads) == ([famous], 2)


async def test_another_order_sorts_the_films_that_are_known_and_leaves_out_those_without_its_figure() -> None:
    home = await filled(memory_store())
    order = SortOrder(column="runtime", falling=False)
    found = await PopularFilms(home.movies).within(100, [], (), order)
    assert len(found) > 2
    assert all(movie.runtime for movie in found)
    assert [movie.runtime for movie in found] == sorted(movie.runtime or 0 for movie in found)
