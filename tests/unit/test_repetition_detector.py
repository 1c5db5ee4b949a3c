"""A text that goes round in circles is seen soon, and one that only repeats words is not."""

import pytest

from matinee.llm.repetition_detector import RepetitionDetector
from tests.support.starter_films import starter_movies


def length_at_alarm(text: str) -> int | None:
    """Feed a text in tokens of four characters; return after how many characters it was called a loop."""
    watch = RepetitionDetector()
    for end in range(4, len(text) + 4, 4):
        if watch.loops(text[end - 4 : end]):
            return end
    return None


BEGINNING = "[1] Arrival (2016): A linguist is called in by the army to learn the language of visitors. "


@pytest.mark.parametrize(
    "passage",
    [
        "and ",
        "so on and so forth ",
        "It is a film about a film about. ",
        "\n",
        "-",
        "[2] Moon (2009): A lone worker.\n\n",
    ],
)
def test_a_passage_over_and_over_is_a_loop(passage: str) -> None:
    seen = length_at_alarm(BEGINNING + passage * (3000 // len(passage)))
    assert seen is not None
    assert seen <= len(BEGINNING) + max(160, 5 * len(passage)) + 64


def test_a_loop_of_several_sentences_is_seen() -> None:
    passage = "".join(f"Sentence {n} of a long passage that comes back as a whole. " for n in range(8))
    assert len(passage) > 400
    seen = length_at_alarm(passage * 6)
    assert seen is not None
    assert seen <= 5 * len(passage)


@pytest.mark.parametrize(
    "text",
    [
        "It is very, very, very, very good. " + BEGINNING,
        "".join(f"[{n}] Film {n} (20{n:02}): A drama about the sea, for reason number {n * n}.\n\n" for n in range(50)),
        "No, no, no, no, no! " * 3 + BEGINNING,
        "Drama, Crime. " * 3 + BEGINNING * 3,
    ],
)
def test_repeated_words_are_no_loop(text: str) -> None:
    assert length_at_alarm(text) is None


def test_the_plots_of_the_starter_catalogue_hold_no_loop() -> None:
    plots = [movie.overview for movie in starter_movies().values()]
    assert len(plots) > 600
    assert length_at_alarm("\n\n".join(plots)) is None
