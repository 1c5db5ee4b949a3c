"""A sentence is contradicted, supported or the model's own; it is shown whole or not at all."""

from dataclasses import replace
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.models import Evidence, Movie, Passage, Preference
from matinee.reasons.checker import Checker, Judged, Paragraph
from matinee.reasons.facts import Viewer
from tests.support.films import AMELIE, ARRIVAL, FARGO, FILMS, HEAT, MOON, PADDINGTON, UNKNOWN
from tests.support.reasons import checker_for, sentence_encoder, starter

VIEWER = Viewer(
    "something thoughtful about loneliness for a rainy night",
    [Preference(preference_id="p1", user_id="ana", text="I love stories about whales")],
    ["Rated Heat (1995) 5 of 5"],
)
CHECKER = checker_for(VIEWER)


def judged(text: str, film: Movie = ARRIVAL, checker: Checker = CHECKER, **options: Any) -> Judged:
    return replace(checker, **options).judge(text, film, FILMS)


@pytest.mark.parametrize(
    ("text", "film"),
    [
        ("A linguist is asked by the army to learn the language of the visitors.", ARRIVAL),
        ("A lone worker at a lunar mine begins to doubt what he was told.", MOON),
        ("It is directed by Denis Villeneuve, a drama with Amy Adams as the linguist.", ARRIVAL),
        ("A pregnant police chief follows the trail of an abducted wife through the snow.", FARGO),
    ],
)
def test_what_the_film_s_own_text_carries_is_supported_by_the_catalogue(text: str, film: Movie) -> None:
    verdict = judged(text, film)
    assert (verdict.verdict, verdict.support, verdict.shown) == ("supported", "catalogue", True)


@pytest.mark.parametrize(
    "text",
    [
        "It is the kind of film that you carry home with you.",
        "The sound design alone is worth the evening.",
        "Nobody shouts, and everything matters.",
        "It was shot in Montreal over a long, cold summer.",
    ],
)
def test_praise_tone_and_what_is_known_from_elsewhere_stay_as_the_model_s_own(text: str) -> None:
    verdict = judged(text)
    assert (verdict.verdict, verdict.support, verdict.shown) == ("own", "model", True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("This 1971 drama is a linguist's nightmare.", "2016"),
        ("It runs three hours and twenty minutes.", "116"),
        ("IMDb users give it 5.1.", "7.9"),
        ("Directed by Michael Mann, it is about language.", "Denis Villeneuve"),
        ("It is a slapstick comedy about a linguist.", "Sci-Fi"),
        ("It won the Oscar for Best Picture.", "winners"),
        ("You told me that you are a pilot.", "did not say"),
    ],
)
def test_a_sentence_with_a_false_fact_is_contradicted_and_left_out(text: str, why: str) -> None:
    verdict = judged(text)
    assert (verdict.verdict, verdict.shown) == ("contradicted", False)
    assert why in verdict.why_not


def test_a_false_fact_beside_true_ones_leaves_out_the_whole_sentence() -> None:
    true = "A linguist is called in by the army to learn the language of visitors"
    verdict = judged(f"{true}, in a film of 1971.")
    assert not judged(f"{true}.").why_not
    assert not judged(f"{true}, in this 1971 drama.").shown
    assert verdict.text.startswith(true)


@pytest.mark.parametrize(
    ("text", "film", "teller"),
    [
        ("A lone worker near the end of his years at a lunar mine doubts what he has been told.", ARRIVAL, MOON),
        ("A polite bear lands in prison for a theft, and his family sets out to clear his name.", HEAT, PADDINGTON),
        ("A shy waitress in Paris mends the lives of people around her in secret.", FARGO, AMELIE),
    ],
)
def test_another_film_s_plot_is_contradicted(text: str, film: Movie, teller: Movie) -> None:
    verdict = judged(text, film)
    assert (verdict.verdict, verdict.shown) == ("contradicted", False)
    assert teller.label in verdict.why_not
    assert judged(text, teller).shown


@pytest.mark.parametrize(
    "text",
    [
        "Like the careful thief and the detective in Heat, its people are alone with their work.",
        "Where Moon leaves a lone worker at a lunar mine, this one sends somebody to talk.",
    ],
)
def test_a_comparison_with_another_film_by_its_name_is_none_of_its_plot(text: str) -> None:
    assert judged(text).shown


