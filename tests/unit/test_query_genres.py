"""Genres wanted and refused."""

import pytest

from matinee.models import GENRES
from matinee.query import TitleLookup, understand

NO_TITLES = TitleLookup([])


def genres(request: str) -> set[tuple[str, tuple[str, ...]]]:
    found = understand(request, NO_TITLES, this_year=2024).constraints
    return {(c.op, tuple(sorted(c.value))) for c in found if c.field == "genres" and isinstance(c.value, list)}


@pytest.mark.parametrize(
    ("words", "genre"),
    [
        ("sci-fi", "Sci-Fi"),
        ("sci fi", "Sci-Fi"),
        ("scifi", "Sci-Fi"),
        ("science fiction", "Sci-Fi"),
        ("Science-Fiction", "Sci-Fi"),
        ("whodunit", "Mystery"),
        ("whodunnit", "Mystery"),
        ("noir", "Film-Noir"),
        ("biopic", "Biography"),
        ("cartoon", "Animation"),
        ("slasher", "Horror"),
        ("western", "Western"),
        ("documentary", "Documentary"),
        ("musical", "Musical"),
        ("kids movie", "Family"),
        ("family film", "Family"),
        ("war movie", "War"),
        ("sports film", "Sport"),
        ("gangster film", "Crime"),
        ("heist movie", "Crime"),
        ("detective film", "Mystery"),
        ("historical film", "History"),
        ("concert film", "Music"),
    ],
)
def test_a_synonym_names_its_genre(words: str, genre: str) -> None:
    assert genres(f"I want a good {words}") == {("any_of", (genre,))}


def test_adjacent_genres_are_all_wanted() -> None:
    assert genres("a crime thriller") == {("all_of", ("Crime", "Thriller"))}


def test_a_choice_of_genres_wants_any() -> None:
    assert genres("a comedy or a drama") == {("any_of", ("Comedy", "Drama"))}


def test_a_list_of_tastes_wants_any() -> None:
    assert genres("I like horror, westerns and musicals") == {("any_of", ("Horror", "Musical", "Western"))}


def test_a_mix_wants_all() -> None:
    assert genres("a blend of comedy and horror") == {("all_of", ("Comedy", "Horror"))}


def test_an_adjective_is_surer_of_nothing_than_a_noun() -> None:
    noun, mood = (understand(f"a {w} film", NO_TITLES).constraints[0].certainty for w in ("comedy", "funny"))
    assert mood < noun


@pytest.mark.parametrize(
    "request_text",
    [
        "no horror",
        "not a horror film",
        "nothing scary",
        "without horror",
        "non-horror",
        "anything but horror",
        "I hate horror",
    ],
)
def test_a_refused_genre_is_excluded(request_text: str) -> None:
    assert genres(request_text) == {("none_of", ("Horror",))}


def test_a_refusal_ends_at_but() -> None:
    assert genres("not a comedy but a thriller") == {("none_of", ("Comedy",)), ("any_of", ("Thriller",))}


def test_a_refusal_ends_at_a_comma() -> None:
    assert genres("no westerns, a thriller please") == {("none_of", ("Western",)), ("any_of", ("Thriller",))}


def test_a_refusal_reaches_through_a_list() -> None:
    assert genres("no westerns, musicals or thrillers") == {
        ("none_of", ("Western",)),
        ("none_of", ("Musical",)),
        ("none_of", ("Thriller",)),
    }


def test_nothing_but_is_no_refusal() -> None:
    assert genres("nothing but comedies") == {("any_of", ("Comedy",))}


def test_not_minding_a_genre_is_neither_wish_nor_refusal() -> None:
    assert genres("I don't mind horror") == set()


def test_refusing_romantic_comedies_leaves_other_comedies() -> None:
    assert genres("a comedy but no rom-coms") == {("any_of", ("Comedy",)), ("none_of", ("Romance",))}


def test_refusing_a_kind_of_horror_leaves_other_horror() -> None:
    assert genres("horror but no slashers") == {("any_of", ("Horror",))}


@pytest.mark.parametrize(
    "request_text",
    [
        "what a drama I had today",
        "my family is here",
        "a film about a comedy writer",
        "it was a horror to get here",
        "we drove out to the war memorial",
        "she has a mystery to solve",
        "an action figure comes to life",
    ],
)
def test_a_genre_word_that_describes_no_film_is_left_alone(request_text: str) -> None:
    assert genres(request_text) == set()


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_can_be_asked_for_by_name(genre: str) -> None:
    assert genres(f"{genre.lower()} movies please") == {("any_of", (genre,))}
