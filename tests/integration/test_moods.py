"""Requests of a mood and little else, on the starter catalogue with the real encoder and cross-encoder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matinee.context import Context
from matinee.settings import Settings
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.ranking import build_ranking_graph
from tests.support.copies import copy_home

GRIM = {"bleak", "disturbing", "harrowing", "brutal", "violent", "melancholy", "heartbreaking", "tragic", "grim"}
SUNNY = {"feel-good", "heartwarming", "uplifting", "light-hearted", "fun", "cheerful", "family friendly"}
LOUD = {"violent", "explosive", "adrenaline", "fast-paced", "frantic", "brutal"}


@pytest.fixture(scope="module")
def parts(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    opened = open_parts(Settings(home=copy_home(starter_home, tmp_path_factory.mktemp("moods") / "home")))
    yield opened
    opened.store.close()


@pytest.mark.parametrize(
    ("request_text", "opposite"),
    [
        ("an upbeat sci-fi", GRIM),
        ("something upbeat", GRIM),
        ("a cheerful comedy", GRIM),
        ("a feel-good movie about food", GRIM),
        ("an uplifting drama", GRIM - {"melancholy"}),
        ("a dark thriller", SUNNY),
        ("something dark", SUNNY),
        ("a tense thriller", SUNNY),
        ("quiet animation films", LOUD),
        ("a contemplative drama", LOUD),
    ],
)
async def test_none_of_the_films_shown_is_of_the_opposite_mood(
    parts: Parts, request_text: str, opposite: set[str]
) -> None:
    final = await build_ranking_graph(parts, keep=4).ainvoke({"query": request_text}, context=Context(model="none"))
    shown = {c["movie"]["title"]: set(c["movie"]["keywords"]) & opposite for c in final["ranked"]}
    assert len(shown) == 4
    assert not any(shown.values()), shown