def test_what_the_viewer_said_is_supported_by_it_word_for_word() -> None:
    asked = judged("You asked for something thoughtful about loneliness.")
    assert (asked.verdict, asked.support) == ("supported", "request")
    assert asked.evidence[0].source == "request"
    assert asked.evidence[0].quote in VIEWER.request
    told = judged("You love stories about whales, and this has something of their calm.")
    assert (told.support, told.evidence[0].source) == ("history", "preference:p1")
    rated = judged("You gave Heat five stars.")
    assert (rated.support, rated.evidence[0].source) == ("history", "rating:viewer")


@pytest.mark.parametrize("text", ["You rated Fargo highly.", "You loved Amélie."])
def test_a_rating_that_nobody_gave_is_contradicted(text: str) -> None:
    assert judged(text).verdict == "contradicted"


def test_strict_grounding_shows_supported_sentences_alone() -> None:
    for text in ("The sound design alone is worth the evening.", "It was shot in Montreal."):
        assert judged(text).shown
        verdict = judged(text, grounding="strict")
        assert (verdict.verdict, verdict.shown) == ("own", False)
    for text in (
        "A linguist is asked by the army to learn the language of the visitors.",
        "You asked for something thoughtful.",
    ):
        assert judged(text, grounding="strict").shown


def test_strict_spoilers_show_nothing_of_the_plot() -> None:
    plot = "A linguist is asked by the army to learn the language of the visitors."
    assert not judged(plot, spoilers="strict").shown
    for text in ("It is directed by Denis Villeneuve.", "It is a quiet wonder.", "It runs 116 minutes."):
        assert judged(text, spoilers="strict").shown


def test_a_sentence_that_gives_the_ending_away_is_left_out() -> None:
    verdict = judged("In the end he drowns himself in the lake.", MOON)
    assert not verdict.shown
    assert "ending" in verdict.why_not


