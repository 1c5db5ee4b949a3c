"""The order of the candidates where demands gave way."""

from typing import Any, Literal

import pytest
from langgraph.runtime import Runtime

from matinee.context import Context
from matinee.models import Candidate, Movie
from matinee.nodes.rerank import Rerank
from matinee.state import dumped
from matinee.understanding import Constraint, ConstraintField, Understanding
from tests.support.fakes import SharedWords, filled, memory_store
from tests.support.films import film

LONG = Constraint(field=ConstraintField.RUNTIME, op="at_least", value=120.0)
WESTERN = Constraint(field=ConstraintField.GENRES, op="any_of", value=["Western"])
NEITHER = film("Neither", 2001, genres=["Drama"], runtime=90, overview="A quiet rider.")
LENGTH_ALONE = film("Length Alone", 2002, genres=["Drama"], runtime=130, overview="A rider.")
GENRE_ALONE = film("Genre Alone", 2003, genres=["Western"], runtime=90, overview="A rider.")
BOTH = film("Both", 2004, genres=["Western"], runtime=130, overview="Nothing of the kind.")
BY_SCORE = [NEITHER, LENGTH_ALONE, GENRE_ALONE, BOTH]


async def order(relaxed: list[Constraint], rerank: Literal["none", "fused", "cross_encoder"] = "none") -> list[Movie]:
    """Return the films as reranked; before, their scores fall in the order of `BY_SCORE`."""
    store = await filled(memory_store(), BY_SCORE)
    candidates = [Candidate(movie=movie, score=-float(place)) for place, movie in enumerate(BY_SCORE)]
    state: Any = {
        "search": "a quiet rider",
        **dumped(understanding=Understanding(text="a quiet rider", relaxed=relaxed), candidates=candidates),
    }
    runtime: Any = Runtime(context=Context(rerank=rerank))
    left = await Rerank(store.movies, SharedWords())(state, runtime)
    return [Movie.model_validate(candidate["movie"]) for candidate in left["ranked"]]


async def test_where_nothing_gave_way_the_scores_decide() -> None:
    assert await order([]) == BY_SCORE


@pytest.mark.parametrize("rerank", ["none", "fused", "cross_encoder"])
async def test_films_that_meet_what_gave_way_come_first_whatever_the_scores(rerank: Any) -> None:
    found = await order([WESTERN], rerank)
    assert {movie.title for movie in found[:2]} == {GENRE_ALONE.title, BOTH.title}


async def test_among_films_that_meet_as_many_demands_that_gave_way_the_scores_decide() -> None:
    assert await order([WESTERN]) == [GENRE_ALONE, BOTH, NEITHER, LENGTH_ALONE]


async def test_of_several_demands_that_gave_way_each_counts() -> None:
    assert await order([WESTERN, LONG]) == [BOTH, LENGTH_ALONE, GENRE_ALONE, NEITHER]
