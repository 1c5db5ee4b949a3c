"""A hundred requests against models that go wrong in every way; `benchmarks.grounding` runs thousands."""

import asyncio
from dataclasses import replace

import pytest

from benchmarks.grounding_judging import Course, follow
from matinee.context import Context
from matinee.llm.chat import Chat
from matinee.models import Movie
from matinee.settings import Settings
from matinee_graphs.parts import Parts
from tests.support.adversaries import WAYS, adversary
from tests.support.fakes import parts_with
from tests.support.requests import made_requests
from tests.support.starter_films import starter_movies, well_known_movies

EACH = 8
"""Requests for each of the fourteen models: 112 in all."""
FILMS = well_known_movies(500)


@pytest.fixture(scope="module")
def parts() -> Parts:
    return asyncio.run(parts_with(films=FILMS))


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Movie]:
    return {film.movie_id: film for film in FILMS}


@pytest.mark.parametrize("name", WAYS)
async def test_whatever_a_model_does_the_picks_stand_and_nothing_false_is_said_of_them(
    name: str, parts: Parts, catalogue: dict[str, Movie]
) -> None:
    chat = Chat(Settings(chat_model="none"), adversary(name))
    course = Course()
    for request in made_requests(FILMS, EACH, seed=len(name)):
        await follow(replace(parts, chat=chat), request, Context(rerank="none"), catalogue, course)
    got = course.validated
    assert course.requests == EACH
    assert got.picks > 2 * EACH
    assert got.in_catalogue == got.offered == got.within == got.picks
    assert course.short == 0
    assert got.sentences >= got.picks
    assert got.false == []  # no sentence that a fact of the catalogue contradicts is shown


def test_made_requests_are_all_different_and_the_same_for_the_same_seed() -> None:
    films = list(starter_movies().values())
    made = made_requests(films, 2000)
    assert len(set(made)) == 2000
    assert made_requests(films, 2000) == made
    assert made_requests(films, 50, seed=8) != made[:50]
