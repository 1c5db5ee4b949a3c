import pytest

from matinee.models import Constraint, Mention
from matinee.providers.evidence.wording import Wording
from matinee.providers.evidence.writer import EvidenceWriter
from tests.support.evidence_films import (
    BAKERY,
    HEIST,
    LIGHTHOUSE,
    NINETIES,
    REQUESTS,
    SIGNAL,
    SPEAKER,
    asked,
    demand,
    sources,
    told,
    written,
)


def test_a_mood_asked_for_is_met_by_a_keyword_that_speaks_of_it() -> None:
    reason = written(LIGHTHOUSE, "something thoughtful")
    assert {("keywords", "contemplative"), ("request", "thoughtful")} <= sources(reason)
    assert "thoughtful" in reason.text and "contemplative" in reason.text


def test_a_mood_is_not_claimed_for_a_row_without_it() -> None:
    assert "thoughtful" not in written(BAKERY, "something thoughtful").text


def test_a_keyword_in_the_viewers_own_words_is_told() -> None:
    assert {("keywords", "heist"), ("request", "heist")} <= sources(written(HEIST, "a good heist tonight"))


def test_what_the_viewer_would_rather_not_have_is_told_as_a_caution() -> None:
    reason = written(HEIST, "a thriller, not too violent")
    claim = next(e.claim for e in reason.evidence if e.quote == "violent")
    assert "“not too violent”" in claim
    assert ("request", "not too violent") in sources(reason)
    assert "violent" not in reason.text.replace(claim, "")


def test_a_word_of_the_request_that_stands_in_the_premise_is_pointed_at() -> None:
    reason = written(LIGHTHOUSE, "films about a lighthouse")
    assert ("request", "lighthouse") in sources(reason)
    assert "“lighthouse”" in reason.text


def test_a_runtime_is_told_when_the_request_bounds_it() -> None:
    limit = demand("runtime", "at_most", 120, "under two hours")
    reason = written(LIGHTHOUSE, asked("a drama under two hours", limit))
    assert ("runtime", "98") in sources(reason)
    assert "98 minutes" in reason.text and "two hours" in reason.text


def test_nothing_is_said_of_a_demand_that_the_film_breaks() -> None:
    limit = demand("runtime", "at_most", 90, "under 90 minutes")
    assert "minutes" not in written(LIGHTHOUSE, asked("a drama under 90 minutes", limit)).text


def test_the_year_is_told_when_the_request_bounds_it() -> None:
    assert ("year", "1994") in sources(written(LIGHTHOUSE, asked("a 90s drama", *NINETIES)))


def test_a_film_outside_the_years_asked_for_is_not_said_to_be_within() -> None:
    assert "90s" not in written(BAKERY, asked("a 90s comedy", *NINETIES)).text


@pytest.mark.parametrize(
    ("constraint", "quote"),
    [
        (demand("imdb_rating", "at_least", 7, "highly rated"), ("imdb_rating", "7.4")),
        (demand("metascore", "at_least", 80, "highly rated"), ("metascore", "81")),
    ],
)
def test_a_rating_asked_for_is_told(constraint: Constraint, quote: tuple[str, str]) -> None:
    reason = written(LIGHTHOUSE, asked("something highly rated", constraint))
    assert quote in sources(reason)
    assert quote[1] in reason.text


def test_a_striking_rating_is_told_unasked_and_a_middling_one_is_not() -> None:
    assert "8.7" in written(HEIST, "something for tonight").text
    assert "7.4" not in written(LIGHTHOUSE, "something for tonight").text


def test_a_language_asked_for_is_told_as_the_films_language() -> None:
    reason = written(BAKERY, REQUESTS[4])
    assert ("languages", "French") in sources(reason)


def test_a_second_language_is_not_passed_off_as_the_first() -> None:
    reason = written(SIGNAL, asked("in Mandarin", demand("languages", "any_of", ["Mandarin"], "in Mandarin")))
    claim = next(e.claim for e in reason.evidence if e.quote == "Mandarin")
    assert "English" in claim


def test_a_country_gets_its_article() -> None:
    reason = written(BAKERY, asked("an American film", demand("countries", "any_of", ["USA"], "American")))
    assert "France and the USA" in reason.text


@pytest.mark.parametrize(("field", "person"), [("directors", "Maeve O'Hara"), ("stars", "Iris Vale")])
def test_a_person_asked_for_is_named_once(field: str, person: str) -> None:
    reason = written(LIGHTHOUSE, asked(f"with {person}", demand(field, "any_of", [person], person)))
    assert (field, person) in sources(reason)
    assert reason.text.count(person) == 1


def test_who_watches_along_is_minded_where_the_row_speaks_to_it() -> None:
    reason = written(BAKERY, "a film with my grandmother")
    assert {("request", "with my grandmother"), ("keywords", "family friendly")} <= sources(reason)
    assert "family-friendly" in reason.text


def test_feel_good_is_not_taken_for_fit_for_children() -> None:
    grown_up = BAKERY.model_copy(update={"keywords": ["feel-good"]})
    assert "kids" not in written(grown_up, "a film for the kids").text


