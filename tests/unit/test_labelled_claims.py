"""The bounds that the checker keeps on the labelled claims: on the half that tuned it, on the other, on fresh ones."""

from collections import Counter
from itertools import pairwise

import pytest

from matinee.grounding.claims import ClaimChecker, sentences, tellable
from matinee.models import Movie, Understanding
from tests.support.labelled_claims import labelled_claims, starter_movies

CHECKER = ClaimChecker(Understanding(text="something good for tonight"))
FILMS = list(starter_movies().values())[::5]


def standing(half: str) -> Counter[tuple[str, bool]]:
    return Counter((c.label, c.stands()) for c in labelled_claims() if c.half == half)


def test_the_set_is_large_and_both_halves_hold_every_label() -> None:
    assert len(labelled_claims()) >= 300
    for half in ("dev", "test"):
        assert {c.label for c in labelled_claims() if c.half == half} == {"supported", "unsupported", "contradicted"}


def test_no_claim_is_listed_twice() -> None:
    counted = Counter((c.movie.movie_id, c.claim) for c in labelled_claims())
    assert [claim for claim, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("half", ["dev", "test", "fresh"])
def test_no_contradicted_claim_stands_and_of_the_unsupported_at_most_two_in_a_hundred(half: str) -> None:
    stand = standing(half)
    assert stand["contradicted", True] == 0
    assert stand["unsupported", True] <= 0.02 * (stand["unsupported", True] + stand["unsupported", False])


@pytest.mark.parametrize("half", ["dev", "test"])
def test_more_supported_claims_stand_than_are_cut(half: str) -> None:
    stand = standing(half)
    assert stand["supported", True] > stand["supported", False]


def stands(claim: str, movie: Movie) -> bool:
    checked = CHECKER.check(claim, movie)
    return bool(checked.text) and not checked.cut


@pytest.mark.parametrize(
    "wrong",
    [
        "It is not {a_genre} film.",
        "It isn't {a_genre} film at all.",
        "This is anything but {a_genre} film.",
        "{title} was released in {other_year}.",
        "A {other_year} film.",
        "It runs {other_minutes} minutes.",
        "It is rated {other_rating}/10.",
        "{star} directed it.",
        "Directed by {star}.",
        "It stars {director}.",
        "It won {star} an Oscar.",
    ],
)
def test_what_a_row_contradicts_or_does_not_know_never_stands(wrong: str) -> None:
    for movie in FILMS:
        stars = [name for name in movie.stars if name not in movie.directors]
        directors = [name for name in movie.directors if name not in movie.stars]
        if not (stars and directors and movie.year and movie.runtime and movie.imdb_rating):
            continue
        genre = movie.genres[0].lower()
        claim = wrong.format(
            title=movie.title,
            a_genre=f"{'an' if genre[0] in 'aeiou' else 'a'} {genre}",
            other_year=movie.year - 3,
            other_minutes=movie.runtime + 12,
            other_rating=round(movie.imdb_rating - 0.4, 1),
            star=stars[0],
            director=directors[0],
        )
        assert not stands(claim, movie), (claim, movie.title)


@pytest.mark.parametrize(
    "right",
    [
        "It came out in {year}.",
        "{title} was directed by {director} in {year}.",
        "At {minutes} minutes, it is a good length.",
        "It holds a {rating} on IMDb.",
        "With an IMDb rating of {rating}, it is a safe choice.",
        "Directed by {director}, it is a treat.",
        "Starring {star}, it is a treat.",
        "It features {star} in a fine performance.",
    ],
)
def test_what_a_row_says_in_so_many_words_stands(right: str) -> None:
    for movie in FILMS:
        stars = [name for name in movie.stars if name not in movie.directors]
        if not (stars and movie.year and movie.runtime and movie.imdb_rating) or movie.title[-1] in ".!?":
            continue
        claim = right.format(
            title=movie.title,
            year=movie.year,
            minutes=movie.runtime,
            rating=movie.imdb_rating,
            director=movie.directors[0],
            star=stars[0],
        )
        assert stands(claim, movie), (claim, movie.title)


def test_the_plot_of_another_film_never_stands() -> None:
    for movie, other in pairwise(FILMS):
        assert not stands(sentences(other.overview)[0], movie)


def test_a_premise_told_word_for_word_stands() -> None:
    films = [movie for movie in FILMS if tellable(movie, "premise").overview and not movie.overview[0].isdigit()]
    told = [stands(sentences(movie.overview)[0], movie) for movie in films]
    assert sum(told) / len(told) > 0.9
