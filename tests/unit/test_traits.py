"""What is known of films in the vocabulary: read, lent to the same films elsewhere, and told as keywords."""

import json
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from matinee.catalogue.ingest import ingest, merge
from matinee.catalogue.known_traits import with_traits
from matinee.catalogue.readers import Row, open_catalogue, open_described, open_starter
from matinee.models import Movie, title_key
from matinee.traits import Traits
from tests.support.fakes import memory_store
from tests.support.starter_films import starter_movies

STARTER = list(starter_movies().values())


def read(tmp_path: Path, traits: Any) -> Row:
    path = tmp_path / "films.jsonl"
    path.write_text(json.dumps({"title": "Ran", "year": 1985, "keywords": ["castle"], "traits": traits}) + "\n")
    (row,) = open_catalogue(path)
    return row


def test_no_term_of_the_vocabulary_stands_there_twice() -> None:
    text = files("matinee.language").joinpath("words", "vocabulary.toml").read_text(encoding="utf-8")
    for terms in tomllib.loads(text).values():
        assert [term for term, count in Counter(terms).items() if count > 1] == []
        assert [term for term in terms if term != term.casefold().strip()] == []
        assert len({title_key(term, None) for term in terms}) == len(terms)


def test_the_starter_catalogue_is_read_without_a_fault() -> None:
    assert [(row.line, row.fault) for row in open_starter() if row.fault or not row.movie] == []


def test_every_film_of_the_starter_catalogue_is_described() -> None:
    lacking = [
        film.label
        for film in STARTER
        if not (film.overview and film.genres and film.traits.moods and film.traits.themes and film.traits.similar)
        or None in (film.traits.pace, film.traits.age, film.traits.violence, film.traits.sex, film.traits.frightening)
    ]
    assert lacking == []


def test_the_starter_catalogue_is_spread_over_time_and_languages() -> None:
    assert len(STARTER) >= 2500
    assert sum((film.year or 0) >= 2010 for film in STARTER) >= 700
    assert sum((film.year or 0) < 1970 for film in STARTER) >= 250
    assert sum("English" not in film.languages for film in STARTER) >= 250
    assert sum("Documentary" in film.genres for film in STARTER) >= 80
    assert sum(film.traits.age is not None and film.traits.age <= 8 for film in STARTER) >= 200


def test_films_beyond_the_starter_catalogue_are_described_without_a_fault() -> None:
    rows = list(open_described())
    assert [(row.line, row.fault) for row in rows if row.fault or not (row.movie and row.movie.traits.moods)] == []
    films = [row.movie for row in rows if row.movie]
    assert len({film.imdb_id for film in films}) == len(films) > 900
    assert {film.imdb_id for film in films}.isdisjoint(film.imdb_id for film in STARTER)
    for film in films:
        assert with_traits(film.model_copy(update={"traits": Traits()})).traits == film.traits


def test_no_film_stands_in_the_starter_catalogue_twice() -> None:
    labels = Counter(film.label.casefold() for film in STARTER)
    ids = Counter(film.movie_id for film in STARTER)
    assert [label for label, count in (labels + ids).items() if count > 1] == []
    titled = Counter((key, film.year) for film in STARTER for key in film.keys)
    assert [title for title, count in titled.items() if count > 1] == []


def test_nothing_unfit_for_children_is_offered_to_small_ones() -> None:
    unfit = [
        film.label
        for film in STARTER
        if film.traits.age is not None
        and film.traits.age <= 6
        and max(film.traits.gore or 0, film.traits.sex or 0, (film.traits.violence or 0) - 1) > 1
    ]
    assert unfit == []


@pytest.mark.parametrize("traits", [None, "moods: cozy", 7, [], ["cozy"]])
def test_what_is_no_object_holds_no_traits(tmp_path: Path, traits: Any) -> None:
    row = read(tmp_path, traits)
    assert row.movie and row.movie.traits == Traits()
    assert row.fault is None


def test_unknown_terms_are_left_out_and_told_and_terms_given_twice_stand_once(tmp_path: Path) -> None:
    row = read(tmp_path, {"moods": ["epic", "epic", "moody-ish"], "themes": "war"})
    assert row.movie and (row.movie.traits.moods, row.movie.traits.themes) == (["epic"], ["war"])
    assert row.fault and "moody-ish" in row.fault


@pytest.mark.parametrize("wrong", [{"violence": 4}, {"age": 99}, {"pace": "brisk"}, {"sad": "very"}])
def test_a_value_out_of_bounds_leaves_the_traits_out_and_is_told(tmp_path: Path, wrong: dict[str, Any]) -> None:
    row = read(tmp_path, {"moods": ["epic"], **wrong})
    assert row.movie and row.movie.traits == Traits()
    assert row.fault and next(iter(wrong)) in row.fault


def test_the_terms_are_among_the_keywords(tmp_path: Path) -> None:
    said = {"moods": ["epic"], "pace": "slow", "violence": 2, "gore": 1, "age": 14, "settings": ["castle"]}
    row = read(tmp_path, said)
    assert row.movie and row.movie.keywords == ["castle", "epic", "slow-burning", "violence"]