def test_a_film_named_is_compared_by_what_both_rows_have() -> None:
    reason = written(SPEAKER, REQUESTS[2], seeds=[SIGNAL])
    claim = next(e.claim for e in reason.evidence if e.source == "request" and "Signal" in e.quote)
    assert "The Long Signal" in claim
    assert {e.quote for e in reason.evidence if e.claim == claim} & {"Amy Adams", "first contact", "Sci-Fi"}


def test_a_film_named_without_its_row_is_not_compared() -> None:
    assert "The Long Signal" not in written(SPEAKER, REQUESTS[2]).text


def test_films_that_share_nothing_are_not_compared() -> None:
    assert "The Long Signal" not in written(BAKERY, REQUESTS[2], seeds=[SIGNAL]).text


def test_a_film_to_stay_away_from_is_no_recommendation() -> None:
    unlike = Mention(movie_id=SIGNAL.movie_id, title=SIGNAL.title, role="unlike", words="The Long Signal")
    request = asked("nothing like The Long Signal", mentions=[unlike])
    assert "The Long Signal" not in written(SPEAKER, request, seeds=[SIGNAL]).text


def test_a_preference_is_cited_in_the_viewers_own_words() -> None:
    note = told("I like sci-fi with good characters.")
    reason = written(SPEAKER, "something for tonight", [note])
    assert "“I like sci-fi with good characters”" in reason.text
    assert {("preference:7", note.text), ("genres", "Sci-Fi")} <= sources(reason)


@pytest.mark.parametrize(
    ("text", "support"),
    [
        ("Anything with Amy Adams", ("stars", "Amy Adams")),
        ("I love Villeneuve, and always have", ("directors", "Denis Villeneuve")),
        ("Give me melancholy", ("keywords", "melancholy")),
        ("Set in Montana, if possible", ("overview", "Montana")),
        ("Science fiction is what I love", ("genres", "Sci-Fi")),
    ],
)
def test_a_preference_is_met_by_people_keywords_genres_and_the_story(text: str, support: tuple[str, str]) -> None:
    reason = written(SIGNAL, "something for tonight", [told(text)])
    cited = {e.claim for e in reason.evidence if e.source == "preference:7"}
    assert support in {(e.source, e.quote) for e in reason.evidence if e.claim in cited}


@pytest.mark.parametrize(
    "text",
    [
        "I hate sci-fi",
        "Sci-fi is not for me",
        "I can’t stand sci-fi",
        "No sci-fi, please",
        "Sci-fi bores me",
        "I like my evenings quiet and my films short",
        "I love musicals",
    ],
)
def test_a_preference_that_the_row_does_not_support_is_not_cited(text: str) -> None:
    assert not [s for s, _ in sources(written(SPEAKER, "tonight", [told(text)])) if s.startswith("preference")]


def test_what_is_liked_beside_what_is_hated_may_still_be_cited() -> None:
    reason = written(SPEAKER, "tonight", [told("I hate horror but love anything with Amy Adams")])
    assert ("stars", "Amy Adams") in sources(reason)


@pytest.mark.parametrize("kind_", ["dislike", "seen"])
def test_a_film_disliked_or_seen_is_no_reason_to_watch(kind_: str) -> None:
    reason = written(SPEAKER, "tonight", [told("The Long Signal", kind_, SIGNAL.movie_id)], [SIGNAL])
    assert "The Long Signal" not in reason.text


def test_a_film_liked_is_named_with_what_both_rows_have() -> None:
    reason = written(SPEAKER, "tonight", [told("Liked The Long Signal", "like", SIGNAL.movie_id)], [SIGNAL])
    assert "liked" in reason.text and "The Long Signal" in reason.text
    assert {("preference:7", "Liked The Long Signal"), ("stars", "Amy Adams")} <= sources(reason)


def test_a_long_preference_is_named_by_the_word_that_matters() -> None:
    note = told(
        "What I look for on most evenings is a slow and careful film in which grief is allowed to take its time"
    )
    reason = written(LIGHTHOUSE, "tonight", [note])
    assert ("preference:7", note.text) in sources(reason)
    assert note.text not in reason.text


def test_an_answer_cites_a_preference_once_while_there_is_more_to_say() -> None:
    writer = EvidenceWriter(REQUESTS[0], [told("I like sci-fi with good characters")], [])
    text = "\n".join(writer.reason(movie).text for movie in (SIGNAL, SIGNAL.model_copy(update={"movie_id": "twin"})))
    assert text.count("good characters") == 1


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("like that but more upbeat", "upbeat", "more upbeat"),
        ("a feel good comedy", "feel-good", "feel good"),
        ("Zombies again", "zombie", "Zombies"),
        ("something funny, not sad", "sad", None),
        ("nothing too sad or slow", "slow", None),
        ("funny but without violence", "violence", None),
        ("I like horror that isn't gory", "horror", "horror"),
    ],
)
def test_a_word_asked_for_is_told_from_one_refused(text: str, word: str, said: str | None) -> None:
    span = Wording(text).asks(word)
    assert (span.text if span else None) == said


def test_a_title_in_the_request_asks_for_nothing() -> None:
    assert Wording("like Gentle Rain", ["Gentle Rain"]).asks("gentle") is None


def test_a_tag_of_the_decade_in_which_a_film_is_set_is_not_taken_for_when_it_was_made() -> None:
    escape = HEIST.model_copy(update={"year": 1979, "keywords": ["1960s", *HEIST.keywords]})
    assert "1960s" not in written(escape, "a thriller from the 1960s").text
