"""What ratings say, in the catalogue's ids: learned from a small data set, followed through catalogues and models."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.errors import CatalogueError, ModelUnavailable
from matinee.index import Home
from matinee.models import Movie
from matinee.settings import Settings
from matinee.taste.collaborative import Collaborative, open_collaborative
from matinee.taste.ratings_ingest import learn, store
from matinee.taste.ratings_model import FOLDER, About, about
from tests.support.fakes import filled, memory_home
from tests.support.films import HEAT
from tests.support.ratings import CITY, SEA, TALES, number, write_old_ratings, write_ratings

LIKED = {SEA[0].movie_id: 5.0, SEA[1].movie_id: 5.0}
OTHERS = {film.movie_id for film in TALES} - set(LIKED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / FOLDER


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = await filled(memory_home(), [*TALES, HEAT])
    yield home
    home.close()


@pytest.fixture
def collaborative(home: Home, folder: Path) -> Collaborative:
    return open_collaborative(Settings(home=folder.parent), home)


async def ingest(data: Path, folder: Path, home: Home) -> About:
    return await store(learn(data, folder), folder, home.viewers)


def best(scores: dict[str, float], count: int) -> set[str]:
    return set(sorted(scores, key=lambda film: -scores[film])[:count])


def ids(films: list[Movie]) -> set[str]:
    return {film.movie_id for film in films}


async def test_films_of_the_same_taste_score_best_in_the_catalogues_ids(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path
) -> None:
    await ingest(write_ratings(tmp_path / "data"), folder, home)
    assert await collaborative.ready()
    scores = await collaborative.scores(LIKED)
    assert set(scores) == OTHERS
    assert best(scores, 3) == ids(SEA[2:])


async def test_viewers_of_the_same_taste_speak_for_what_they_loved_and_against_the_rest(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path
) -> None:
    await ingest(write_ratings(tmp_path / "data"), folder, home)
    scores = await collaborative.by_viewers(LIKED)
    assert set(list(scores)[:3]) == ids(SEA[2:])
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert min(scores.values()) < 0
    assert best(await collaborative.by_viewers({CITY[0].movie_id: 5.0}), 4) == ids(CITY[1:])


async def test_popularity_counts_the_ratings_of_each_film(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path
) -> None:
    data = write_ratings(tmp_path / "data")
    await ingest(data, folder, home)
    rated = [line.split(",")[1] for line in (data / "ratings.csv").read_text().splitlines()[1:]]
    assert await collaborative.popularity() == {film.movie_id: rated.count(str(number(film))) for film in TALES}


async def test_without_a_model_or_a_film_known_there_is_nothing_to_say(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path
) -> None:
    assert not await collaborative.ready()
    answers = [await collaborative.scores(LIKED), await collaborative.by_viewers(LIKED)]
    assert [*answers, await collaborative.popularity(), await collaborative.ratings_of("ana")] == [{}, {}, {}, {}]
    await ingest(write_ratings(tmp_path / "data"), folder, home)
    assert await collaborative.scores({HEAT.movie_id: 5.0, "nobody": 5.0}) == {}
    assert await collaborative.by_viewers({HEAT.movie_id: 5.0}) == {}


@pytest.mark.parametrize("known", ["links", "movies", "numbers"])
async def test_films_are_found_by_imdb_id_or_title_or_number(known: str, folder: Path, tmp_path: Path) -> None:
    """What does not serve is taken away: the ids from the catalogue, or the files from the data set."""
    takes_away: dict[str, object] = {"imdb_id": None} if known != "links" else {"title": "Other Tale", "year": None}
    films = [film.model_copy(update=takes_away) for film in TALES]
    if known == "numbers":
        pairs = zip(films, TALES, strict=True)
        films = [film.model_copy(update={"movielens_id": str(number(tale))}) for film, tale in pairs]
    home = await filled(memory_home(), films)
    data = write_ratings(tmp_path / "data", movies=known == "movies", links=known == "links")
    await ingest(data, folder, home)
    scores = await Collaborative(folder, home.movies, home.viewers).scores(LIKED)
    assert best(scores, 3) == ids(SEA[2:])


async def test_a_set_with_numbers_of_its_own_is_found_by_titles_and_never_by_number(
    folder: Path, tmp_path: Path
) -> None:
    films = [film.model_copy(update={"movielens_id": str(number(film))}) for film in TALES]
    home = await filled(memory_home(), films)
    collaborative = Collaborative(folder, home.movies, home.viewers)
    await ingest(write_old_ratings(tmp_path / "named"), folder, home)
    assert best(await collaborative.scores(LIKED), 3) == ids(SEA[2:])
    await ingest(write_old_ratings(tmp_path / "nameless", films=False), folder, home)
    assert await collaborative.scores(LIKED) == {}


async def test_a_film_that_the_catalogue_gets_later_is_among_the_answers(folder: Path, tmp_path: Path) -> None:
    home = await filled(memory_home(), TALES[:3])
    collaborative = Collaborative(folder, home.movies, home.viewers)
    await ingest(write_ratings(tmp_path / "data"), folder, home)
    assert set(await collaborative.scores(LIKED)) == {TALES[2].movie_id}
    await filled(home, TALES[3:])
    assert set(await collaborative.scores(LIKED)) == OTHERS


async def test_another_model_takes_effect_where_the_former_is_open(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path
) -> None:
    former = await ingest(write_ratings(tmp_path / "data"), folder, home)
    before = await collaborative.popularity()
    newer = await ingest(write_ratings(tmp_path / "more", viewers=10), folder, home)
    assert sum((await collaborative.popularity()).values()) == 100 > sum(before.values())
    assert (await home.viewers.count(former.batch), await home.viewers.count(newer.batch)) == (0, 20)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [newer.batch]


async def test_the_same_ratings_again_change_nothing(home: Home, folder: Path, tmp_path: Path) -> None:
    data = write_ratings(tmp_path / "data")
    first = await ingest(data, folder, home)
    again = learn(data, folder)
    assert again.ease is None
    second = await store(again, folder, home.viewers)
    assert (second.batch, second.learned_films) == (first.batch, first.learned_films) == (first.batch, 10)
    assert await home.viewers.count(first.batch) == 12


async def test_a_reading_that_was_interrupted_leaves_the_former_model_as_it_was(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ingest(write_ratings(tmp_path / "data"), folder, home)
    before = (await collaborative.scores(LIKED), await collaborative.by_viewers(LIKED), about(folder))
    learned = learn(write_ratings(tmp_path / "more", viewers=10), folder)

    def interrupted(stage: str, done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await store(learned, folder, home.viewers, interrupted)
    opened = Collaborative(folder, home.movies, home.viewers)
    assert (await opened.scores(LIKED), await opened.by_viewers(LIKED), about(folder)) == before
    await store(learned, folder, home.viewers)
    assert await home.viewers.count(learned.note.batch) == 20


async def test_a_damaged_model_is_told_once_and_a_new_reading_heals_it(
    collaborative: Collaborative, home: Home, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = write_ratings(tmp_path / "data")
    note = await ingest(data, folder, home)
    (folder / note.batch / "films.json").write_text("[")
    assert await collaborative.scores(LIKED) == {}
    assert not await collaborative.ready()
    assert [
        record.message for record in caplog.records if "matinee ratings ingest" in record.message
    ] == caplog.messages
    assert len(caplog.messages) == 1
    await ingest(data, folder, home)
    assert set(await collaborative.scores(LIKED)) == OTHERS


async def test_without_the_extra_ratings_are_not_used_and_it_says_so_once(
    collaborative: Collaborative,
    home: Home,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = write_ratings(tmp_path / "data")
    await ingest(data, folder, home)
    monkeypatch.setitem(sys.modules, "matinee.taste.ease", None)
    assert (await collaborative.ready(), await collaborative.scores(LIKED)) == (False, {})
    assert ["pip install 'matinee[collaborative]'" in message for message in caplog.messages] == [True]
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'matinee\[collaborative\]'"):
        learn(data, folder)


async def test_of_too_many_viewers_some_are_stored_and_of_too_many_films_the_most_rated_learned(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    learned = learn(write_ratings(tmp_path / "data"), folder, most_films=4, most_viewers=5)
    note = await store(learned, folder, home.viewers, most_viewers=5)
    assert (note.viewers, note.stored_viewers, note.films, note.learned_films) == (12, 5, 10, 4)
    assert await home.viewers.count(note.batch) == 5


def test_progress_is_told_in_stages(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    learn(write_ratings(tmp_path / "data"), folder, lambda stage, done, total: told.append((stage, done)))
    assert told == [("rows read", 60), ("learning", 0)]


def test_ratings_too_few_to_learn_from_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="at least two are needed"):
        learn(write_ratings(tmp_path / "data", viewers=1), folder)
    assert not folder.exists()


def test_faulty_files_beside_the_ratings_cost_the_names_alone(folder: Path, tmp_path: Path) -> None:
    data = write_ratings(tmp_path / "data", links=False)
    (data / "movies.csv").write_text("a,b\n1,2\n")
    learned = learn(data, folder)
    assert learned.ease is not None
    assert len(learned.remarks) == 1
    assert "movies.csv" in learned.remarks[0]
