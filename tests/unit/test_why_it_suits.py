"""A model's reason that only tells the plot is completed with why the film suits the request, from the row."""

from typing import Any

import pytest

from matinee.context import Context
from matinee.grounding.claims import ClaimChecker
from matinee.models import Movie, Understanding
from matinee.providers.evidence.writer import EvidenceWriter
from matinee.understanding import understand
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, HEAT, film
from tests.support.understanding import title_lookup

MELANCHOLY = film("Slow Harbour", 2001, runtime=96, genres=["Drama"], keywords=["melancholy", "seaside", "loneliness"])
PLOT = "A widow keeps a ferry running through the winter."


def asked(text: str) -> Understanding:
    return understand(text, title_lookup(), this_year=2024)


def why(text: str, said: str, movie: Movie = MELANCHOLY) -> str | None:
    written = EvidenceWriter(asked(text)).why(movie, said)
    return written.text if written else None


@pytest.mark.parametrize("text", ["something melancholy", "a film under two hours", "a drama about loneliness"])
def test_a_plot_alone_is_completed_by_what_the_request_asks_for(text: str) -> None:
    written = EvidenceWriter(asked(text)).why(MELANCHOLY, PLOT)
    assert written is not None
    assert written.text.endswith(".")
    assert {e.source for e in written.evidence} & {"keywords", "runtime"}
    assert ClaimChecker(asked(text)).check(written.text, MELANCHOLY).cut == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("something melancholy", "It is as melancholy as you asked."),
        ("a film under two hours", "It takes only 96 minutes."),
        ("something for tonight", PLOT),
        ("a musical", PLOT),
    ],
)
def test_nothing_is_added_where_it_is_told_already_or_nothing_is_known_to_fit(text: str, said: str) -> None:
    assert why(text, said) is None


def test_no_two_picks_of_an_answer_are_completed_in_the_same_words() -> None:
    writer = EvidenceWriter(asked("something melancholy"))
    films = [
        MELANCHOLY,
        MELANCHOLY.model_copy(update={"movie_id": "2"}),
        MELANCHOLY.model_copy(update={"movie_id": "3"}),
    ]
    said = [written.text for movie in films if (written := writer.why(movie, PLOT))]
    assert len(set(said)) == len(films)


async def picks(answer: str, query: str, **options: Any) -> list[dict[str, Any]]:
    graph = build_recommend_graph(await parts_with(answer))
    final = await graph.ainvoke({"query": query}, context=Context.model_validate({"limit": 1, **options}))
    found: list[dict[str, Any]] = final["recommendations"]
    return found


async def test_through_the_graph_the_reason_says_so_and_cites_it() -> None:
    plot = ARRIVAL.overview.partition(". ")[0].rstrip(".") + "."
    (pick,) = await picks(f"[1] Arrival (2016): {plot}", "science fiction about language under two hours")
    assert pick["reasoning"].startswith(plot)
    assert pick["reasoning_kind"] == "completed"
    added = pick["reasoning"].removeprefix(plot).strip()
    assert added
    assert {e["source"] for e in pick["evidence"] if e["claim"] in added} - {"overview"}


async def test_a_reason_that_says_why_is_left_as_the_model_wrote_it() -> None:
    reason = "It is a crime drama directed by Michael Mann."
    (pick,) = await picks(f"[1] Heat (1995): {reason}", "something by Michael Mann")
    assert HEAT.title == pick["title"]
    assert (pick["reasoning"], pick["reasoning_kind"]) == (reason, "model")
