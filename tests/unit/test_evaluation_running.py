"""Rankings kept for the figures, pairs read once, and misses by their kind."""

from collections.abc import Sequence
from typing import Any

import pytest

from matinee.context import Context
from matinee.errors import InvalidRequest
from matinee.models import Candidate
from matinee.understanding import Constraint, Understanding
from matinee_app.evaluation.requests import Answers, EvaluationRequest
from matinee_app.evaluation.running import DEPTH, SHOWN, Ranked, Remembered, Runner, failures
from tests.support.fakes import SharedWords, parts_with
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MOON, film

CRIME = Constraint.model_validate({"field": "genres", "op": "any_of", "value": ["Crime"], "words": "crime"})


def request(query: str = "a film", *gold: str, mentioned: Sequence[str] = (), name: str = "1") -> EvaluationRequest:
    read = {"id": name, "query": query, "gold": list(gold) or [HEAT.movie_id], "mentioned": list(mentioned)}
    return EvaluationRequest.model_validate(read)


class Counting(SharedWords):
    """Counts the pairs that it is asked to read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        self.read += [(query, text) for text in texts]
        return super().score(query, texts)


def test_each_pair_is_read_once_and_scores_stay_with_their_texts() -> None:
    inner = Counting()
    remembered = Remembered(inner)
    assert remembered.name == inner.name
    first = remembered.score("snow and trains", ["snow", "nothing", "trains and snow"])
    assert first == SharedWords().score("snow and trains", ["snow", "nothing", "trains and snow"])
    again = remembered.score("snow and trains", ["trains and snow", "a new text", "snow"])
    assert again == [first[2], 0.0, first[0]]
    assert inner.read[3:] == [("snow and trains", "a new text")]
    assert remembered.score("snow", []) == []


def test_another_request_is_another_pair_wherever_the_two_are_parted() -> None:
    inner = Counting()
    remembered = Remembered(inner)
    remembered.score("snow", ["and trains"])
    remembered.score("snow and", ["trains"])
    assert len(inner.read) == 2


def test_a_text_twice_in_one_call_has_the_same_score_twice() -> None:
    assert Remembered(SharedWords()).score("snow", ["snow", "snow"]) == [1.0, 1.0]


async def ranked(*requests: EvaluationRequest, films: Any = FILMS, told: Any = None, **options: Any) -> list[Ranked]:
    parts = await parts_with(films=films)
    answers = Answers(await parts.store.movies.references())
    return await Runner(parts, answers).run(requests, Context.of(options), told or (lambda: None))


async def test_a_run_ranks_each_request_and_tells_after_each() -> None:
    told: list[int] = []
    asked = [request("a careful thief"), request("a lunar mine", name="2")]
    first, second = await ranked(*asked, told=lambda: told.append(1))
    assert (first.films[0], second.films[0]) == (HEAT.movie_id, MOON.movie_id)
    assert (first.request, second.request) == tuple(asked)
    assert first.seconds > 0
    assert len(told) == 2


async def test_films_that_the_file_says_the_request_names_are_no_part_of_the_ranking() -> None:
    (found,) = await ranked(request("a film about a linguist", mentioned=["Arrival (2016)"]))
    assert ARRIVAL.movie_id not in found.films
    (found,) = await ranked(request("a film about a linguist"))
    assert found.films[0] == ARRIVAL.movie_id


async def test_no_more_films_are_judged_than_the_metrics_look_at() -> None:
    many = [film(f"Film {n}", 1950 + n % 70, overview="a careful thief", tmdb_votes=n + 1) for n in range(150)]
    (found,) = await ranked(request("a careful thief"), films=many)
    assert len(found.films) == DEPTH
    assert found.shown == 10


async def test_a_request_that_is_refused_gives_no_films_and_the_others_go_on() -> None:
    refused, fine = await ranked(request("???"), request("a careful thief", name="2"))
    assert (refused.films, refused.shown, refused.broken) == ([], 0, 0)
    assert fine.films
    with pytest.raises(InvalidRequest):
        await ranked(request("a film"), limit=0)


def run(*films: Any, gold: str = "g", demands: Sequence[Constraint] = (), name: str = "1") -> Ranked:
    understood = Understanding(text="a film", constraints=list(demands))
    return Ranked(
        request("a film", gold, name=name),
        [m.movie_id for m in films],
        [Candidate(movie=m) for m in films[:SHOWN]],
        understood,
        {},
        0.1,
    )


def test_of_the_films_shown_those_that_break_a_demand_are_counted() -> None:
    assert run(HEAT, ARRIVAL, FARGO, MOON, demands=[CRIME]).broken == 2
    assert run(*[HEAT] * 10, ARRIVAL, demands=[CRIME]).broken == 0
    assert run(HEAT, ARRIVAL).broken == 0


def test_misses_are_told_apart() -> None:
    others = [film(f"Other {n}") for n in range(10)]
    answer = film("Answer")
    runs = [
        run(*others[:9], answer, gold=answer.movie_id, name="found tenth"),
        run(*others, answer, gold=answer.movie_id, name="eleventh"),
        run(*others, gold=answer.movie_id, name="nowhere"),
        run(*others, gold=answer.movie_id, demands=[CRIME], name="demanding"),
        run(gold=answer.movie_id, name="nothing came"),
    ]
    assert failures(runs, {r.request.id: {answer.movie_id} for r in runs}) == {
        "ranked low": ["eleventh"],
        "not among 100": ["nowhere"],
        "a demand was in the way": ["demanding"],
        "refused": ["nothing came"],
    }
    assert all(not ids for ids in failures([], {}).values())
