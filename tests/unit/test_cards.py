"""What the card of a pick says on the terminal about where its reason comes from."""

import pytest

from matinee.events.schema import Recommendation, Status
from matinee.models import MovieRecommendation, ReasoningKind
from matinee_app.recommending import _Screen


def card(capsys: pytest.CaptureFixture[str], model: str, kind: ReasoningKind) -> str:
    pick = MovieRecommendation(
        movie_id="heat-1995",
        title="Heat",
        year=1995,
        description="A thief is hunted.",
        reasoning="A thief is hunted in Los Angeles.",
        reasoning_kind=kind,
        confidence=0.5,
    )
    screen = _Screen()
    screen.event(Status(stage="generate", phase="begun", message=model, model=model, seconds=0, took=0))
    screen.event(Recommendation(position=1, recommendation=pick))
    screen.end()
    return capsys.readouterr().out


@pytest.mark.parametrize(("kind", "said"), [("partial", " · shortened"), ("facts", " · from facts")])
def test_a_reason_that_is_not_wholly_the_models_is_marked(
    capsys: pytest.CaptureFixture[str], kind: ReasoningKind, said: str
) -> None:
    assert card(capsys, "ollama:small", kind).rstrip().endswith(said)


def test_a_reason_by_the_model_is_not_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert card(capsys, "ollama:small", "model").rstrip().endswith("confidence 0.50")


@pytest.mark.parametrize("kind", ["partial", "facts"])
def test_where_no_model_writes_no_card_is_marked(capsys: pytest.CaptureFixture[str], kind: ReasoningKind) -> None:
    assert card(capsys, "none", kind).rstrip().endswith("confidence 0.50")
