"""What the evidence writer says passes the claim checker whole: it writes nothing that a model would not be let say."""

import pytest

from matinee.grounding.claims import ClaimChecker, cited
from matinee.models import Movie
from matinee.providers.evidence.writer import EvidenceWriter
from tests.support.evidence_requests import FORMS, Wish, wish
from tests.support.labelled_claims import starter_movies

FILMS = list(starter_movies().values())


def faults(movie: Movie, asked: Wish) -> list[str]:
    """Return what the checker has against the reason that the film gets: claims cut, claims wrong, quotes not found."""
    reason = EvidenceWriter(asked.request, asked.preferences, asked.seeds).reason(movie)
    checker = ClaimChecker(asked.request, asked.preferences)
    checked = checker.check(reason.text, movie)
    known = checker.known(movie)
    misquoted = [e.quote for e in (*reason.evidence, *checked.evidence) if not cited(e, known)]
    rest = [] if checked.text == reason.text else [reason.text]
    return [*checked.cut, *checked.contradicted, *misquoted, *rest]


@pytest.mark.parametrize("form", range(len(FORMS)), ids=FORMS)
def test_every_film_asked_for_by_what_its_row_says_gets_a_reason_that_stands_whole(form: int) -> None:
    found = {}
    for at in range(form, len(FILMS), len(FORMS)):
        movie = FILMS[at]
        asked = wish(movie, [film for film in FILMS[at % 7 :: 7] if film is not movie], form)
        if wrong := faults(movie, asked):
            found[movie.label, asked.request.text] = wrong
    assert found == {}


def test_the_requests_hold_demands_of_every_kind_with_films_and_preferences() -> None:
    wishes = [wish(film, FILMS[1::7], at) for at, film in enumerate(FILMS[:64])]
    fields = {str(c.field) for w in wishes for c in w.request.constraints}
    assert fields >= {"year", "runtime", "imdb_rating", "metascore", "genres", "languages", "countries", "keywords"}
    assert fields & {"directors", "stars", "people"}
    assert any(w.request.mentions for w in wishes)
    assert {p.kind for w in wishes for p in w.preferences} == {"statement", "like"}
