from collections.abc import Iterable
from contextlib import suppress

import pytest

from matinee.catalogue.ingest import IngestReport, ingest, merge
from matinee.catalogue.readers import Row, open_starter
from matinee.index import Store
from matinee.models import Movie
from tests.support.fakes import memory_store
from tests.support.films import ARRIVAL, FILMS, HEAT, MOON, film
from tests.support.starter_films import starter_movies


def rows(films: Iterable[Movie]) -> list[Row]:
    return [Row(line=n, movie=movie, fault=None) for n, movie in enumerate(films, start=1)]


async def stored(store: Store) -> dict[str, Movie]:
    ids = [entry.movie_id for entry in await store.movies.titles()]
    return {movie.movie_id: movie for movie in await store.movies.get(ids)}


async def test_a_second_ingest_changes_nothing() -> None:
    store = memory_store()
    first = await ingest(rows(FILMS), store.movies)
    second = await ingest(rows(FILMS), store.movies)
    assert (first.read, first.added) == (len(FILMS), len(FILMS))
    assert (second.added, second.updated, second.unchanged) == (0, 0, len(FILMS))


async def test_a_film_twice_in_one_file_is_stored_once() -> None:
    store = memory_store()
    report = await ingest(rows([ARRIVAL, HEAT, ARRIVAL]), store.movies)
    assert (report.added, report.unchanged) == (2, 1)


async def test_a_film_from_another_source_is_completed_not_doubled() -> None:
    store = memory_store()
    known = film("Parasite", 2019, imdb_id="tt6751668", aka=["Gisaengchung"], directors=["Bong Joon Ho"])
    await ingest(rows([known]), store.movies)
    report = await ingest(rows([film("Gisaengchung", 2019, imdb_rating=8.6)]), store.movies)
    (only,) = (await stored(store)).values()
    assert (report.updated, report.added) == (1, 0)
    assert (only.title, only.imdb_rating, only.directors) == ("Parasite", 8.6, ["Bong Joon Ho"])


async def test_two_films_of_one_title_stay_two() -> None:
    store = memory_store()
    await ingest(rows([film("Drishyam", 2013), film("Drishyam", 2015)]), store.movies)
    await ingest(
        rows([film("Emma", 1996, imdb_id="tt1"), film("Emma", 1996, imdb_id="tt2", movie_id="tt2")]), store.movies
    )
    assert await store.movies.count() == 4


def with_id(title: str, year: int, **ids: str) -> Movie:
    return film(title, year, **{"movie_id": ids.get("imdb_id", f"{title.lower()}-{year}"), **ids})


@pytest.mark.parametrize("ids", [{"movie_id": "1"}, {"imdb_id": "tt0000001"}, {"tmdb_id": "5"}, {"movielens_id": "5"}])
async def test_of_two_rows_with_one_id_and_different_titles_both_are_kept_and_told(ids: dict[str, str]) -> None:
    store = memory_store()
    both = [with_id("Sea", 1990, **ids), with_id("Lamp", 1991, **ids)]
    report = await ingest([Row(2, both[0]), Row(9, both[1])], store.movies)
    assert (report.added, report.updated) == (2, 0)
    (value,) = ids.values()
    assert report.remarks == [
        f"line 9: its id {value} is that of line 2, Sea (1990): Lamp (1991) is kept, too, without the id"
    ]
    kept = {movie.label: movie for movie in (await stored(store)).values()}
    assert kept.keys() == {"Sea (1990)", "Lamp (1991)"}
    assert kept["Lamp (1991)"].movie_id == "lamp-1991"
    again = await ingest([Row(2, both[0]), Row(9, both[1])], store.movies)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)


async def test_a_number_of_the_file_that_two_films_share_is_told_too() -> None:
    rows = [Row(2, with_id("Sea", 1990), number="1"), Row(9, with_id("Lamp", 1991), number="1")]
    report = await ingest(rows, memory_store().movies)
    assert report.remarks == [
        "line 9: its id 1 is that of line 2, Sea (1990): Lamp (1991) is kept, too, without the id"
    ]


