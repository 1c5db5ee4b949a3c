"""Hundreds of made requests on the starter catalogue: every pick meets every demand, or it is told which gave way."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from matinee.context import Context
from matinee.index import open_store
from matinee.models import Movie
from matinee.query import TitleLookup, understand
from matinee.settings import Settings
from matinee.understanding import Constraint, Understanding
from matinee_graphs.parts import Parts, open_parts
from matinee_graphs.recommend import RecommendGraph, build_recommend_graph
from tests.support.demanding import Demand, Demanding, demanding_requests
from tests.support.fakes import SharedWords, filled, word_embedding
from tests.support.starter_films import starter_movies

REQUESTS = 300
AT_ONCE = 100
_READ = ["recommendations", "notices", "understanding"]
FILMS = starter_movies()
MADE = demanding_requests(list(FILMS.values()), REQUESTS)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The embedded engine, which enforces the demands, with models that only count words."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), chat_model="none")
    embedding = word_embedding()
    store = open_store(settings, embedding)
    asyncio.run(filled(store, list(FILMS.values())))
    yield open_parts(settings, embedding=embedding, store=store, cross_encoder=SharedWords())
    store.close()


@pytest.fixture(scope="module")
def titles(parts: Parts) -> TitleLookup:
    return asyncio.run(parts.titles.lookup())


def announced(demand: Constraint, left: Sequence[Constraint], films: Sequence[Movie], notices: str) -> bool:
    """Tell whether a notice names the demand, or the wider bound that all films meet."""
    wider = [c for c in left if (c.field, c.op, c.words) == (demand.field, demand.op, demand.words)]
    return (f"“{demand.words}”" if demand.words else demand.label) in notices or any(
        f"{c.value:g}" in notices and all(map(c.holds, films)) for c in wider if isinstance(c.value, float)
    )


def told_of(demand: Demand, films: Sequence[Movie], notices: str) -> bool:
    """Tell whether a notice quotes any of the demand's words, or says that what all films come near to counts."""
    quoted = " ".join(re.findall("“(.*?)”", notices)).casefold()
    near = all(map(demand.nearly, films)) and re.search(r"\bcounts? as well\b", notices)
    return bool(near) or any(word in quoted for word in re.findall(r"[\w-]{3,}", demand.words.casefold()))


async def broken(graph: RecommendGraph, titles: TitleLookup, made: Demanding) -> tuple[int, list[str]]:
    """Return how many picks came, and for each demand that one breaks unannounced a line that says so."""
    read = understand(made.text, titles).demands
    final = await graph.ainvoke({"query": made.text}, context=Context(), output_keys=_READ)
    films = [FILMS[pick["movie_id"]] for pick in final["recommendations"]]
    notices = "\n".join(final["notices"])
    left = Understanding.model_validate(final["understanding"]).constraints
    faults = [
        f"read and broken: {c.label}"
        for c in read
        if not all(map(c.holds, films))
        if not announced(c, left, films, notices)
    ]
    faults += [
        f"said and broken: {d.words}"
        for d in made.demands
        if not all(map(d.holds, films))
        if not told_of(d, films, notices)
    ]
    return len(films), [f"{made.text} | {fault}" for fault in faults]


def test_the_requests_are_of_all_kinds_and_the_same_for_the_same_seed() -> None:
    many = demanding_requests(list(FILMS.values()), 1000)
    assert [made.text for made in MADE] == [made.text for made in many[:REQUESTS]]
    assert len({made.text for made in many}) == 1000
    kinds = Counter(
        kind
        for made in many
        for kind in ("from the", "after", "minutes", "rated", "in French", "with", "nothing with", "no horror")
        if kind in made.text
    )
    assert min(kinds.values()) >= 20


@pytest.mark.parametrize("first", range(0, REQUESTS, AT_ONCE))
async def test_every_pick_meets_every_demand_or_it_is_told_which_gave_way(
    first: int, parts: Parts, titles: TitleLookup
) -> None:
    graph = build_recommend_graph(parts)
    picks, faults = 0, []
    for made in MADE[first : first + AT_ONCE]:
        count, found = await broken(graph, titles, made)
        picks += count
        faults += found
    assert faults == []
    assert picks > AT_ONCE
