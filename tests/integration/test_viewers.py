"""One contract for viewers of overlapping taste in every home, and the vectors that they are stored as."""

import math
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from matinee.index import Home, open_home
from matinee.index.viewers import ViewerIndex, ViewerVector
from matinee.settings import Settings
from matinee.taste.viewers import summed, taste_vector
from tests.support.embedded_postgres_home import postgres_dsn, postgres_folder, postgres_settings  # noqa: F401
from tests.support.fakes import memory_home, word_embedding

DATA = "a data set"

# Four stars are neutral, so that the cosines below can be worked out by hand.
ANA = {1: 5.0, 2: 3.0}  # (1, -1) / sqrt(2)
BEN = {1: 5.0, 2: 4.0, 3: 5.0}  # (1, 0, 1) / sqrt(2)
CAT = {1: 3.0, 2: 5.0, 4: 5.0}  # (-1, 1, 0, 1) / sqrt(3): the opposite
DAN = {1: 5.0, 2: 3.0, 3: 3.0, 5: 5.0}  # (1, -1, -1, 0, 1) / 2


def viewer(name: str, ratings: Mapping[int, float]) -> ViewerVector:
    return ViewerVector(name, taste_vector(ratings, neutral=4.0))


def taste(ratings: Mapping[int, float]) -> dict[int, float]:
    return taste_vector(ratings, neutral=4.0)