@pytest.mark.parametrize(
    ("written", "term"),
    [("Epic", "epic"), ("FEEL GOOD", "feel-good"), ("feel\u2011good", "feel-good"), ("trashy  fun ", "trashy fun")],
)
def test_another_spelling_of_a_term_is_the_term(tmp_path: Path, written: str, term: str) -> None:
    row = read(tmp_path, {"moods": [written, term]})
    assert row.fault is None
    assert row.movie and row.movie.traits.moods == [term]


def test_a_catalogue_s_traits_are_the_viewer_s_unless_it_says_otherwise(tmp_path: Path) -> None:
    for given, kept in ((None, "viewer"), ("model", "model"), ("a friend", "viewer"), (["model"], "viewer")):
        row = read(tmp_path, {"moods": ["epic"], "provenance": given})
        assert row.movie and row.movie.traits.provenance == kept
    row = read(tmp_path, {"moods": ["no such mood"]})
    assert row.movie and row.movie.traits == Traits()
    assert {film.traits.provenance for film in STARTER} == {"starter"}


async def test_of_a_film_that_stands_in_a_file_twice_the_first_row_stands_and_the_second_completes_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "films.jsonl"
    rows = [{"moods": ["epic"], "age": 14}, {"moods": ["silly"], "age": 0, "violence": 3}, {"moods": ["epic"]}]
    path.write_text("\n".join(json.dumps({"title": "Ran", "year": 1985, "traits": traits}) for traits in rows))
    store = memory_store()
    report = await ingest(open_catalogue(path), store.movies)
    assert report.remarks == ["line 2: Ran (1985) is described in line 1, too, which stands where the two differ"]
    (entry,) = await store.movies.titles()
    (film,) = await store.movies.get([entry.movie_id])
    assert film.traits == Traits(moods=["epic"], age=14, violence=3, provenance="viewer")
    assert film.keywords == ["epic", "violent"]
    again = await ingest(open_catalogue(path), store.movies)
    assert (again.unchanged, again.remarks) == (3, report.remarks)


def merged_traits(known: Traits, said: Traits) -> Movie:
    film = Movie(movie_id="1", title="Ran", keywords=["samurai"])
    return merge(film.described_by(known), film.described_by(said))


def test_a_second_source_completes_the_traits_and_the_viewer_s_stand() -> None:
    starter = Traits(moods=["epic"], age=16, provenance="starter")
    viewer = Traits(moods=["sad"], violence=3, provenance="viewer")
    for one, other in ((starter, viewer), (viewer, starter)):
        merged = merged_traits(one, other)
        assert merged.traits == Traits(moods=["sad"], age=16, violence=3, provenance="viewer")
        assert merged.keywords == ["samurai", "sad", "violent"]


def test_what_the_model_says_gives_way_to_any_other_source_as_a_whole() -> None:
    model = Traits(moods=["silly"], age=0, provenance="model")
    for other in (Traits(moods=["epic"]), Traits(violence=3, provenance="starter"), Traits(sad=2, provenance="viewer")):
        assert merged_traits(model, other).traits == merged_traits(other, model).traits == other
        assert "silly" not in merged_traits(model, other).keywords
    assert merged_traits(model, Traits()).traits == model


def test_a_film_of_another_catalogue_gets_the_traits_by_its_id_and_not_by_its_title() -> None:
    known = next(film for film in STARTER if film.imdb_id and film.traits.moods)
    same = Movie(movie_id="1", title="Another title", imdb_id=known.imdb_id, keywords=["own"])
    assert with_traits(same).traits == known.traits
    assert with_traits(same).keywords == list(dict.fromkeys(["own", *known.traits.terms]))
    namesake = Movie(movie_id="2", title=known.title, year=known.year)
    assert with_traits(namesake) == namesake
    own = same.model_copy(update={"traits": Traits(moods=["epic"])})
    assert with_traits(own) == own


def test_a_second_source_without_traits_takes_none_away() -> None:
    known = Movie(movie_id="1", title="Ran", keywords=["epic", "war"], traits=Traits(moods=["epic"], themes=["war"]))
    merged = merge(known, Movie(movie_id="2", title="Ran", keywords=["samurai"]))
    assert merged.traits == known.traits
    assert merged.keywords == ["samurai", "epic", "war"]
    assert merge(known, known) == known


def test_languages_and_countries_are_lent_where_a_catalogue_tells_none() -> None:
    known = next(film for film in STARTER if film.imdb_id and film.languages and film.countries)
    bare = Movie(movie_id="x", title=known.title, year=known.year, imdb_id=known.imdb_id)
    lent = with_traits(bare)
    assert (lent.languages, lent.countries) == (known.languages, known.countries)
    own = with_traits(bare.model_copy(update={"languages": ["Latin"]}))
    assert (own.languages, own.countries) == (["Latin"], known.countries)
