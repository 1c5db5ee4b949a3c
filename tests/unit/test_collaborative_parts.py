"""What ratings say, in the catalogue's ids: learned from a small data set, followed through catalogues and models."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from matinee.errors import CatalogueError, IndexUnavailable, ModelUnavailable
from matinee.index import Store
from matinee.models import Movie
from matinee.ratings import model as ratings_model
from matinee.ratings.collaborative import Collaborative, open_collaborative
from matinee.ratings.model import FOLDER, About, about, load
from matinee.ratings.training import install, learn
from matinee.settings import Settings
from tests.support.damage import empty, flip, halve
from tests.support.fakes import filled, memory_store
from tests.support.films import HEAT
from tests.support.ratings import SEA, TALES, number, write_old_ratings, write_ratings

LIKED = {SEA[0].movie_id: 5.0, SEA[1].movie_id: 5.0}
OTHERS = {film.movie_id for film in TALES} - set(LIKED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / FOLDER


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await filled(memory_store(), [*TALES, HEAT])
    yield store
    store.close()


@pytest.fixture
def collaborative(store: Store, folder: Path) -> Collaborative:
    return open_collaborative(Settings(home=folder.parent), store)


def ingest(data: Path, folder: Path) -> About:
    return install(learn(data, folder), folder)


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def best(scores: dict[str, float], count: int) -> set[str]:
    return set(sorted(scores, key=lambda film: -scores[film])[:count])


def ids(films: list[Movie]) -> set[str]:
    return {film.movie_id for film in films}


async def test_films_of_the_same_taste_score_best_in_the_catalogues_ids(
    collaborative: Collaborative, folder: Path, tmp_path: Path
) -> None:
    ingest(write_ratings(tmp_path / "data"), folder)
    assert await collaborative.ready()
    scores = await collaborative.scores(LIKED)
    assert set(scores) == OTHERS
    assert best(scores, 3) == ids(SEA[2:])


async def test_popularity_counts_the_ratings_of_each_film(
    collaborative: Collaborative, folder: Path, tmp_path: Path
) -> None:
    data = write_ratings(tmp_path / "data")
    ingest(data, folder)
    rated = [line.split(",")[1] for line in (data / "ratings.csv").read_text().splitlines()[1:]]
    assert await collaborative.popularity() == {film.movie_id: rated.count(str(number(film))) for film in TALES}


async def test_without_a_model_or_a_film_known_there_is_nothing_to_say(
    collaborative: Collaborative, folder: Path, tmp_path: Path
) -> None:
    assert not await collaborative.ready()
    scores, popularity = await collaborative.scores(LIKED), await collaborative.popularity()
    assert (scores, popularity, await collaborative.ratings_of("ana")) == ({}, {}, {})
    ingest(write_ratings(tmp_path / "data"), folder)
    assert await collaborative.scores({HEAT.movie_id: 5.0, "nobody": 5.0}) == {}


@pytest.mark.parametrize("known", ["links", "movies", "numbers"])
async def test_films_are_found_by_imdb_id_or_title_or_number(known: str, folder: Path, tmp_path: Path) -> None:
    """What does not serve is taken away: the ids from the catalogue, or the files from the data set."""
    takes_away: dict[str, object] = {"imdb_id": None} if known != "links" else {"title": "Other Tale", "year": None}
    films = [film.model_copy(update=takes_away) for film in TALES]
    if known == "numbers":
        pairs = zip(films, TALES, strict=True)
        films = [film.model_copy(update={"movielens_id": str(number(tale))}) for film, tale in pairs]
    store = await filled(memory_store(), films)
    data = write_ratings(tmp_path / "data", movies=known == "movies", links=known == "links")
    ingest(data, folder)
    scores = await Collaborative(folder, store.movies, store.ratings).scores(LIKED)
    assert best(scores, 3) == ids(SEA[2:])


async def test_a_set_with_numbers_of_its_own_is_found_by_titles_and_never_by_number(
    folder: Path, tmp_path: Path
) -> None:
    films = [film.model_copy(update={"movielens_id": str(number(film))}) for film in TALES]
    store = await filled(memory_store(), films)
    collaborative = Collaborative(folder, store.movies, store.ratings)
    ingest(write_old_ratings(tmp_path / "named"), folder)
    assert best(await collaborative.scores(LIKED), 3) == ids(SEA[2:])
    ingest(write_old_ratings(tmp_path / "nameless", films=False), folder)
    assert await collaborative.scores(LIKED) == {}


async def test_a_film_that_the_catalogue_gets_later_is_among_the_answers(folder: Path, tmp_path: Path) -> None:
    store = await filled(memory_store(), TALES[:3])
    collaborative = Collaborative(folder, store.movies, store.ratings)
    ingest(write_ratings(tmp_path / "data"), folder)
    assert set(await collaborative.scores(LIKED)) == {TALES[2].movie_id}
    await filled(store, TALES[3:])
    assert set(await collaborative.scores(LIKED)) == OTHERS


async def test_another_model_takes_effect_where_the_former_is_open(
    collaborative: Collaborative, folder: Path, tmp_path: Path
) -> None:
    ingest(write_ratings(tmp_path / "data"), folder)
    before = await collaborative.popularity()
    newer = ingest(write_ratings(tmp_path / "more", viewers=10), folder)
    assert sum((await collaborative.popularity()).values()) == 100 > sum(before.values())
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [newer.batch]


async def test_the_same_ratings_again_change_nothing(folder: Path, tmp_path: Path) -> None:
    data = write_ratings(tmp_path / "data")
    first = ingest(data, folder)
    again = learn(data, folder)
    assert again.ease is None
    second = install(again, folder)
    assert (second.batch, second.learned_films) == (first.batch, first.learned_films) == (first.batch, 10)


async def test_a_model_that_cannot_be_written_leaves_the_former_as_it_was(
    collaborative: Collaborative, store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = ingest(write_ratings(tmp_path / "data"), folder)
    before = await collaborative.scores(LIKED)
    learned = learn(write_ratings(tmp_path / "more", viewers=10), folder)
    with monkeypatch.context() as patch:
        patch.setattr(ratings_model, "write_films", full)
        with pytest.raises(IndexUnavailable, match="make room"):
            install(learned, folder)
    opened = Collaborative(folder, store.movies, store.ratings)
    assert (await opened.scores(LIKED), about(folder)) == (before, former)
    assert install(learned, folder) == about(folder) == learned.note


def test_a_note_of_a_former_version_is_read(folder: Path, tmp_path: Path) -> None:
    note = ingest(write_ratings(tmp_path / "data"), folder)
    current = folder / "current.json"
    told = json.loads(current.read_text())
    former = {name: value for name, value in told.items() if name not in ("files", "digest")}
    current.write_text(json.dumps({**former, "stored_viewers": 12}))
    assert about(folder) == note
    assert load(folder) is not None


@pytest.mark.parametrize("text", ["[]", "{}", "{"])
def test_a_note_that_is_none_is_told(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "current.json").write_text(text)
    with pytest.raises(CatalogueError, match="ratings ingest"):
        about(folder)


async def test_a_damaged_model_is_told_once_and_a_new_reading_heals_it(
    collaborative: Collaborative, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = write_ratings(tmp_path / "data")
    note = ingest(data, folder)
    (folder / note.batch / "films.json").write_text("[")
    assert await collaborative.scores(LIKED) == {}
    assert not await collaborative.ready()
    assert [
        record.message for record in caplog.records if "matinee ratings ingest" in record.message
    ] == caplog.messages
    assert len(caplog.messages) == 1
    ingest(data, folder)
    assert set(await collaborative.scores(LIKED)) == OTHERS


@pytest.mark.parametrize("part", ["weights.npy", "model.json", "films.json", "current.json"])
@pytest.mark.parametrize("damage", [flip, empty, halve, Path.unlink], ids=lambda damage: str(damage.__name__))
async def test_a_model_whose_files_changed_is_not_used_and_a_fault_says_so(
    damage: Callable[[Path], None], part: str, collaborative: Collaborative, folder: Path, tmp_path: Path
) -> None:
    data = write_ratings(tmp_path / "data")
    ingest(data, folder)
    (file,) = folder.rglob(f"*{part}")
    damage(file)
    assert await collaborative.scores(LIKED) == {}
    assert "run `matinee ratings ingest` again" in (await collaborative.fault() or "")
    ingest(data, folder)
    assert (await collaborative.fault(), set(await collaborative.scores(LIKED))) == (None, OTHERS)


async def test_without_a_model_there_is_no_fault(collaborative: Collaborative) -> None:
    assert await collaborative.fault() is None


async def test_without_the_extra_ratings_are_not_used_and_it_says_so_once(
    collaborative: Collaborative,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = write_ratings(tmp_path / "data")
    ingest(data, folder)
    monkeypatch.setitem(sys.modules, "matinee.ratings.ease", None)
    assert (await collaborative.ready(), await collaborative.scores(LIKED)) == (False, {})
    assert ["pip install 'matinee[collaborative]'" in message for message in caplog.messages] == [True]
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'matinee\[collaborative\]'"):
        learn(data, folder)


def test_of_too_many_films_the_most_rated_are_learned(folder: Path, tmp_path: Path) -> None:
    note = install(learn(write_ratings(tmp_path / "data"), folder, most_films=4), folder)
    assert (note.viewers, note.films, note.learned_films) == (12, 10, 4)


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