@pytest.fixture(params=["qdrant embedded", "qdrant in memory", "postgres embedded"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Home]:
    if request.param == "qdrant in memory":
        return memory_home
    embedded = request.param == "qdrant embedded"
    settings = Settings(home=tmp_path) if embedded else request.getfixturevalue("postgres_settings")
    return lambda: open_home(settings, word_embedding())


@pytest.fixture
async def home(opener: Callable[[], Home]) -> AsyncIterator[Home]:
    home = opener()
    yield home
    home.close()


@pytest.fixture
def viewers(home: Home) -> ViewerIndex:
    return home.viewers


@pytest.fixture
async def crowd(viewers: ViewerIndex) -> ViewerIndex:
    await viewers.add(DATA, [viewer("ben", BEN), viewer("cat", CAT), viewer("dan", DAN)])
    await viewers.keep(DATA)
    return viewers


async def names(viewers: ViewerIndex, batch: str = DATA, but: str | None = None) -> list[str]:
    return [near.user for near in await viewers.nearest(taste(ANA), 10, batch, but=but)]


async def test_the_most_similar_viewers_come_first_with_their_cosine_and_ratings(crowd: ViewerIndex) -> None:
    dan, ben = await crowd.nearest(taste(ANA), 10, DATA)
    assert (dan.user, ben.user) == ("dan", "ben")
    assert [dan.cosine, ben.cosine] == pytest.approx([2 / math.sqrt(2) / 2, 1 / 2], abs=1e-5)
    assert dan.parts == pytest.approx({1: 1 / 2, 2: -1 / 2, 3: -1 / 2, 5: 1 / 2}, abs=1e-6)
    assert [near.user for near in await crowd.nearest(taste(ANA), 1, DATA)] == ["dan"]


async def test_what_near_viewers_rated_adds_up_by_their_cosine(crowd: ViewerIndex) -> None:
    scores = summed(await crowd.nearest(taste(ANA), 10, DATA))
    dan, ben = 1 / math.sqrt(2), 1 / 2
    assert scores[5] == pytest.approx(dan * 1 / 2, abs=1e-5)
    assert scores[3] == pytest.approx(ben / math.sqrt(2) - dan / 2, abs=1e-5)


async def test_storing_viewers_again_changes_nothing(crowd: ViewerIndex) -> None:
    await crowd.add(DATA, [viewer("ben", BEN), viewer("dan", DAN)])
    assert await crowd.count(DATA) == 3
    assert await names(crowd) == ["dan", "ben"]


async def test_a_new_data_set_is_found_only_when_asked_for_and_then_takes_the_place_of_the_former(
    crowd: ViewerIndex,
) -> None:
    await crowd.remember(viewer("eve", ANA), [{"rating": 5.0}])
    await crowd.add("newer", [viewer("fay", DAN)])
    assert await names(crowd) == ["eve", "dan", "ben"]
    assert await names(crowd, "newer") == ["eve", "fay"]
    await crowd.keep("newer")
    assert (await crowd.count(DATA), await crowd.count("newer")) == (0, 1)
    assert await names(crowd, "newer") == ["eve", "fay"]


async def test_viewers_who_brought_their_own_ratings_are_near_to_others_but_not_to_themselves(
    crowd: ViewerIndex,
) -> None:
    await crowd.remember(viewer("ana", ANA), [{"rating": 5.0}])
    assert await names(crowd) == ["ana", "dan", "ben"]
    assert await names(crowd, but="ana") == ["dan", "ben"]


async def test_a_viewer_of_the_data_set_and_one_of_the_same_name_are_two(crowd: ViewerIndex) -> None:
    await crowd.remember(viewer("dan", ANA), [{"rating": 5.0}])
    assert await names(crowd) == ["dan", "dan", "ben"]
    assert await names(crowd, but="dan") == ["dan", "ben"]
    await crowd.forget("dan")
    assert await names(crowd) == ["dan", "ben"]


async def test_what_a_viewer_brought_comes_back_as_it_was_in_its_order(viewers: ViewerIndex) -> None:
    records = [{"rating": 4.5, "title": "Amélie", "year": 2001, "imdb_id": None}, {"rating": 0.5, "title": "Heat"}]
    await viewers.remember(viewer("ana", ANA), records)
    assert await viewers.remembered("ana") == records
    await viewers.remember(viewer("ana", ANA), records[1:])
    assert await viewers.remembered("ana") == records[1:]
    assert await viewers.remembered("ben") == []


async def test_ratings_are_kept_of_a_viewer_whose_taste_is_not_known(crowd: ViewerIndex) -> None:
    await crowd.remember(ViewerVector("eve", {}), [{"rating": 4.0}])
    assert await crowd.remembered("eve") == [{"rating": 4.0}]
    assert await names(crowd) == ["dan", "ben"]


async def test_those_who_brought_ratings_are_listed_and_forgotten(crowd: ViewerIndex) -> None:
    assert await crowd.users() == []
    await crowd.remember(viewer("eve", ANA), [{"rating": 5.0}, {"rating": 3.0}])
    await crowd.remember(viewer("ana", ANA), [{"rating": 5.0}])
    assert await crowd.users() == ["ana", "eve"]
    assert await crowd.forget("eve") == 2
    assert await crowd.forget("eve") == 0
    assert await crowd.users() == ["ana"]


async def test_an_empty_home_has_nothing_to_say(viewers: ViewerIndex) -> None:
    assert await viewers.nearest(taste(ANA), 5, DATA) == []
    assert await viewers.count(DATA) == 0
    assert await viewers.users() == []
    assert await viewers.remembered("ana") == []
    assert await viewers.forget("ana") == 0
    await viewers.keep(DATA)


async def test_without_a_taste_or_a_number_wanted_nobody_is_near(crowd: ViewerIndex) -> None:
    assert await crowd.nearest({}, 5, DATA) == []
    assert await crowd.nearest(taste(ANA), 0, DATA) == []


async def test_more_viewers_than_are_written_at_once_are_all_stored(viewers: ViewerIndex) -> None:
    many = 600
    await viewers.add(DATA, [viewer(f"viewer {n}", {n + 1: 5.0, 9999: 3.0}) for n in range(many)])
    await viewers.keep(DATA)
    assert await viewers.count(DATA) == many
    ((user, cosine, _),) = await viewers.nearest(taste({300: 5.0}), 1, DATA)
    assert user == "viewer 299"
    assert cosine == pytest.approx(1 / math.sqrt(2), abs=1e-5)


async def test_a_viewer_of_very_many_films_is_stored(viewers: ViewerIndex) -> None:
    many = {film: 5.0 if film % 2 else 3.0 for film in range(20_000)}
    await viewers.add(DATA, [viewer("collector", many)])
    ((user, cosine, parts),) = await viewers.nearest(viewer("same", many).parts, 1, DATA)
    assert (user, len(parts)) == ("collector", 16_000)
    assert cosine == pytest.approx(1.0, abs=1e-3)


async def test_viewers_are_there_after_reopening(home: Home, crowd: ViewerIndex) -> None:
    await crowd.remember(viewer("ana", ANA), [{"rating": 5.0}])
    home.close()
    assert await names(home.viewers) == ["ana", "dan", "ben"]
