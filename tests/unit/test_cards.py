"""What the card of a pick says on the terminal about what bears its reason out."""

from typing import Any

import pytest

from matinee.events.schema import Recommendation
from matinee.models import MovieRecommendation, ReasonSentence
from matinee_app.recommending import _Screen


def shown(capsys: pytest.CaptureFixture[str], *tokens: str, sentences: Any = ()) -> str:
    pick = MovieRecommendation(
        movie_id="heat-1995",
        title="Heat",
        year=1995,
        description="A thief is hunted.",
        reasoning=" ".join(sentence.text for sentence in sentences),
        sentences=list(sentences),
        confidence=0.5,
    )
    screen = _Screen()
    for token in tokens:
        screen.words(token)
    screen.event(Recommendation(position=1, recommendation=pick))
    screen.end()
    return capsys.readouterr().out


PLOT = ReasonSentence(text="A thief is hunted.", support="catalogue", source="overview", quote="A thief")
OWN = ReasonSentence(text="It is superb.", support="model")


def test_a_card_names_what_bears_a_reason_out_and_counts_what_is_the_model_s_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    card = shown(capsys, sentences=[PLOT, OWN])
    assert "borne out by overview" in card
    assert "1 of 2 sentences the model's own" in card


def test_a_card_of_a_reason_that_is_wholly_borne_out_counts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    card = shown(capsys, sentences=[PLOT])
    assert "own" not in card
    assert "confidence 0.50" in card


@pytest.mark.parametrize(
    "tokens",
    [
        ["Heat (1995):", " A thief is hunted.", " It is superb."],
        ["Heat (1995):", *" A* thief* is* hunted.* It* is* superb.".split("*")],
    ],
)
def test_a_paragraph_is_printed_once_on_lines_of_its_own(tokens: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, *tokens, sentences=[PLOT, OWN]).splitlines()
    said = [line for line in lines if line.strip() and not line.startswith("    ")]
    assert said == ["Heat (1995): A thief is hunted. It is superb."]
