"""What other viewers' ratings say of a film is told, checked and cited as such."""

from pathlib import Path
from typing import Any

import pytest

from matinee.context import Context
from matinee.grounding.claims import ClaimChecker
from matinee.grounding.claims.ratings import told_by_others
from matinee.models import Candidate, Mention, Movie, Signal, Understanding
from matinee.nodes.prompting import recommend_messages
from matinee.providers.evidence.writer import EvidenceWriter
from matinee.settings import Settings
from matinee.taste.ratings_ingest import learn, store
from matinee.taste.ratings_model import FOLDER
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
OTHERS = told_by_others(OFFERED, LIKE_ARRIVAL)


def test_only_the_films_that_ratings_put_nearest_have_something_told_of_them() -> None:
    assert {movie_id: source.text for movie_id, source in OTHERS.items()} == {MOON.movie_id: SAID}
    own = told_by_others(OFFERED, Understanding(text="something for tonight"))
    assert own[MOON.movie_id].text == "Place 3 next to what this viewer rated or liked by other viewers' ratings"


@pytest.mark.parametrize(
    "claim",
    [
        "Other viewers' ratings put it close to Arrival.",
        "Viewers who liked Arrival rated this one highly, too.",
        "People who love Arrival enjoy it.",
    ],
)
def test_a_claim_about_them_stands_for_the_film_of_which_it_is_known(claim: str) -> None:
    checker = ClaimChecker(LIKE_ARRIVAL, told_of=OTHERS)
    checked = checker.check(claim, MOON)
    assert checked.text == claim
    assert ("rating:neighbours", SAID) in [(e.source, e.quote) for e in checked.evidence]
    assert checker.check(claim, MARTIAN).text == ""


def test_more_than_the_place_is_not_borne_out() -> None:
    checker = ClaimChecker(LIKE_ARRIVAL, told_of=OTHERS)
    assert "4.5" not in checker.check("Viewers who liked Arrival gave it 4.5 of 5.", MOON).text
    assert checker.check("Audiences everywhere adore it.", MOON).text == ""


def test_the_composed_reason_names_it_and_cites_it() -> None:
    bare = MOON.model_copy(update={"keywords": [], "stars": [], "directors": [], "genres": []})
    reason = EvidenceWriter(LIKE_ARRIVAL, seeds=[ARRIVAL], others=OTHERS).reason(bare)
    assert "viewers' ratings" in reason.text
    assert [(e.source, e.quote) for e in reason.evidence if e.source.startswith("rating")] == [
        ("rating:neighbours", SAID)
    ]
    checked = ClaimChecker(LIKE_ARRIVAL, told_of=OTHERS).check(reason.text, bare)
    assert checked.cut == []


def test_the_prompt_tells_the_model() -> None:
    text = recommend_messages("like Arrival", LIKE_ARRIVAL, OFFERED, [], Context(), others=OTHERS)[-1].text
    assert str(text).count(SAID) == 1
    assert "ratings" not in str(recommend_messages("like Arrival", LIKE_ARRIVAL, OFFERED, [], Context())[-1].text)


async def test_through_the_graph_what_ratings_say_is_evidence(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat_model="none")
    parts = await parts_with(films=[*TALES, HEAT], settings=settings)
    learned = learn(write_ratings(tmp_path / "data"), settings.home / FOLDER)
    await store(learned, settings.home / FOLDER, parts.home.viewers)
    request = f"like {SEA[0].title}"
    final: dict[str, Any] = await build_recommend_graph(parts).ainvoke({"query": request}, context=Context(limit=2))
    cited = [e for pick in final["recommendations"] for e in pick["evidence"] if e["source"] == "rating:neighbours"]
    assert cited
    assert all(f"next to {SEA[0].title} by other viewers' ratings" in evidence["quote"] for evidence in cited)
    assert all("viewers' ratings" in evidence["claim"] for evidence in cited)
