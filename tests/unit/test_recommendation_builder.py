"""Only what was offered, within the demands, once, with sentences that may be shown, becomes a recommendation."""

import pytest

from matinee.models import Candidate, Evidence, Movie, MovieRecommendation, ReasonSentence
from matinee.reasons.answer_events import Heading
from matinee.reasons.checker import Judged
from matinee.reasons.composer import Composed
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.title_matching import Fault
from matinee.understanding import Constraint, Mention, Understanding
from tests.support.films import ARRIVAL, FARGO, HEAT, MARTIAN, MOON, film

ANY = Understanding(text="a film")
FILMS = [ARRIVAL, MOON, HEAT, FARGO]


def composed(candidate: Candidate) -> Composed:
    movie = candidate.movie
    said = ReasonSentence(
        text=f"It is a drama called {movie.title}.", support="catalogue", source="title", quote=movie.title
    )
    return Composed([said], [Evidence(claim=said.text, source=said.source, quote=said.quote)])


def builder(
    understood: Understanding = ANY, limit: int = 3, films: list[Movie] = FILMS, **more: object
) -> RecommendationBuilder:
    return RecommendationBuilder([Candidate(movie=f) for f in films], understood, limit, composed, **more)  # type: ignore[arg-type]


def heading(movie: Movie) -> Heading:
    return Heading(None, "none", movie.title, movie.year)


def supported(text: str, quote: str = "army") -> Judged:
    return Judged(text, "supported", "catalogue", (Evidence(claim=text, source="overview", quote=quote),))


def own(text: str) -> Judged:
    return Judged(text, "own")


def left_out(text: str) -> Judged:
    return Judged(text, "contradicted", shown=False, why_not="it is false")


def built(making: RecommendationBuilder, movie: Movie, *sentences: Judged) -> MovieRecommendation:
    assert making.open(heading(movie)) == movie
    for sentence in sentences:
        making.add(sentence)
    pick = making.close()
    assert pick is not None
    return pick


def refused(making: RecommendationBuilder, heading: Heading) -> str:
    fault = making.open(heading)
    assert isinstance(fault, Fault)
    assert making.faults[-1] == fault
    assert making.film is None
    return fault


def test_a_pick_has_the_film_s_own_facts_and_the_sentences_as_they_were_judged() -> None:
    pick = built(builder(), ARRIVAL, supported("The army calls a linguist."), own("It is a wonder."))
    assert (pick.title, pick.year, pick.movie_id, pick.runtime) == ("Arrival", 2016, ARRIVAL.movie_id, 116)
    assert pick.reasoning == "The army calls a linguist. It is a wonder."
    assert [(s.text, s.support, s.source, s.quote) for s in pick.sentences] == [
        ("The army calls a linguist.", "catalogue", "overview", "army"),
        ("It is a wonder.", "model", "", ""),
    ]
    assert [e.claim for e in pick.evidence] == ["The army calls a linguist."]
    assert pick.reasoning_kind == "model"
    assert pick.description == ARRIVAL.overview


def test_a_sentence_that_may_not_be_shown_leaves_nothing_behind() -> None:
    pick = built(builder(), ARRIVAL, own("It is a wonder."), left_out("It was made in 1950."))
    assert (pick.reasoning, pick.reasoning_kind) == ("It is a wonder.", "partial")
    assert "1950" not in pick.model_dump_json()


@pytest.mark.parametrize("sentences", [[], [left_out("It was made in 1950.")]], ids=["none", "a false one"])
def test_where_no_sentence_may_be_shown_the_reason_is_composed(sentences: list[Judged]) -> None:
    pick = built(builder(), ARRIVAL, *sentences)
    assert (pick.reasoning, pick.reasoning_kind) == ("It is a drama called Arrival.", "facts")
    assert [(s.text, s.source) for s in pick.sentences] == [("It is a drama called Arrival.", "title")]


def test_a_sentence_whose_subject_was_left_out_goes_with_it() -> None:
    making = builder()
    making.open(heading(ARRIVAL))
    making.add(left_out("Tom Hanks plays a pilot."))
    assert not making.add(own("He has never been better.")).shown
    assert not making.shows
    assert making.add(own("The sound is a marvel.")).shown
    pick = making.close()
    assert pick is not None
    assert pick.reasoning == "The sound is a marvel."


def test_a_film_that_was_not_offered_cannot_be_opened() -> None:
    assert "not among the films offered" in refused(builder(), Heading(None, "none", "Inception", 2010))


def test_a_film_is_recommended_once() -> None:
    making = builder()
    built(making, MOON)
    assert "named twice" in refused(making, heading(MOON))
    again = builder(picks=making.picks)
    assert "named twice" in refused(again, heading(MOON))


def test_no_more_films_than_asked_for_are_recommended() -> None:
    making = builder(limit=1)
    built(making, MOON)
    assert making.full
    assert "one more than the 1 asked for" in refused(making, heading(HEAT))


def test_a_film_that_breaks_a_demand_cannot_be_opened() -> None:
    short = Understanding(text="x", constraints=[Constraint(field="runtime", op="at_most", value=120)])
    assert "runtime at most 120" in refused(builder(short), heading(HEAT))
    assert built(builder(short), MOON).satisfied == ["runtime at most 120"]


def test_a_film_that_the_request_names_cannot_be_opened() -> None:
    like = Understanding(text="like Moon", mentions=[Mention(movie_id=MOON.movie_id, title="Moon")])
    assert "the request itself names" in refused(builder(like), heading(MOON))


def test_the_rest_is_filled_up_with_the_best_that_can_stand() -> None:
    short = Understanding(
        text="like Arrival",
        constraints=[Constraint(field="runtime", op="at_most", value=150)],
        mentions=[Mention(movie_id=ARRIVAL.movie_id, title="Arrival")],
    )
    making = builder(short, limit=3, films=[ARRIVAL, MOON, HEAT, FARGO, MARTIAN])
    built(making, MARTIAN, own("It is a joy."))
    assert [pick.title for pick in making.fill()] == ["Moon", "Fargo"]
    assert [pick.title for pick in making.picks] == ["The Martian", "Moon", "Fargo"]
    assert {pick.reasoning_kind for pick in making.picks[1:]} == {"facts"}


def test_what_the_model_claims_of_its_confidence_is_noted_once_and_decides_nothing() -> None:
    making = builder()
    making.open(heading(MOON))
    making.sure(0.9)
    making.sure(0.1)
    pick = making.close()
    assert pick is not None
    assert (pick.model_confidence, pick.confidence) == (0.9, 0.0)
    assert built(making, HEAT).model_confidence is None


@pytest.mark.parametrize(("spoilers", "shown"), [("premise", "A thief is hunted."), ("strict", "Who hunts whom?")])
def test_under_strict_spoilers_the_tagline_stands_in_for_the_overview(spoilers: str, shown: str) -> None:
    movie = film("Hunted", 1999, overview="A thief is hunted.", tagline="Who hunts whom?")
    assert built(builder(films=[movie], spoilers=spoilers), movie).description == shown


def test_closing_without_a_film_gives_nothing() -> None:
    assert builder().close() is None