async def test_a_row_of_one_id_under_another_of_its_titles_is_the_same_film() -> None:
    store = memory_store()
    one = with_id("Sea", 1990, imdb_id="tt0000001").model_copy(update={"aka": ["Meer"]})
    report = await ingest([Row(2, one), Row(3, with_id("Meer", 1990, imdb_id="tt0000001"))], store.movies)
    assert (await store.movies.count(), report.remarks) == (1, [])


async def test_two_films_of_one_title_and_year_with_ids_of_their_own_stay_two() -> None:
    store = memory_store()
    both = [Row(n, with_id("Sea", 1990, tmdb_id=str(n))) for n in (5, 6)]
    assert (await ingest(both, store.movies)).added == 2
    assert {movie.tmdb_id for movie in (await stored(store)).values()} == {"5", "6"}
    assert (await ingest(both, store.movies)).unchanged == 2


async def test_a_row_without_a_year_is_the_film_of_its_title_and_director() -> None:
    store = memory_store()
    await ingest(rows([film("Apollo 13", 1995, directors=["Ron Howard"])]), store.movies)
    await ingest(rows([film("Apollo 13", None, directors=["Ron Howard"], runtime=140)]), store.movies)
    await ingest(rows([film("Apollo 13", None, directors=["Somebody Else"])]), store.movies)
    by_director = {movie.directors[0]: movie for movie in (await stored(store)).values()}
    assert (by_director["Ron Howard"].year, by_director["Ron Howard"].runtime) == (1995, 140)
    assert by_director["Somebody Else"].year is None


async def test_skipped_rows_are_counted_and_the_first_reasons_kept() -> None:
    faulty = [Row(line=n, movie=None, fault="no title") for n in range(2, 40)]
    report = await ingest([*faulty, *rows([ARRIVAL])], memory_store().movies)
    assert (report.read, report.skipped, report.added) == (39, 38, 1)
    assert report.remarks[0] == "line 2: no title"
    assert (len(report.remarks), report.further_remarks) == (10, 28)


async def test_progress_is_told_after_every_batch() -> None:
    seen: list[int] = []

    def note(report: IngestReport) -> None:
        seen.append(report.read)

    many = [film(f"Film {n}", 2000) for n in range(150)]
    await ingest(rows(many), memory_store().movies, note)
    assert seen == [64, 128, 150]


async def test_after_a_stop_in_the_middle_the_rest_is_added() -> None:
    store = memory_store()
    many = [film(f"Film {n}", 2000) for n in range(150)]

    def stop(report: IngestReport) -> None:
        if report.read >= 128:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        await ingest(rows(many), store.movies, stop)
    report = await ingest(rows(many), store.movies)
    assert (report.unchanged, report.added) == (128, 22)
    assert await store.movies.count() == 150


def test_merging_keeps_what_the_other_source_does_not_say() -> None:
    merged = merge(MOON, film("Moon", 2009, imdb_rating=8.1))
    assert (merged.imdb_rating, merged.overview, merged.movie_id) == (8.1, MOON.overview, MOON.movie_id)


def test_merging_twice_changes_nothing_more() -> None:
    other = film("Luna", 2009, aka=["Moon"], keywords=["space"])
    once = merge(MOON, other)
    assert once.aka == ["Luna"]
    assert merge(once, other) == once


def test_the_starter_catalogue_is_whole() -> None:
    films = [row.movie for row in open_starter()]
    assert None not in films
    known = [movie for movie in films if movie]
    assert len(known) >= 2500
    assert len({movie.movie_id for movie in known}) == len(known)
    for movie in known:
        assert movie.year
        assert movie.genres
        assert movie.directors
        assert movie.runtime
        assert movie.countries
        assert 25 <= len(movie.overview.split()) <= 50, movie.title
        assert len(movie.keywords) >= 4, movie.title
    assert sum(not movie.languages for movie in known) < 20  # nobody speaks in them


def test_the_starter_catalogue_spreads_over_times_and_places() -> None:
    known = list(starter_movies().values())
    decades = {(movie.year or 0) // 10 for movie in known}
    countries = {country for movie in known for country in movie.countries}
    assert decades >= set(range(192, 203))
    assert len(countries) >= 25
    titles = {movie.title for movie in known}
    assert titles >= {"Arrival", "The Martian", "Moon", "Paddington 2", "Spirited Away", "The Matrix"}
