from datetime import UTC, datetime, timedelta

import pytest

from matinee.errors import InvalidRequest
from matinee.ratings.preferences import is_against, statement, verdict, weight_by_age
from tests.support.films import ARRIVAL


@pytest.mark.parametrize(
    "text",
    [
        "I can't stand gore",
        "I hate musicals",
        "No clowns please",
        "I don't like long films",
        "never again zombies",
        "I detest love stories",
    ],
)
def test_sentences_against_something_are_told_from_those_for_it(text: str) -> None:
    assert is_against(statement("ana", text))


@pytest.mark.parametrize(
    "text",
    [
        "I like sci-fi with good characters",
        "Nothing beats a heist",
        "I hate gore, but love a good ghost",
        "I can't stand gore and adore ghosts",
        "No clowns. I enjoy puppets",
    ],
)
def test_sentences_for_something_are_not_against_it(text: str) -> None:
    assert not is_against(statement("ana", text))


def test_verdicts_are_for_or_against_by_their_kind() -> None:
    assert is_against(verdict("ana", "dislike", ARRIVAL))
    assert not is_against(verdict("ana", "like", ARRIVAL))


def test_the_same_sentence_has_the_same_id_and_another_viewer_s_is_apart() -> None:
    assert statement("ana", "I like  SEA films").preference_id == statement("ana", "i like sea films").preference_id
    assert statement("ana", "x").user_id != statement("ben", "x").user_id


@pytest.mark.parametrize("text", ["", "  \n", "x" * 501])
def test_a_sentence_has_one_to_five_hundred_characters(text: str) -> None:
    with pytest.raises(InvalidRequest, match="500"):
        statement("ana", text)


@pytest.mark.parametrize("user", ["", "   ", "a\nb", "x" * 101])
def test_a_viewer_has_a_printable_name(user: str) -> None:
    with pytest.raises(InvalidRequest):
        statement(user, "I like the sea")


def test_control_characters_do_not_get_into_a_preference() -> None:
    assert statement("ana", "I like\x1b[31m the\x00 sea").text == "I like the sea"


@pytest.mark.parametrize(("days", "weight"), [(0, 1.0), (730, 0.5), (2190, 0.125), (-30, 1.0)])
def test_what_was_told_counts_half_after_each_two_years(days: int, weight: float) -> None:
    told = datetime.now(UTC) - timedelta(days=days)
    preference = statement("ana", "I like the sea").model_copy(update={"created_at": told.isoformat()})
    assert weight_by_age(preference) == pytest.approx(weight, abs=1e-4)
