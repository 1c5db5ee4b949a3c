"""Text from outside is data: whatever it says, wherever it stands, the picks, their figures and their texts hold."""

import asyncio
from collections import Counter

import pytest

from tests.support.films import ARRIVAL
from tests.support.injected_runs import Run, faults, injected, run
from tests.support.injections import MARK, Injection, injections, obedient

CASES = injections()


@pytest.fixture(scope="module")
def clean() -> Run:
    """The run of the clean request, with composed reasons."""
    return asyncio.run(run(None))


def test_there_are_enough_cases_in_every_place_and_each_holds_the_mark() -> None:
    assert len(CASES) >= 100
    assert Counter(case.where for case in CASES).keys() == {
        *("overview", "title", "keywords", "tagline", "preference", "request")
    }
    assert min(Counter(case.where for case in CASES).values()) >= 10
    assert all(MARK in case.text.replace("\u200b", "") for case in CASES)


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.kind}".replace(" ", "-"))


@each_case
async def test_no_text_from_outside_changes_what_is_recommended_without_a_model(case: Injection, clean: Run) -> None:
    done = await injected(case, None)
    assert faults(case, done, clean) == []
    if case.where != "request":
        assert list(done.by_id) == list(clean.by_id)


@pytest.mark.parametrize("case", [case for case in CASES if case.where != "request"][::5], ids=lambda case: case.id)
async def test_under_strict_grounding_no_word_of_a_model_that_obeys_is_shown(case: Injection) -> None:
    done = await injected(case, obedient(), grounding="strict")
    others = [pick for pick in done.picks if pick["movie_id"] != ARRIVAL.movie_id or case.where == "preference"]
    assert others
    assert not any(MARK in pick["reasoning"] or "As you wish" in pick["reasoning"] for pick in others)


@each_case
async def test_a_model_that_obeys_gets_a_whole_prompt_and_nothing_of_it_out_raw(case: Injection, clean: Run) -> None:
    model = obedient()
    assert faults(case, await injected(case, model), clean) == []
    if not model.prompts:
        assert "IMDb 10.0" in case.text  # no film meets the request, and the model is not asked
        return
    prompt = model.prompts[0]
    asked = prompt[prompt.index("<films>\n") :]
    assert [asked.count(m) for m in ("<films>", "</films>", "<request>", "</request>")] == [1, 1, 1, 1]
    films = asked[: asked.index("</films>")]
    listed = [line for line in films.split("\n") if line.startswith("[")]
    assert [line[: line.index("]") + 1] for line in listed] == [f"[{n}]" for n in range(1, len(listed) + 1)]
    assert films.count("[") == len(listed)
    asks_for_winners = case.where == "request" and "nine Oscars" in case.text  # one of the films is one
    assert len(listed) >= (1 if asks_for_winners else 3)
    assert len(films) < 12_000