FOREIGN = [
    "Eine Linguistin lernt die Sprache der Besucher, und das ist sehr schön.",
    "Une linguiste apprend la langue des visiteurs, et c'est très beau.",
    "Лингвист учит язык пришельцев.",
    "一位语言学家学习访客的语言。",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_sentence_in_another_language_is_left_out_unless_the_request_is_in_one(text: str) -> None:
    verdict = judged(text)
    assert not verdict.shown
    assert "language" in verdict.why_not
    foreign = checker_for("etwas Ruhiges über die Einsamkeit, das nicht zu lang ist")
    assert judged(text, checker=foreign).shown


@pytest.mark.parametrize("text", ["Arrival (2016).", "Arrival.", "It is Arrival (2016)!", "*Arrival*"])
def test_a_sentence_that_only_names_its_film_says_nothing(text: str) -> None:
    verdict = judged(text)
    assert not verdict.shown
    assert "nothing" in verdict.why_not


@pytest.mark.parametrize(
    "text", ["", " ", "?!", "\x00\x1b[31m", "9" * 700, "word " * 150, "(" * 700, "\u202eabc\u202c"]
)
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = judged(text)
    assert verdict.text == text
    assert verdict.verdict in ("contradicted", "supported", "own")


@pytest.mark.parametrize("piece", ["A", "é", "Aa ", "word ", "in the 2000 ", "won the Oscar ", "like a "])
def test_a_sentence_without_end_is_left_out_at_once(piece: str) -> None:
    began = process_time()
    verdict = judged(piece * 20_000)
    assert not verdict.shown
    assert judged(piece * (800 // len(piece))).verdict
    assert process_time() - began < 1.0  # read to its end, it would take minutes


@pytest.mark.parametrize("film", [UNKNOWN, Movie(movie_id="x", title="???")])
def test_of_a_film_of_which_nothing_is_known_nothing_is_supported_or_denied(film: Movie) -> None:
    for text in (
        "It won an award.",
        "Released in 1950, it runs two hours.",
        "Directed by Michael Mann, it is a western.",
    ):
        verdict = judged(text, film)
        assert (verdict.verdict, verdict.support) == ("own", "model")


BANK = "At noon the crew walks into the bank with sacks full of rifles."
WRITTEN = {
    HEAT.movie_id: [
        Passage(source="plot", position=0, text=f"{BANK} They wear hockey masks."),
        Passage(source="plot", position=7, text="Eady packs the yellow suitcase at dawn and waits by the car."),
    ]
}


def test_what_is_written_of_the_film_at_length_is_quoted_as_far_as_it_may_be_told() -> None:
    told = judged("The crew walks into the bank at noon with sacks full of rifles.", HEAT, written=WRITTEN)
    assert told.verdict == "supported"
    assert [e.quote for e in told.evidence if e.source == "plot"] == [BANK]
    late = "Eady packs the yellow suitcase at dawn and waits by the car."
    assert judged(late, HEAT, written=WRITTEN).verdict != "supported"
    assert judged(late, HEAT, written=WRITTEN, half_remembered=True).evidence[0].quote == late


def stands(evidence: Evidence, film: Movie) -> bool:
    """Tell whether a quote stands word for word in the source that it names."""
    if not evidence.quote:
        return False
    if evidence.source in Movie.model_fields:
        value = getattr(film, evidence.source)
        return evidence.quote in (value if isinstance(value, list) else str(value))
    told = dict(VIEWER.texts)
    return evidence.source == "records" or evidence.quote in told.get(evidence.source, "")


PIECES = st.sampled_from(
    [
        *("a linguist learns the language of visitors", "a drama", "in 2016", "116 minutes", "rated 7.9 on IMDb"),
        *(
            "directed by Denis Villeneuve",
            "Amy Adams",
            "you asked for something thoughtful",
            "You gave Heat five stars",
        ),
        *(
            "you love stories about whales",
            "won an Oscar",
            "a true story",
            "like Heat",
            "first contact",
            ", ",
            ". ",
            "!",
        ),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=6).map(" ".join), st.sampled_from([ARRIVAL, MOON, HEAT]))
@settings(max_examples=60, deadline=None)
def test_every_quote_stands_in_its_source_and_claims_the_sentence(text: str, film: Movie) -> None:
    verdict = judged(text, film)
    assert verdict.text == text
    assert all(evidence.claim == text for evidence in verdict.evidence)
    assert [evidence for evidence in verdict.evidence if not stands(evidence, film)] == []
    assert bool(verdict.evidence) or verdict.verdict != "supported"


def test_every_film_of_the_starter_bears_out_its_own_overview() -> None:
    checker = checker_for("a film")
    films = list(starter().values())[::23]
    told = [(film, film.overview.split(". ")[0].rstrip(".") + ".") for film in films]
    assert [text for film, text in told if not checker.judge(text, film, FILMS).shown] == []
    supported = sum(checker.judge(text, film, FILMS).verdict == "supported" for film, text in told)
    assert supported >= 0.9 * len(told)


def shown(*sentences: tuple[str, bool]) -> list[str]:
    paragraph = Paragraph()
    placed = [paragraph.add(Judged(text, "own", shown=stays)) for text, stays in sentences]
    return [sentence.text for sentence in placed if sentence.shown]


@pytest.mark.parametrize(
    "orphan",
    [
        "He is brilliant.",
        "Their feud is funny.",
        "Both are brilliant.",
        "The two never meet.",
        "She, too, has a secret.",
    ],
)
def test_a_sentence_whose_pronoun_lost_its_subject_goes_too(orphan: str) -> None:
    assert shown(("Tom Hanks plays the lead.", False), (orphan, True), ("It looks great.", True)) == ["It looks great."]
    assert shown(("Amy Adams plays the lead.", True), (orphan, True)) == ["Amy Adams plays the lead.", orphan]
    assert shown((orphan, True)) == [orphan]


def test_a_chain_of_orphans_goes_with_its_subject() -> None:
    assert shown(
        ("Tom Hanks plays.", False), ("He sings.", True), ("His voice is fine.", True), ("Snow falls.", True)
    ) == ["Snow falls."]


@pytest.mark.parametrize("text", ["It looks great.", "This is a quiet film.", "Hermit or not, the man is funny."])
def test_what_speaks_of_the_film_needs_no_sentence_before_it(text: str) -> None:
    assert shown(("Tom Hanks plays the lead.", False), (text, True)) == [text]


def test_films_are_embedded_ahead_of_the_first_sentence() -> None:
    CHECKER.prepare([ARRIVAL, UNKNOWN])
    assert ARRIVAL.overview in sentence_encoder()._known
