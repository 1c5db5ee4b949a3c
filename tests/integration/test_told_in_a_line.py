"""Films told in a line, found with the real encoder and cross-encoder in the starter catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matinee.context import Context
from matinee.settings import Settings
from matinee_app.evaluation.requests import read_requests
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.ranking import build_ranking_graph
from tests.support.copies import copy_home

REQUESTS = read_requests(Path(__file__).parents[2] / "benchmarks" / "requests" / "short.jsonl")[::4]


@pytest.fixture(scope="module")
def parts(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    opened = open_parts(Settings(home=copy_home(starter_home, tmp_path_factory.mktemp("told") / "home")))
    yield opened
    opened.store.close()


async def test_nine_of_ten_films_are_among_the_four_that_are_shown(parts: Parts) -> None:
    graph = build_ranking_graph(parts, keep=4)
    missed = []
    for request in REQUESTS:
        final = await graph.ainvoke({"query": request.query}, context=Context(model="none"))
        if not {candidate["movie"]["movie_id"] for candidate in final["ranked"]} & set(request.gold):
            missed.append(request.query)
    assert len(missed) <= len(REQUESTS) / 10, missed
