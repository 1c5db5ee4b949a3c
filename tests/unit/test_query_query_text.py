"""The words to search with, how much a request describes, and whether it wants films of one series."""

import pytest

from matinee.query.query_text import completed, search_text, search_words
from matinee.understanding import Constraint, Mention, Understanding
from tests.support.films import ARRIVAL, MOON


def named(text: str, *words: str, role: str = "like") -> Understanding:
    mentions = [Mention.model_validate({"movie_id": w, "title": w, "role": role, "words": w}) for w in words]
    return completed(Understanding(text=text, mentions=mentions))


def demanding(text: str, *words: str, op: str = "any_of") -> Understanding:
    demands = [
        Constraint.model_validate({"field": "genres", "op": op, "value": [word], "words": word, "span": span})
        for word in words
        if (span := (text.index(word), text.index(word) + len(word)))
    ]
    return completed(Understanding(text=text, constraints=demands))


def plain(text: str) -> Understanding:
    return completed(Understanding(text=text))


@pytest.mark.parametrize(
    ("request_text", "words"),
    [
        ("Hello! Can you recommend me something good?", ""),
        ("a heist gone wrong in a bank", "heist gone wrong bank"),
        ("I'd like a movie about a lighthouse keeper, please", "lighthouse keeper"),
        ("I don’t know, I'm into samurai", "samurai"),
        ("[TOMT][MOVIE][2000s] clay rabbit", "clay rabbit"),
        ("[a note that is left open about a clay rabbit", "note left clay rabbit"),
        ("the best of the Best", ""),
        ("a b c", ""),
        ("", ""),
        ("Kurosawa's films", "Kurosawa's"),
        ("un été à Paris", "un été Paris"),
        ("七人の侍", "七人の侍"),
    ],
)
def test_small_talk_and_tags_are_no_words_to_search_with(request_text: str, words: str) -> None:
    assert search_words(plain(request_text)) == words


def test_titles_named_are_no_words_to_search_with_but_films_shown_before_are() -> None:
    assert search_words(named("like Heat, in the snow", "Heat")) == "snow"
    assert search_words(named("Heat in the snow", "Heat", role="shown")) == "Heat snow"


def test_of_two_titles_one_within_the_other_the_longer_is_taken_out_whole() -> None:
    assert search_words(named("Alien and Aliens in space", "Alien", "Aliens")) == "space"


def test_films_wanted_are_spelt_out_by_what_they_are_about() -> None:
    said = search_text(named("something like Moon", "Moon"), [MOON])
    assert said == "something like. isolation, lonely, contemplative, Drama, Mystery, Sci-Fi"


def test_a_request_that_names_no_film_or_one_half_remembered_is_its_own_text() -> None:
    assert search_text(plain("a quiet film"), []) == "a quiet film"
    half = named("what was it called, like Arrival", "Arrival").model_copy(update={"intent": "identify"})
    assert search_text(half, [ARRIVAL]) == half.text


@pytest.mark.parametrize(
    "understood",
    [
        plain("Hi, can you recommend something?"),
        demanding("a comedy", "comedy"),
        named("like Heat", "Heat"),
        plain(""),
        plain("???"),
    ],
    ids=lambda understood: understood.text,
)
def test_small_talk_demands_and_titles_describe_nothing(understood: Understanding) -> None:
    assert understood.specificity == 0


def test_a_request_of_telling_words_describes_what_it_wants_wholly() -> None:
    assert plain("a heist gone wrong").specificity == 1


def test_four_words_are_anybodys_to_ask_with() -> None:
    assert plain("a movie about chess").specificity == 1


def test_a_word_narrower_than_the_genre_it_is_read_as_is_searched_for_as_well() -> None:
    heist, crime = (demanding(f"a {word} film, please", word) for word in ("heist", "crime"))
    assert heist.specificity == 1 and crime.specificity == 0


def test_what_is_refused_is_not_searched_for() -> None:
    refused = demanding("a thriller without violence", "violence", op="none_of")
    assert search_words(refused) == "thriller"


def test_the_more_small_talk_there_is_around_a_word_the_less_is_described() -> None:
    asking = ("samurai", "a film about samurai", "hello, I would like to see a film about samurai please, thank you")
    described = [plain(text).specificity for text in asking]
    assert described == sorted(described, reverse=True)
    assert 1 == described[0] > described[-1] > 0


def test_a_word_that_is_demanded_is_not_described_as_well() -> None:
    text = "I want to see a comedy about samurai"
    assert 0 < demanding(text, "comedy").specificity < plain(text).specificity


@pytest.mark.parametrize("more", ["", ", gripping", ", gripping and slow", ", gripping and slow with submarines"])
def test_never_more_than_everything_is_described(more: str) -> None:
    assert 0 <= plain(f"samurai{more}").specificity <= 1


@pytest.mark.parametrize(
    ("request_text", "wanted"),
    [
        ("all the Rocky sequels", True),
        ("a good horror franchise to binge", True),
        ("a TRILOGY", True),
        ("film trilogies", True),
        ("the first instalment and the second installment", True),
        ("a saga of two families", True),
        ("something serious", False),
        ("a prequelless film", False),
        ("one good film", False),
    ],
)
def test_films_of_one_series_may_be_asked_for(request_text: str, wanted: bool) -> None:
    assert plain(request_text).series is wanted


def test_a_series_in_a_title_is_none_asked_for() -> None:
    assert not named("like A Series of Unfortunate Events", "A Series of Unfortunate Events").series
