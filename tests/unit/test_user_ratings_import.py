"""A viewer's own ratings: brought once or again, matched to the catalogue, exported."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.errors import InvalidRequest
from matinee.index import Store
from matinee.ratings.collaborative import Collaborative
from matinee.ratings.export_file import Said
from matinee.ratings.preferences import verdict
from matinee.ratings.training import install, learn
from matinee.ratings.user_ratings import open_viewer_ratings
from matinee.ratings.user_ratings_import import ImportReport, exported, import_ratings
from tests.support.fakes import filled, memory_store
from tests.support.films import HEAT
from tests.support.ratings import CITY, SEA, TALES, number, write_ratings

FIRST = "Name,Year,Rating\nSea Tale of Ann,1991,5\nHeat,1995,1\nNowhere,1999,3\n"
SECOND = "Const,Your Rating,Title,Year\ntt0000001,7,Sea Tale of Ann,1991\ntt0000002,10,Sea Tale of Bea,1992\n"


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await filled(memory_store(), [*TALES, HEAT])
    yield store
    store.close()


@pytest.fixture
def collaborative(store: Store, tmp_path: Path) -> Collaborative:
    return Collaborative(tmp_path / "model", store.movies, store.ratings)


@pytest.fixture
def learned(tmp_path: Path) -> None:
    install(learn(write_ratings(tmp_path / "data"), tmp_path / "model"), tmp_path / "model")


async def bring(
    text: str, store: Store, collaborative: Collaborative, folder: Path, user: str = "ana", says: Said | None = None
) -> ImportReport:
    path = folder / "export.csv"
    path.write_text(text)
    return await import_ratings(user, open_viewer_ratings(path, says=says), store, collaborative)


async def test_ratings_are_read_back_in_the_catalogues_ids(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    report = await bring(FIRST, store, collaborative, tmp_path)
    assert await collaborative.ratings_of("ana") == {SEA[0].movie_id: 5.0, HEAT.movie_id: 1.0}
    assert await collaborative.ratings_of("ben") == {}
    assert (report.matched, report.unknown, report.unknown_films) == (2, 1, ["line 4: Nowhere (1999)"])
    assert (report.added, report.stored, report.told) == (3, 3, False)


async def test_a_later_export_adds_to_a_former_one_and_its_ratings_win(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    await bring(FIRST, store, collaborative, tmp_path)
    report = await bring(SECOND, store, collaborative, tmp_path)
    assert (report.added, report.changed, report.unchanged, report.stored) == (1, 1, 0, 4)
    assert await collaborative.ratings_of("ana") == {
        SEA[0].movie_id: 3.5,
        SEA[1].movie_id: 5.0,
        HEAT.movie_id: 1.0,
    }
    again = await bring(SECOND, store, collaborative, tmp_path)
    assert (again.added, again.changed, again.unchanged, again.stored) == (0, 0, 2, 4)


async def test_films_watched_and_wished_for_are_kept_beside_ratings_and_the_stronger_word_wins(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    await bring(FIRST, store, collaborative, tmp_path)
    text = "Title,Year\nHeat,1995\nSea Tale of Bea,1992\n"
    wishes = await bring(text, store, collaborative, tmp_path, says="wished")
    assert (wishes.added, wishes.unchanged, wishes.said) == (1, 1, {"wished": 2})
    told = await collaborative.told_by("ana")
    assert (told.rated, told.wished) == ({SEA[0].movie_id: 5.0, HEAT.movie_id: 1.0}, {SEA[1].movie_id})
    await bring(text, store, collaborative, tmp_path, says="seen")
    told = await collaborative.told_by("ana")
    assert (told.seen, told.wished, await collaborative.ratings_of("ana")) == ({SEA[1].movie_id}, set(), told.rated)
    document = await exported("ana", store, collaborative)
    assert [(r["title"], r["said"], r["rating"]) for r in document["ratings"]][-1] == ("Sea Tale of Bea", "seen", None)


async def test_ratings_stored_before_films_were_watched_or_wished_for_are_still_read(
    store: Store, collaborative: Collaborative
) -> None:
    former = {"rating": 4.0, "movielens_id": None, "imdb_id": None, "title": HEAT.title, "year": HEAT.year}
    await store.ratings.replace("ana", [former])
    assert await collaborative.ratings_of("ana") == {HEAT.movie_id: 4.0}


@pytest.mark.parametrize(
    "text",
    [
        "Const,Your Rating,Title,Original Title,Year\ntt7777777,9,Elsewhere,Meer und Licht,1995\n",
        "tmdb_id,rating10,title\n4242,9,Elsewhere\n",
    ],
)
async def test_a_film_is_found_by_its_original_title_and_by_its_tmdb_id(
    text: str, store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    update = {
        "movie_id": "sea-light",
        "title": "Sea Light",
        "aka": ["Meer und Licht"],
        "imdb_id": None,
        "tmdb_id": "4242",
    }
    await filled(store, [HEAT.model_copy(update=update)])
    await bring(text, store, collaborative, tmp_path)
    assert await collaborative.ratings_of("ana") == {"sea-light": 4.5}


async def test_two_rows_that_name_one_film_differently_are_one_rating_and_the_last_wins(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    report = await bring("Name,Year,Rating\nHeat,1995,2\nHeat,1996,4\n", store, collaborative, tmp_path)
    assert await collaborative.ratings_of("ana") == {HEAT.movie_id: 4.0}
    assert (report.rows.read, report.rows.kept, report.rows.duplicates) == (2, 1, 1)


async def test_a_film_that_the_catalogue_gets_later_counts_from_then_on(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    await bring(FIRST, store, collaborative, tmp_path)
    nowhere = HEAT.model_copy(update={"movie_id": "nowhere-1999", "title": "Nowhere", "year": 1999})
    await filled(store, [nowhere])
    assert (await collaborative.ratings_of("ana"))["nowhere-1999"] == 3.0


@pytest.mark.usefixtures("learned")
async def test_ratings_by_movielens_number_are_told_by_the_data_sets_files(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    text = f"movieId,rating\n{number(SEA[0])},5\n{number(CITY[0])},1\n999,3\n"
    report = await bring(text, store, collaborative, tmp_path)
    assert await collaborative.ratings_of("ana") == {SEA[0].movie_id: 5.0, CITY[0].movie_id: 1.0}
    assert (report.told, report.unknown_films) == (True, ["line 4: film 999"])


async def test_ratings_brought_before_there_is_a_model_count_as_soon_as_there_is_one(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    text = "Name,Year,Rating\nSea Tale of Ann,1991,5\nCity Tale of Ann,1991,1\n"
    assert not (await bring(text, store, collaborative, tmp_path)).told
    install(learn(write_ratings(tmp_path / "data"), tmp_path / "model"), tmp_path / "model")
    assert await collaborative.scores(await collaborative.ratings_of("ana"))
    again = await bring(text, store, collaborative, tmp_path)
    assert (again.told, again.unchanged, again.stored) == (True, 2, 2)


async def test_an_export_holds_preferences_and_ratings(
    store: Store, collaborative: Collaborative, tmp_path: Path
) -> None:
    await store.preferences.add(verdict("ana", "like", HEAT))
    await bring(FIRST, store, collaborative, tmp_path)
    document = await exported("ana", store, collaborative)
    assert [(p["kind"], p["movie_id"]) for p in document["preferences"]] == [("like", HEAT.movie_id)]
    assert [(r["title"], r["year"], r["rating"], r["movie_id"]) for r in document["ratings"]] == [
        ("Sea Tale of Ann", 1991, 5.0, SEA[0].movie_id),
        ("Heat", 1995, 1.0, HEAT.movie_id),
        ("Nowhere", 1999, 3.0, None),
    ]
    assert await exported("ben", store, collaborative) == {"user": "ben", "preferences": [], "ratings": []}


async def test_a_name_that_cannot_be_one_is_refused(store: Store, collaborative: Collaborative, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="viewer's name"):
        await bring(FIRST, store, collaborative, tmp_path, "  ")
    with pytest.raises(InvalidRequest, match="viewer's name"):
        await exported("a\nb", store, collaborative)
