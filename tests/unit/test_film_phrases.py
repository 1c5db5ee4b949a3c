"""What viewers would say who want a film: the file of phrases, and the vectors computed from it."""

import re

import numpy as np

from matinee.catalogue.readers import open_starter
from matinee.models import title_key
from matinee.ranking.film_phrases import FilmPhrases, film_phrases, packed_phrases, phrases_on_record
from tests.support.films import AMELIE, HEAT, UNKNOWN, film

FLOATS = np.float32


def test_every_film_of_the_starter_has_phrases_and_nobody_else() -> None:
    films = [row.movie for row in open_starter() if row.movie]
    assert list(phrases_on_record()) == [title_key(one.title, one.year) for one in films]
    assert set(film_phrases().places) == set(phrases_on_record())
    assert np.allclose(np.linalg.norm(film_phrases().vectors, axis=1), 1)


def test_phrases_are_short_different_and_do_not_name_the_film() -> None:
    seen: set[str] = set()
    of_films = phrases_on_record()
    for row in open_starter():
        assert row.movie is not None
        label, title = row.movie.label, row.movie.title.casefold()
        phrases = of_films[title_key(row.movie.title, row.movie.year)]
        assert 2 <= len(phrases) <= 4, label
        for phrase in phrases:
            assert 3 <= len(phrase.split()) <= 16, (label, phrase)
            assert phrase not in seen, (label, phrase)
            assert len(title.split()) < 2 or title not in phrase.casefold(), (label, phrase)
            assert not re.search(r"[|;\t]", phrase), (label, phrase)
            seen.add(phrase)


def test_a_vector_is_the_mean_of_the_phrases_less_the_mean_of_all() -> None:
    rng = np.random.default_rng(2)
    of_films = {name: rng.normal(size=(4, 16)).astype(FLOATS) for name in "abc"}
    held = packed_phrases(of_films)
    means = np.array([vectors.mean(axis=0) for vectors in of_films.values()])
    apart = means - means.mean(axis=0)
    cosines = np.sum(held["values"] * apart, axis=1) / np.linalg.norm(held["values"], axis=1)
    assert held["films"].tolist() == ["a", "b", "c"]
    assert np.all(cosines / np.linalg.norm(apart, axis=1) > 0.999)


def test_a_film_is_found_by_any_of_its_titles_with_the_year() -> None:
    heat, other = title_key("Heat", HEAT.year), title_key("Le Fabuleux destin", 2001)
    phrases = FilmPhrases.of([heat, other], np.eye(2, dtype=FLOATS))
    renamed = AMELIE.model_copy(update={"aka": ["Le Fabuleux destin"], "year": 2001})
    assert phrases.places_of([UNKNOWN, renamed, HEAT, film("Heat", 1972)]).tolist() == [-1, 1, 0, -1]
    assert phrases.of_films([UNKNOWN, HEAT]).tolist() == [[0, 0], [1, 0]]
