"""Viewers of overlapping taste, in the embedded engine and behind Qdrant's own client."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from matinee.errors import InvalidRequest
from matinee.index.edge import EdgeClient
from matinee.taste.viewers import ViewerIndex


@pytest.fixture(params=["embedded", "client"])
def viewers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ViewerIndex]:
    client = EdgeClient(tmp_path / "index") if request.param == "embedded" else QdrantClient(":memory:")
    # Four stars are neutral, so that the expected cosines below can be worked out by hand.
    yield ViewerIndex(client, neutral=4.0)
    client.close()


ANA = {"1": 5.0, "2": 3.0}  # (1, -1) / sqrt(2)
BEN = {"1": 5.0, "2": 4.0, "3": 5.0}  # (1, 0, 1) / sqrt(2)
CAT = {"1": 3.0, "2": 5.0, "4": 5.0}  # (-1, 1, 0, 1) / sqrt(3): the opposite
DAN = {"1": 5.0, "2": 3.0, "3": 3.0, "5": 5.0}  # (1, -1, -1, 0, 1) / 2


def test_the_most_similar_viewers_come_first_with_their_cosine(viewers: ViewerIndex) -> None:
    assert viewers.add_many([("ben", BEN), ("cat", CAT), ("dan", DAN)]) == 3
    found = viewers.similar(ANA, 10)
    assert [user for user, _ in found] == ["dan", "ben"]
    assert [score for _, score in found] == pytest.approx([2 / math.sqrt(2) / 2, 1 / 2], abs=1e-5)
    assert [user for user, _ in viewers.similar(ANA, 1)] == ["dan"]


def test_what_similar_viewers_rated_high_is_recommended_without_what_was_seen(viewers: ViewerIndex) -> None:
    viewers.add_many([("ben", BEN), ("cat", CAT), ("dan", DAN)])
    scores = viewers.recommend(ANA, 10)
    dan, ben = 1 / math.sqrt(2), 1 / 2
    assert list(scores) == ["5", "3"]
    assert scores["5"] == pytest.approx(dan * 1 / 2, abs=1e-5)
    assert scores["3"] == pytest.approx(ben / math.sqrt(2) - dan / 2, abs=1e-5)


def test_a_viewers_new_ratings_take_the_place_of_the_old(viewers: ViewerIndex) -> None:
    viewers.add("ben", CAT)
    viewers.add("ben", ANA)
    assert viewers.count() == 1
    ((user, score),) = viewers.similar(ANA, 10)
    assert user == "ben"
    assert score == pytest.approx(1.0, abs=1e-5)


def test_a_viewer_is_not_their_own_neighbour_when_named(viewers: ViewerIndex) -> None:
    viewers.add_many([("ana", ANA), ("dan", DAN)])
    assert [user for user, _ in viewers.similar(ANA, 10, but="ana")] == ["dan"]
    assert set(viewers.recommend(ANA, 1, but="ana")) == {"3", "5"}


def test_a_forgotten_viewer_is_gone(viewers: ViewerIndex) -> None:
    viewers.forget("nobody")
    viewers.add_many([("ana", ANA), ("dan", DAN)])
    viewers.forget("dan")
    assert (viewers.count(), viewers.recommend(ANA, 10, but="ana")) == (1, {})


def test_a_viewer_without_a_taste_that_can_be_told_is_not_stored(viewers: ViewerIndex) -> None:
    viewers.add("eve", ANA)
    assert viewers.add_many([("eve", {"1": 4.0}), ("fay", {})]) == 0
    assert viewers.count() == 0


def test_without_viewers_or_ratings_there_is_nothing_to_say(viewers: ViewerIndex) -> None:
    assert (viewers.count(), viewers.similar(ANA, 5), viewers.recommend(ANA, 5)) == (0, [], {})
    viewers.add("dan", DAN)
    assert (viewers.similar({}, 5), viewers.recommend({"1": 4.0}, 5)) == ([], {})


def test_more_viewers_than_a_batch_holds_are_all_stored(viewers: ViewerIndex) -> None:
    many = 600
    assert viewers.add_many((f"viewer {n}", {str(n + 1): 5.0, "9999": 3.0}) for n in range(many)) == many
    assert viewers.count() == many
    ((user, score),) = viewers.similar({"300": 5.0}, 1)
    assert user == "viewer 299"
    assert score == pytest.approx(1 / math.sqrt(2), abs=1e-5)


@pytest.mark.parametrize("item", ["tt0114709", "-1", "4294967296", ""])
def test_an_id_that_is_not_movielens_is_refused(item: str, viewers: ViewerIndex) -> None:
    with pytest.raises(InvalidRequest, match="not a film's number in MovieLens"):
        viewers.add("ana", {item: 5.0})


def test_without_a_neutral_point_ratings_count_from_the_viewers_own_mean() -> None:
    client = QdrantClient(":memory:")
    viewers = ViewerIndex(client)
    # Means drawn to three stars by five more ratings: (5 + 3 + 15) / 7 = 23/7, so ana is (12, -2) / sqrt(148).
    viewers.add("ana", ANA)
    # (4 + 15) / 6 = 19/6: a single film, so the unit vector.
    ((user, score),) = viewers.similar({"1": 4.0}, 1)
    assert user == "ana"
    assert score == pytest.approx(12 / math.sqrt(148), abs=1e-5)
    client.close()


def test_the_embedded_index_keeps_its_viewers(tmp_path: Path) -> None:
    first = EdgeClient(tmp_path / "index")
    ViewerIndex(first).add("dan", DAN)
    first.close()
    again = EdgeClient(tmp_path / "index")
    assert [user for user, _ in ViewerIndex(again).similar(ANA, 5)] == ["dan"]
    again.close()
