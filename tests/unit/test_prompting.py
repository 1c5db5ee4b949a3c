"""What the chat model gets to read of the films on offer."""

import pytest

from matinee.context import Context
from matinee.models import Candidate, Constraint, Understanding
from matinee.nodes.prompting import recommend_messages
from tests.support.films import film

LONG = film("Long", 1995, runtime=171, imdb_rating=8.3, overview="A thief meets a policeman.")


def prompt(*constraints: Constraint, hints: tuple[Constraint, ...] = ()) -> str:
    understood = Understanding(text="a film", constraints=list(constraints), hints=list(hints))
    return str(recommend_messages("a film", understood, [Candidate(movie=LONG)], [], Context())[-1].text)


def demand(field: str, value: float) -> Constraint:
    return Constraint.model_validate({"field": field, "op": "at_least", "value": value})


@pytest.mark.parametrize(
    ("field", "value", "told", "untold"),
    [("runtime", 150, "171 minutes", "IMDb 8.3"), ("imdb_rating", 8, "IMDb 8.3", "171 minutes")],
)
def test_a_figure_is_told_where_the_request_asks_for_it(field: str, value: float, told: str, untold: str) -> None:
    asked = demand(field, value)
    assert told in prompt(asked)
    assert untold not in prompt(asked)
    assert told in prompt(hints=(asked,))


def test_figures_that_nobody_asked_for_are_left_out() -> None:
    assert "171" not in prompt(demand("year", 1990))
    assert "8.3" not in prompt(demand("year", 1990))
