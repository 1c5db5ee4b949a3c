"""What the viewer's own ratings and those of others say is told to the model, judged and cited as such."""

from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.models import Candidate, Movie, Signal
from matinee.nodes.prompting import Asked, recommend_messages
from matinee.ratings.model import FOLDER
from matinee.ratings.training import install, learn
from matinee.ratings.user_ratings import open_viewer_ratings
from matinee.ratings.user_ratings_import import import_ratings
from matinee.reasons.rating_sources import near_by_ratings, told, told_by_others
from matinee.settings import Settings
from matinee.understanding import Mention, Understanding
from matinee_graphs.recommend import build_recommend_graph
from tests.support.fakes import parts_with
from tests.support.films import ARRIVAL, HEAT, MARTIAN, MOON
from tests.support.ratings import SEA, TALES, write_ratings

LIKE_ARRIVAL = Understanding(
    text="something like Arrival", mentions=[Mention(movie_id=ARRIVAL.movie_id, title="Arrival", words="Arrival")]
)
SAID = "Place 3 next to Arrival by other viewers' ratings"


def placed(movie: Movie, place: int | None) -> Candidate:
    return Candidate(movie=movie, receipt={"collaborative": Signal(rank=place, value=0.5)})


OFFERED = [placed(MOON, 3), placed(MARTIAN, 40), placed(HEAT, None), Candidate(movie=ARRIVAL)]


@pytest.mark.parametrize(("stars", "shown"), [(5.0, "5"), (1.5, "1.5"), (0.5, "0.5")])
def test_a_rating_is_told_in_stars_of_five(stars: float, shown: str) -> None:
    assert told(ARRIVAL, stars) == f"Rated Arrival (2016) {shown} of 5"


def test_only_of_the_films_that_ratings_put_nearest_is_it_told() -> None:
    assert told_by_others(OFFERED, LIKE_ARRIVAL) == {MOON.movie_id: SAID}
    own = told_by_others(OFFERED, Understanding(text="something for tonight"))
    assert own == {MOON.movie_id: "Place 3 next to what this viewer rated or liked by other viewers' ratings"}


def test_films_named_as_seen_or_liked_are_what_others_are_near_to() -> None:
    roles = ("like", "unlike", "seen", "shown", "like", "seen", "like")
    mentions = [Mention(movie_id=str(n), title=f"Film {n}", role=role) for n, role in enumerate(roles)]
    assert near_by_ratings(Understanding(text="x", mentions=mentions)) == ["Film 0", "Film 2", "Film 4"]


def test_the_prompt_tells_the_model() -> None:
    others = told_by_others(OFFERED, LIKE_ARRIVAL)
    text = recommend_messages(Asked(LIKE_ARRIVAL, OFFERED, Context(), others=others))[-1].text
    assert str(text).count(SAID) == 1
    assert "ratings" not in str(recommend_messages(Asked(LIKE_ARRIVAL, OFFERED, Context()))[-1].text)


async def test_through_the_graph_what_others_ratings_say_is_evidence_of_a_composed_reason(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat_model="none")
    parts = await parts_with(films=[*TALES, HEAT], settings=settings)
    learned = learn(write_ratings(tmp_path / "data"), settings.home / FOLDER)
    install(learned, settings.home / FOLDER)
    request = f"like {SEA[0].title}"
    final: dict[str, Any] = await build_recommend_graph(parts).ainvoke({"query": request}, context=Context(limit=2))
    cited = [e for pick in final["recommendations"] for e in pick["evidence"] if e["source"] == "rating:neighbours"]
    assert cited
    assert all(f"next to {SEA[0].title} by other viewers' ratings" in evidence["quote"] for evidence in cited)


async def reason(answer: str, folder: Path) -> dict[str, Any]:
    parts = await parts_with(f"[1] Moon (2009): {answer}")
    assert parts.collaborative is not None
    (folder / "export.csv").write_text("Name,Year,Rating\nArrival,2016,5\n")
    await import_ratings("ana", open_viewer_ratings(folder / "export.csv"), parts.store, parts.collaborative)
    graph = build_recommend_graph(parts)
    context = Context(user_id="ana", limit=1)
    final = await graph.ainvoke({"query": "science fiction about isolation on the moon"}, context=context)
    (pick,) = final["recommendations"]
    return dict(pick)


async def test_through_the_graph_a_viewer_s_own_rating_is_cited(tmp_path: Path) -> None:
    pick = await reason("It has a quiet heart. You gave Arrival five stars.", tmp_path)
    assert pick["reasoning"] == "It has a quiet heart. You gave Arrival five stars."
    assert [(s["support"], s["quote"]) for s in pick["sentences"]] == [
        ("model", ""),
        ("history", "Rated Arrival (2016) 5 of 5"),
    ]


async def test_through_the_graph_a_rating_that_nobody_gave_is_left_out(tmp_path: Path) -> None:
    pick = await reason("It has a quiet heart. You gave Heat five stars.", tmp_path)
    assert (pick["reasoning"], pick["reasoning_kind"]) == ("It has a quiet heart.", "partial")
