"""Turns of a conversation that go on from the films shown before, and turns that do not."""

import pytest

from matinee.query import TitleLookup, understand
from matinee.query.references import Lists, Shown
from matinee.query.turns import Conversation
from matinee.understanding import Constraint, Understanding
from tests.support.conversations import follow
from tests.support.query_cases import title_lookup

TITLES = title_lookup()
SHOWN = [Shown("m-heat", "Heat", 1995, 1), Shown("m-fargo", "Fargo", 1996, 1), Shown("m-sicario", "Sicario", 2015, 1)]


def earlier(request: str = "a crime thriller from the 90s under two hours") -> Conversation:
    return Conversation(understand(request, TITLES, this_year=2024), Lists(SHOWN))


def asked(conversation: Conversation) -> Understanding:
    assert conversation.understood is not None
    return conversation.understood


def after(text: str, before: Conversation | None = None) -> Understanding:
    return follow(text, TITLES, before or earlier())


def of(understood: Understanding, field: str) -> list[Constraint]:
    return [c for c in understood.constraints if c.field == field]


def roles(understood: Understanding) -> dict[str, str]:
    return {m.movie_id: m.role for m in understood.mentions}


def test_an_ordinal_means_the_film_shown_at_that_place() -> None:
    understood = after("more like the second one, but funnier")
    assert roles(understood) == {"m-fargo": "like", "m-heat": "shown", "m-sicario": "shown"}
    assert [n.words for n in understood.critiques] == ["funnier"]


@pytest.mark.parametrize(
    ("text", "role"),
    [("I've seen the first one", "seen"), ("not the first one", "unlike"), ("the first one was great", "like")],
)
def test_what_is_said_of_the_film_at_a_place(text: str, role: str) -> None:
    assert roles(after(text))["m-heat"] == role


def test_the_last_is_the_last_one_shown() -> None:
    assert roles(after("more like the last one"))["m-sicario"] == "like"


def test_seen_it_leaves_out_all_that_was_shown() -> None:
    assert set(roles(after("seen it")).values()) == {"seen"}


@pytest.mark.parametrize("text", ["another one", "more please", "anything else?"])
def test_what_was_shown_is_left_out_and_the_demands_stay(text: str) -> None:
    before, understood = earlier(), after(text)
    assert set(roles(understood)) == {"m-heat", "m-fargo", "m-sicario"}
    assert understood.constraints == asked(before).constraints


def test_a_demand_on_the_same_thing_replaces_the_earlier_one() -> None:
    understood = after("but under 90 minutes")
    assert [(c.op, c.value) for c in of(understood, "runtime")] == [("at_most", 89)]
    assert {c.value for c in of(understood, "year")} == {1990, 1999}


def test_a_genre_refused_later_is_no_longer_wanted() -> None:
    understood = after("but no horror", earlier("a horror film"))
    assert [(c.op, c.value) for c in of(understood, "genres")] == [("none_of", ["Horror"])]


def test_a_genre_wanted_later_is_no_longer_refused() -> None:
    understood = after("ok, maybe a horror film", earlier("no horror"))
    assert [(c.op, c.value) for c in of(understood, "genres")] == [("any_of", ["Horror"])]


def test_older_counts_from_the_years_asked_for() -> None:
    assert [(c.op, c.value) for c in of(after("what about something older"), "year")] == [("at_most", 1989)]


def test_older_counts_from_the_films_shown_where_no_year_was_asked_for() -> None:
    understood = after("what about something older", earlier("a crime thriller"))
    assert [(c.op, c.value) for c in of(understood, "year")] == [("at_most", 1995)]


def test_newer_counts_from_the_film_referred_to() -> None:
    understood = after("like the second one, but newer", earlier("a crime thriller"))
    assert [(c.op, c.value) for c in of(understood, "year")] == [("at_least", 1997)]


def timed(minutes: dict[str, int]) -> TitleLookup:
    films = {"m-heat": "Heat", "m-fargo": "Fargo", "m-sicario": "Sicario"}
    return TitleLookup((i, title, 1995, [], [], [], 0.0, minutes.get(i)) for i, title in films.items())


def lengths(text: str, request: str, titles: TitleLookup) -> list[tuple[str, object]]:
    before = Conversation(understand(request, titles, this_year=2024), Lists(SHOWN))
    return [(c.op, c.value) for c in of(follow(text, titles, before), "runtime")]


