import pytest

from matinee.grounding.claims import ClaimChecker, Source, sentences
from matinee.models import Preference, Understanding
from tests.support.films import AMELIE, ARRIVAL, HEAT, MARTIAN

TOLD = Preference(preference_id="p1", user_id="ana", text="I like sci-fi with good characters")
CHECKER = ClaimChecker(Understanding(text="something thoughtful, like Contact"), [TOLD])


@pytest.mark.parametrize(
    "sentence",
    [
        "A linguist is called in by the army.",
        "Denis Villeneuve directs Amy Adams in a contemplative drama.",
        "It is a science fiction film about first contact.",
        "Like Contact, it looks at visitors and their language.",
        "You like good characters, and a linguist is at its heart.",
        "Made in 2016, it is about language.",
        "IMDb has it at 7.9.",
        "It is rated 7.9/10.",
        "It runs 116 minutes.",
    ],
)
def test_a_sentence_that_the_row_the_request_or_the_history_supports_stands(sentence: str) -> None:
    checked = CHECKER.check(sentence, ARRIVAL)
    assert checked.text == sentence
    assert checked.evidence[0].claim == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Steven Spielberg directs this story of language.",
        "Amy Adams won an Oscar for the linguist.",
        "It was released in 1998 and is about language.",
        "It is not a science-fiction film, nor a drama about language.",
        "This comedy about a linguist is light.",
        "It is rated 9.5/10, and about language.",
        "IMDb has it at 8.4.",
        "It runs 90 minutes, with language in it.",
        "A truly amazing masterpiece.",
        "It resembles Inception in its use of language.",
    ],
)
def test_a_sentence_that_nothing_supports_is_cut(sentence: str) -> None:
    checked = CHECKER.check(sentence, ARRIVAL)
    assert checked.text == ""
    assert checked.cut == [sentence]


def test_that_it_suits_the_request_stands_with_a_ground_that_the_viewer_asked_for() -> None:
    sentence = "It suits your request because it is a thoughtful look at language."
    thoughtful = ARRIVAL.model_copy(update={"keywords": [*ARRIVAL.keywords, "thoughtful"]})
    assert CHECKER.check(sentence, thoughtful).text == sentence


@pytest.mark.parametrize(
    "ground", ["it is directed by Denis Villeneuve", "it is a comedy", "it is a masterpiece of timeless beauty"]
)
def test_that_it_suits_the_request_falls_without_such_a_ground(ground: str) -> None:
    assert CHECKER.check(f"It suits your request because {ground}.", ARRIVAL).text == ""


def test_only_the_foreign_sentence_is_cut() -> None:
    checked = CHECKER.check("A thief is hunted in Los Angeles. Tom Hanks is moving.", HEAT)
    assert checked.text == "A thief is hunted in Los Angeles."


@pytest.mark.parametrize("movie", [ARRIVAL, MARTIAN, AMELIE, HEAT])
def test_quotes_are_exact(movie: object) -> None:
    checked = CHECKER.check(f"{movie.overview} {movie.directors[0]} directs.", movie)  # type: ignore[attr-defined, arg-type]
    assert len(checked.evidence) == 2
    for evidence in checked.evidence:
        field = getattr(movie, evidence.source)
        assert evidence.quote in field


def test_a_preference_is_cited_by_its_id() -> None:
    checked = CHECKER.check("You like good characters.", HEAT)
    assert [e.source for e in checked.evidence] == ["preference:p1"]
    assert checked.evidence[0].quote == TOLD.text


def test_abbreviations_initials_and_decimals_end_no_sentence() -> None:
    text = "Dr. Strange met J.J. Abrams. It got 7.9 points! Sammy Davis Jr., who sings, was glad. Really? “Yes.”"
    assert sentences(text) == [
        "Dr. Strange met J.J. Abrams.",
        "It got 7.9 points!",
        "Sammy Davis Jr., who sings, was glad.",
        "Really?",
        "“Yes.”",
    ]


def test_a_claim_of_a_sentence_is_cut_and_the_rest_of_it_stands() -> None:
    checked = CHECKER.check("It is a contemplative drama, and Amy Adams won an Oscar for it.", ARRIVAL)
    assert checked.text == "It is a contemplative drama."
    assert checked.cut == ["and Amy Adams won an Oscar for it."]


def test_a_contradicted_claim_is_reported_apart() -> None:
    checked = CHECKER.check("It is about language. It is not a science-fiction film. Bears dance in it.", ARRIVAL)
    assert checked.contradicted == ["It is not a science-fiction film."]


def test_ratings_are_cited_where_they_are_given() -> None:
    told = [Source("rating:neighbours", "Viewers of like taste gave it 4.4 of 5")]
    checker = ClaimChecker(Understanding(text="a drama"), told=told)
    assert checker.check("Viewers with your taste rated it highly.", ARRIVAL).evidence[0].source == "rating:neighbours"
    assert CHECKER.check("Viewers with your taste rated it highly.", ARRIVAL).text == ""


@pytest.mark.parametrize(
    "reason",
    [
        '"A man sails to Mars. A linguist is called in by the army."',
        'Plot: "An octopus swims. A linguist is called in by the army."',
    ],
)
def test_half_a_pair_of_quotation_marks_does_not_stay(reason: str) -> None:
    assert CHECKER.check(reason, ARRIVAL).text == "A linguist is called in by the army."
