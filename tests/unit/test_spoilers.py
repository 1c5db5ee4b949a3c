"""Reasons keep to the premise; what is written of films at length is told within the same bounds."""

import pytest

from matinee.models import Passage, Spoilers
from matinee.reasons.spoilers import gives_away, hints_at_ending, premise, tellable, tellable_passages
from tests.support.films import film

FERRY = film(
    "The Last Ferry",
    1999,
    overview="A ferryman whose wife was killed takes a stranger across the lake every night. His daughter begins to "
    "follow them. The stranger is her brother, and in the end he drowns.",
    tagline="Every night, one passenger.",
    keywords=["quiet", "grief", "twist ending", "lake"],
)
QUIET = film("Winter Bread", 2003, overview="A baker opens a shop in a village where nobody eats bread.")


@pytest.mark.parametrize(
    "sentence",
    [
        "In the end the stranger drowns.",
        "It turns out that the stranger is her brother.",
        "The killer is the stranger.",
    ],
)
def test_a_sentence_that_tells_the_ending_gives_it_away(sentence: str) -> None:
    assert gives_away(sentence, FERRY)


def test_a_death_is_given_away_unless_the_overview_tells_of_one() -> None:
    assert gives_away("He dies in the last reel.", QUIET)
    assert not gives_away("The ferryman's wife has died.", FERRY)


@pytest.mark.parametrize(
    "sentence",
    [
        "A ferryman takes a stranger across the lake every night.",
        "It is quiet, and about grief.",
        "Nothing is wasted here, from the first shot to the last.",
        "By the end you will want bread.",
        "It is to die for.",
        "The killer soundtrack helps.",
        "It turns out that bread is a serious matter.",
        "There is a twist that I will not spoil.",
    ],
)
def test_premise_mood_and_praise_give_nothing_away(sentence: str) -> None:
    assert not gives_away(sentence, FERRY)
    assert not gives_away(sentence, QUIET)


def test_the_premise_is_two_sentences_at_most_as_they_stand_and_ends_before_an_ending() -> None:
    assert premise(FERRY.overview) == FERRY.overview.partition(" The stranger is")[0]
    assert premise("He digs a well. In the end he finds gold. He is glad.") == "He digs a well."
    assert premise("") == ""


def test_what_may_be_told_of_a_row_has_no_ending_in_any_field() -> None:
    told = tellable(FERRY, "premise")
    assert told.overview == premise(FERRY.overview)
    assert told.keywords == ["quiet", "grief", "lake"]
    assert told.tagline == FERRY.tagline
    assert tellable(FERRY, "strict").overview == ""
    assert tellable(film("X", tagline="You will never guess the ending."), "premise").tagline == ""


@pytest.mark.parametrize(
    ("keyword", "hints"),
    [("twist ending", True), ("surprise ending", True), ("slow burn", False), ("dead end job", False), ("lake", False)],
)
def test_keywords_that_speak_of_an_ending_are_known(keyword: str, hints: bool) -> None:
    assert hints_at_ending(keyword) is hints


def passage(source: str, text: str, position: int = 0) -> Passage:
    return Passage(source=source, position=position, text=text)


BANK = "At noon the crew walks into the bank with sacks full of rifles."
DUST = "Vincent reads the footprints in the dust like a hunter."
PLOT = passage("plot", f"{BANK} {DUST} Eady sees the van leave. In the end Neil dies on the airfield.")
LATER = passage("plot", "which he hides. Eady packs the yellow suitcase at dawn. He never saw", 3)
PACE = "The pacing of this film is slow and hypnotic, like a long drive at night."
REVIEW = passage("review", f"{PACE} Neil shoots Vincent at the airport. The ending of the film is superb.")
TAGS = passage("tags", "slow burn, Los Angeles, twist ending, rainy")


def told(*passages: Passage, spoilers: Spoilers = "premise", seen: bool = False) -> list[str]:
    return [text for _, text in tellable_passages(passages, spoilers, seen=seen)]


def test_of_a_plot_told_at_length_only_the_premise_may_be_told() -> None:
    assert told(PLOT) == [BANK, DUST]
    assert told(LATER) == []


def test_to_a_viewer_who_half_remembers_the_film_the_rest_may_be_told_but_no_ending_and_no_torn_sentence() -> None:
    assert told(PLOT, seen=True) == [BANK, DUST, "Eady sees the van leave."]
    assert told(LATER, seen=True) == ["Eady packs the yellow suitcase at dawn."]


def test_of_a_review_only_what_is_said_of_the_film_as_such_may_be_told() -> None:
    assert told(REVIEW) == [PACE]


def test_tags_that_speak_of_an_ending_are_left_out() -> None:
    assert told(TAGS) == ["slow burn", "Los Angeles", "rainy"]


def test_under_strict_spoilers_nothing_but_tags_is_told_even_of_a_film_that_was_seen() -> None:
    assert told(PLOT, LATER, REVIEW, TAGS, spoilers="strict", seen=True) == ["slow burn", "Los Angeles", "rainy"]


def test_what_others_have_stored_under_another_name_is_not_told() -> None:
    assert told(passage("text", BANK), passage("facts", BANK), passage("overview", BANK)) == []
