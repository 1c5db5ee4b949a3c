"""What a reason says of the viewer's own ratings: checked against those that they brought."""

from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.grounding.claims import ClaimChecker
from matinee.grounding.claims.ratings import told
from matinee.models import Understanding
from matinee.taste.own_ratings import import_ratings
from matinee.taste.ratings_viewer import open_viewer_ratings
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, HEAT, MOON

RATED = [told(ARRIVAL, 5.0), told(HEAT, 1.5)]
CHECKER = ClaimChecker(Understanding(text="quiet science fiction"), told=RATED)


@pytest.mark.parametrize(
    "claim",
    [
        "You rated Arrival 5.",
        "You gave Arrival five stars.",
        "You gave 5 stars to Arrival.",
        "You have rated Arrival (2016) 10 out of 10.",
        "You rated Arrival highly.",
        "You loved Arrival.",
        "You have seen Arrival.",
        "You rated Heat 1.5 of 5.",
        "You disliked Heat.",
        "Like Arrival, which you rated 5, it is about isolation.",
    ],
)
def test_a_rating_that_is_the_viewer_s_own_is_borne_out_by_it(claim: str) -> None:
    checked = CHECKER.check(claim, MOON)
    assert checked.text == claim
    assert "rating:viewer" in {evidence.source for evidence in checked.evidence}


@pytest.mark.parametrize(
    "claim",
    [
        "You rated Arrival 3.",
        "You gave Arrival four stars.",
        "You rated Arrival 5 out of 10.",
        "You rated Heat highly.",
        "You loved Heat.",
        "You disliked Arrival.",
        "You gave 5 stars to Heat.",
    ],
)
def test_another_rating_than_the_viewer_s_contradicts_it(claim: str) -> None:
    checked = CHECKER.check(claim, MOON)
    assert checked.text == ""
    assert checked.contradicted == [claim]


@pytest.mark.parametrize("claim", ["You rated Fargo 5.", "You rated it 5 stars.", "You gave it five stars."])
def test_a_rating_that_nobody_gave_is_cut(claim: str) -> None:
    assert CHECKER.check(claim, MOON).text == ""


def test_without_ratings_no_rating_is_borne_out() -> None:
    checker = ClaimChecker(Understanding(text="something like Arrival"))
    assert checker.check("You rated Arrival 5.", MOON).text == ""


async def reasons(answer: str, folder: Path) -> list[dict[str, Any]]:
    parts = await parts_with(answer)
    assert parts.collaborative is not None
    (folder / "export.csv").write_text("Name,Year,Rating\nArrival,2016,5\n")
    await import_ratings("ana", open_viewer_ratings(folder / "export.csv"), parts.home, parts.collaborative)
    context = Context.model_validate({"user_id": "ana", "limit": 1})
    graph = build_recommend_graph(parts)
    final = await graph.ainvoke({"query": "science fiction about isolation on the moon"}, context=context)
    picks: list[dict[str, Any]] = final["recommendations"]
    return picks


async def test_through_the_graph_a_viewer_s_rating_is_cited(tmp_path: Path) -> None:
    (pick,) = await reasons("[1] Moon (2009): It is about isolation. You rated Arrival 5.", tmp_path)
    assert "You rated Arrival 5." in pick["reasoning"]
    cited = [evidence for evidence in pick["evidence"] if evidence["source"] == "rating:viewer"]
    assert [evidence["quote"] for evidence in cited] == ["Rated Arrival (2016) 5 of 5"]


async def test_through_the_graph_a_rating_that_is_not_theirs_has_the_reason_written_anew(tmp_path: Path) -> None:
    (pick,) = await reasons("[1] Moon (2009): It is about isolation. You rated Arrival 2.", tmp_path)
    assert "Arrival 2" not in pick["reasoning"]
    assert pick["reasoning_kind"] == "facts"
