"""Directors and stars that a request asks for; a name that is anything else stays out of it."""

import pytest

from matinee.query import TitleLookup, understand
from matinee.query.people import PeopleLookup
from matinee.understanding import Constraint
from tests.support.films import film
from tests.support.query_cases import people_lookup, title_lookup

TITLES = title_lookup()


def demanded(request: str, titles: TitleLookup = TITLES) -> list[Constraint]:
    read = understand(request, titles, this_year=2024)
    return [c for c in read.constraints if c.field in ("directors", "stars", "people")]


def of(*films: tuple[list[str], list[str]]) -> TitleLookup:
    return TitleLookup([], PeopleLookup(films))


def test_a_misspelt_name_is_demanded_and_quoted_as_it_is_read() -> None:
    [found] = demanded("something by Cristopher Nolan, please")
    assert (found.words, found.value) == ("Christopher Nolan", ["Christopher Nolan"])


def test_a_full_name_is_surer_than_a_family_name_and_that_than_none() -> None:
    full, surname = demanded("directed by Stanley Kubrick")[0], demanded("a Kubrick film")[0]
    assert full.certainty == 1.0 > surname.certainty


def test_what_somebody_does_is_told_by_the_words_before_the_name() -> None:
    fields = [demanded(f"{cue} Clint Eastwood")[0].field for cue in ("directed by", "starring", "no")]
    assert fields == ["directors", "stars", "people"]


def test_two_stars_together_are_both_wanted_and_may_give_way() -> None:
    [both] = demanded("with Tom Hanks and Meg Ryan")
    assert (both.op, both.value) == ("all_of", ["Tom Hanks", "Meg Ryan"])
    assert both.certainty < 1


def test_two_directors_are_alternatives() -> None:
    assert demanded("directed by Ridley Scott and James Cameron")[0].op == "any_of"


def test_a_list_is_refused_as_a_whole() -> None:
    [refused] = demanded("no Tom Cruise, Adam Sandler or Will Smith please")
    assert (refused.op, refused.value) == ("none_of", ["Tom Cruise", "Adam Sandler", "Will Smith"])


@pytest.mark.parametrize("surname", ["Anderson", "Lee", "Scott", "Wilson", "Nobody"])
def test_a_family_name_that_several_or_none_are_known_by_names_nobody(surname: str) -> None:
    assert demanded(f"a {surname} film") == []


def test_a_family_name_means_the_one_who_made_far_more_films() -> None:
    titles = of(*[(["Hayao Miyazaki"], [])] * 8, (["Goro Miyazaki"], []))
    assert demanded("a Miyazaki film", titles)[0].value == ["Hayao Miyazaki"]


def test_a_family_name_that_is_a_given_name_names_nobody() -> None:
    titles = of(*[([], ["Tom Arnold"])] * 20, *[([], ["Arnold Schwarzenegger"])] * 5)
    assert demanded("not the Arnold movies", titles) == []


def test_brothers_are_those_who_directed_together() -> None:
    titles = of((["Albert Hughes", "Allen Hughes"], []), *[(["John Hughes"], [])] * 8)
    assert demanded("by the Hughes brothers", titles)[0].value == ["Albert Hughes", "Allen Hughes"]


@pytest.mark.parametrize("request_text", ["a Warner Brothers film", "the Hanks sisters", "by the Nobodys"])
def test_other_families_are_none(request_text: str) -> None:
    assert demanded(request_text) == []


@pytest.mark.parametrize(
    "request_text",
    [
        "like Wes Anderson",
        "in the style of Alfred Hitchcock",
        "a Tarantino-style thriller",
        "something Kubrick-esque",
        "my favourite director is David Lynch",
        "inspired by Akira Kurosawa",
    ],
)
def test_a_likeness_is_no_demand(request_text: str) -> None:
    assert demanded(request_text) == []


@pytest.mark.parametrize(
    "request_text",
    [
        "I think it had John Carpenter in it",
        "with Tom Hanks, I believe, but I'm not sure",
        "it was with Tom Hanks(?)",
        "at first I thought it was a film with Tom Hanks",
    ],
)
def test_a_person_whom_the_viewer_only_supposes_is_no_demand(request_text: str) -> None:
    assert demanded(request_text) == []


@pytest.mark.parametrize(
    "request_text",
    [
        "will smith come too",
        "a rose and a stone",
        "the law of the ford",
        "jack and black",
        "drew likes it",
        "a man named Tom",
        "with grace",
        "by the bay",
        "prince of thieves",
        "common people",
    ],
)
def test_everyday_words_are_nobody(request_text: str) -> None:
    assert demanded(request_text) == []


def test_a_title_that_is_a_name_stays_a_title() -> None:
    titles = TitleLookup([("ed", "Ed Wood", 1994, [])], people_lookup())
    assert [m.movie_id for m in understand("something like Ed Wood", titles).mentions] == ["ed"]
    assert demanded("something like Ed Wood", titles) == []
    assert demanded("directed by Ed Wood", titles)[0].value == ["Ed Wood"]