def test_shorter_counts_from_the_minutes_asked_for_else_from_the_films_shown() -> None:
    titles = timed({"m-heat": 170, "m-fargo": 98, "m-sicario": 121})
    assert lengths("something shorter", "a thriller under two hours", titles) == [("at_most", 118)]
    assert lengths("something shorter", "a thriller", titles) == [("at_most", 120)]


def test_longer_counts_from_the_film_referred_to() -> None:
    titles = timed({"m-heat": 170, "m-fargo": 98, "m-sicario": 121})
    assert lengths("like the second one, but longer", "a thriller", titles) == [("at_least", 99)]


def test_shorter_than_films_of_unknown_length_demands_nothing() -> None:
    assert lengths("something shorter", "a thriller", timed({})) == []


def test_what_was_left_out_stays_out_over_several_turns() -> None:
    first = after("another one")
    second = follow("another one", TITLES, Conversation(first, Lists([*SHOWN, Shown("m-jaws", "Jaws", 1975, 2)])))
    assert set(roles(second)) == {"m-heat", "m-fargo", "m-sicario", "m-jaws"}


def test_what_had_given_way_counts_again() -> None:
    before = earlier("a funny film from the 90s")
    relaxed = [c for c in asked(before).constraints if c.field == "genres"]
    left = [c for c in asked(before).constraints if c.field != "genres"]
    loosened = asked(before).model_copy(update={"constraints": left, "relaxed": relaxed})
    understood = after("another one", before._replace(understood=loosened))
    assert of(understood, "genres") == relaxed
    assert understood.relaxed == []


def test_a_new_film_to_find_others_like_takes_the_place_of_the_earlier_one() -> None:
    understood = after("no, more like the first one", earlier("like Jaws"))
    assert roles(understood) == {"m-heat": "like", "m-jaws": "shown", "m-fargo": "shown", "m-sicario": "shown"}


def test_a_place_that_was_not_filled_means_no_film() -> None:
    assert "like" not in roles(after("more like the sixth one, please, or another one")).values()


def test_the_text_to_search_with_stays_bounded() -> None:
    understood = asked(earlier())
    for _ in range(200):
        understood = follow("but funnier", TITLES, Conversation(understood, Lists(SHOWN)))
    assert len(understood.text) <= 1000
    assert len(understood.critiques) == 1


def test_the_viewer_is_told_that_the_turn_was_read_as_going_on() -> None:
    assert any(remark.startswith("Read as going on from") for remark in after("another one").remarks)


def test_what_earlier_turns_named_is_found_in_the_text_of_both() -> None:
    before = earlier("something like Jaws with Tom Hanks, no Tom Cruise, please")
    read = after("but not like the second one, and no Clint Eastwood", before)
    placed = [(m.words, m.span) for m in read.mentions] + [(c.words, c.span) for c in read.constraints]
    named = {words: read.text[slice(*span)] for words, span in placed if span}
    assert named == {words: words for words in ("Jaws", "the second one", "Tom Cruise", "Clint Eastwood")}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("I didn't really love those", "unlike"),
        ("we did not like it", "unlike"),
        ("I don't hate them", "shown"),
        ("no, I have not seen it", "shown"),
        ("we've already seen them", "seen"),
        ("loved those", "like"),
    ],
)
def test_a_verdict_on_what_was_shown_may_be_negated(text: str, role: str) -> None:
    assert set(roles(after(text)).values()) == {role}


def test_a_film_that_is_pointed_at_as_not_seen_is_only_one_that_was_shown() -> None:
    assert set(roles(after("I haven't seen the first one")).values()) == {"shown"}


def test_the_order_asked_for_stays_until_another_is_asked_for() -> None:
    before = earlier("crime films, newest first")
    kept, changed = after("but in French", before).order, after("and shorter, best rated first", before).order
    assert kept and changed
    assert (kept.column, changed.column) == ("year", "imdb_rating")
    assert after("but in French", before).text[slice(*kept.span or ())] == "newest first"


def test_both_turns_are_kept_in_the_languages_that_they_were_written_in() -> None:
    understood = after("lieber einen neuen Film", earlier("Suche einen spannenden deutschen Film, kein Krieg"))
    assert understood.as_written == "Suche einen spannenden deutschen Film, kein Krieg. lieber einen neuen Film"
    assert after("something newer").written == ""