def test_the_cast_of_a_film_just_named_is_no_demand() -> None:
    assert demanded("like Heat with Al Pacino and Robert De Niro") == []
    assert demanded("like Heat but with Al Pacino")[0].value == ["Al Pacino"]


def test_a_catalogue_without_people_demands_nobody() -> None:
    assert demanded("directed by Christopher Nolan", TitleLookup([("a", "Alpha", 2000, [])])) == []


def test_people_come_with_the_titles() -> None:
    titles = TitleLookup([("a", "Alpha", 2000, [], ["Ada Lovelace"], ["Grace Hopper"])])
    assert demanded("starring Grace Hopper", titles)[0].value == ["Grace Hopper"]
    assert demanded("directed by Ada Lovelace", titles)[0].value == ["Ada Lovelace"]


def test_a_demand_on_people_holds_for_directors_and_stars() -> None:
    demand = Constraint.model_validate({"field": "people", "op": "any_of", "value": ["Clint Eastwood"]})
    assert demand.holds(film("Directed", directors=["Clint Eastwood"]))
    assert demand.holds(film("Starred", stars=["clint eastwood"]))
    assert not demand.holds(film("Neither", stars=["Gene Hackman"]))
    refused = demand.model_copy(update={"op": "none_of"})
    assert not refused.holds(film("Starred", stars=["Clint Eastwood"]))


@pytest.mark.parametrize(
    "request_text", ["I want to watch Tom Hanks", "I'm looking for Tom Hanks movies", "more Tom Hanks"]
)
def test_a_person_asked_for_is_a_demand(request_text: str) -> None:
    assert demanded(request_text)[0].value == ["Tom Hanks"]


def test_a_demand_knows_where_the_names_stand() -> None:
    request = "something by Clint Eastwood or Christopher Nolan, please"
    [found] = demanded(request)
    assert found.span and request[slice(*found.span)] == found.words == "Clint Eastwood or Christopher Nolan"


NAMED = TitleLookup(
    [
        *[(f"h{n}", f"Suspicion {n}", 1940 + n, [], ["Alfred Hitchcock"], [], 100.0 * n, 110) for n in range(9)],
        *[(f"d{n}", f"Thunder {n}", 1990 + n, [], [], ["Denzel Washington"], 100.0 * n, 120) for n in range(9)],
        *[(f"m{n}", f"Harbour {n}", 1980 + n, [], [], ["Meryl Streep"], 10.0 * n, 100) for n in range(9)],
        ("ozu", "Late Spring", 1949, [], ["Yasujirô Ozu"], ["Setsuko Hara"], 50.0, 108),
        ("biopic", "Hitchcock", 2012, [], ["Sacha Gervasi"], ["Helen Mirren"], 900.0, 98),
    ]
)


@pytest.mark.parametrize(
    ("request_text", "names"),
    [
        ("Hitchcock, but the lesser known ones", ["Alfred Hitchcock"]),
        ("a good hitchcock to start with", ["Alfred Hitchcock"]),
        ("hichcock films", ["Alfred Hitchcock"]),
        ("Denzel as a difficult man", ["Denzel Washington"]),
        ("denzel washington when he is angry", ["Denzel Washington"]),
        ("an Ozu or something equally gentle", ["Yasujirô Ozu"]),
        ("Hitchcock films I may have missed", ["Alfred Hitchcock"]),
        ("Meryl Streep being terrifying", ["Meryl Streep"]),
    ],
)
def test_a_name_that_tells_who_is_meant_is_a_demand_wherever_it_stands(request_text: str, names: list[str]) -> None:
    assert [demand.value for demand in demanded(request_text, NAMED)] == [names]


def test_two_people_together_are_both_wanted() -> None:
    [both] = demanded("Meryl Streep and Denzel Washington together", NAMED)
    assert both.op == "all_of"


def test_as_director_only_the_films_directed_count() -> None:
    [found] = demanded("late Clint Eastwood as director")
    assert found.field == "directors"


@pytest.mark.parametrize(
    "request_text",
    ["something hitchcockian", "like a Hitchcock film", "in the style of Hitchcock", "a Hitchcock-ish thriller"],
)
def test_films_like_those_of_a_person_have_the_best_known_of_them_as_seeds(request_text: str) -> None:
    read = understand(request_text, NAMED)
    assert [c for c in read.constraints if c.field in ("directors", "stars", "people")] == []
    assert [(m.title, m.role) for m in read.mentions] == [(f"Suspicion {n}", "like") for n in (8, 7, 6)]
    assert any(remark.startswith("Looked for films like those of ") for remark in read.remarks)


@pytest.mark.parametrize(
    "request_text",
    [
        "Just watched Late Spring. Want more like it",
        "seen Late Spring, same again please",
        "what to watch after Late Spring",
    ],
)
def test_a_film_seen_that_the_request_points_back_to_is_a_seed(request_text: str) -> None:
    assert [(m.title, m.role) for m in understand(request_text, NAMED).mentions] == [("Late Spring", "like")]


def test_a_film_that_the_catalogue_lacks_is_told() -> None:
    read = understand("more stuff like Knives Out", NAMED)
    assert read.remarks == [
        "“Knives Out” is not in the catalogue; films that fit its name and the rest of the request stand in."
    ]
