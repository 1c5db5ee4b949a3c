"""What is shown of an answer is the same however it comes in, and nothing of it has to be taken back."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tomllib import loads
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.models import Candidate, Evidence, Movie, MovieRecommendation, ReasonSentence
from matinee.nodes.answer_reader import AnswerReader, paragraph
from matinee.reasons.checker import Judged
from matinee.reasons.composer import Composed
from matinee.reasons.parser import AnswerParser, Heading
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.stream_guard import StreamGuard
from matinee.understanding import Understanding
from tests.support.films import ARRIVAL, FARGO, FILMS, HEAT, MOON, film

DATA = Path(__file__).parent / "data" / "reasons"
ANSWER = (
    "Happy to help!\n\n"
    "[1] Arrival (2016): A linguist learns the language of visitors... and of loss. It was made in 1950. "
    "He is not in it. The score by J. Jóhannsson hums.\n\n"
    '2. **"Moon" (2009)** – Sam Rockwell is alone.\nThat is all he is.\nConfidence: 0.8\n\n'
    "<think>Which one now?</think>[3] Heat (1995): It was made in 1950.\n\n"
    "* Fargo (1996): Snow, and a pregnant police chief.\n\nEnjoy your evening!"
)
"""An answer as models write them; all that is said of 1950 is false."""


class Shown(NamedTuple):
    text: str
    picks: list[MovieRecommendation]
    stopped: str
    faults: list[str]


async def judge(text: str, film: Movie) -> Judged:
    return Judged(text, "contradicted", shown=False) if "1950" in text else Judged(text, "own")


def composed(candidate: Candidate) -> Composed:
    said = ReasonSentence(
        text=f"{candidate.movie.title} is what the ranking found.",
        support="catalogue",
        source="title",
        quote=candidate.movie.title,
    )
    return Composed([said], [Evidence(claim=said.text, source="title", quote=said.quote)])


async def read(
    *chunks: str, films: Sequence[Movie] = FILMS, limit: int = 4, is_last: bool = False, broken: bool = False
) -> Shown:
    offered = [Candidate(movie=film) for film in films]
    builder = RecommendationBuilder(offered, Understanding(text="a film"), limit, composed)
    reader = AnswerReader(builder, judge, StreamGuard("a film", [f.title for f in films]), len(films), is_last=is_last)
    text = ""
    for chunk in chunks:
        text += "".join([piece async for piece in reader.read(chunk)])
        if reader.complete or reader.stopped:
            break
    text += "".join([piece async for piece in reader.finish(broken=broken)])
    return Shown(text, builder.picks, reader.stopped, builder.faults)


def answer_of(picks: Sequence[MovieRecommendation]) -> str:
    return "\n\n".join(paragraph(pick) for pick in picks)


async def test_what_is_shown_is_what_stands() -> None:
    shown = await read(ANSWER, films=[ARRIVAL, MOON, HEAT, FARGO])
    assert shown.text == (
        "Arrival (2016): A linguist learns the language of visitors... and of loss. "
        "The score by J. Jóhannsson hums.\n\n"
        "Moon (2009): Sam Rockwell is alone. That is all he is.\n\n"
        "Heat (1995): Heat is what the ranking found.\n\n"
        "Fargo (1996): Snow, and a pregnant police chief."
    )
    assert [pick.reasoning_kind for pick in shown.picks] == ["partial", "model", "facts", "model"]
    assert shown.picks[1].model_confidence == 0.8


async def test_every_cut_of_an_answer_gives_the_same_text_and_picks() -> None:
    whole = await read(ANSWER)
    assert await read(*ANSWER) == whole
    for place in range(1, len(ANSWER)):
        assert await read(ANSWER[:place], ANSWER[place:]) == whole


@given(st.lists(st.integers(1, len(ANSWER) - 1), max_size=40).map(lambda cuts: sorted({0, *cuts, len(ANSWER)})))
@settings(max_examples=50, deadline=None)
async def test_any_chunks_of_an_answer_give_the_same_text_and_picks(cuts: list[int]) -> None:
    chunks = [ANSWER[start:end] for start, end in pairwise(cuts)]
    assert await read(*chunks) == await read(ANSWER)


@pytest.mark.parametrize("answer", loads((DATA / "answers.toml").read_text("utf-8"))["answer"], ids=lambda a: a["form"])
@pytest.mark.parametrize("step", [1, 7, 100_000])
async def test_what_was_shown_is_the_answer_of_the_picks_whatever_form_it_has(
    answer: dict[str, str], step: int
) -> None:
    text = answer["text"]
    parser = AnswerParser()
    named = [event for event in [*parser.feed(text), *parser.finish()] if isinstance(event, Heading) and event.title]
    films = list({event.title: film(event.title, event.year) for event in named}.values())
    shown = await read(*(text[i : i + step] for i in range(0, len(text), step)), films=films, limit=9, is_last=True)
    assert shown.text == answer_of(shown.picks)
    assert len(shown.picks) == len(films) or "<|im_start|>" in text  # there, the model runs on into another prompt


async def test_a_heading_is_shown_before_its_reason_and_a_sentence_before_the_next() -> None:
    builder = RecommendationBuilder(
        [Candidate(movie=ARRIVAL), Candidate(movie=MOON)], Understanding(text="x"), 2, composed
    )
    reader = AnswerReader(builder, judge, StreamGuard("x", []), 2, is_last=False)

    async def after(chunk: str) -> str:
        return "".join([piece async for piece in reader.read(chunk)])

    assert await after("[1] Arrival (2016): A ling") == "Arrival (2016):"
    assert await after("uist learns. She is") == " A linguist learns."
    assert await after(" calm.\n\n[2] Moon (2009): ") == " She is calm.\n\nMoon (2009):"


async def test_a_text_that_breaks_off_gives_whole_sentences_only() -> None:
    shown = await read("[1] Arrival (2016): A linguist learns. She then disc", broken=True)
    assert shown.text == "Arrival (2016): A linguist learns."


async def test_reading_ends_when_there_are_enough_picks() -> None:
    shown = await read("Arrival (2016): Quiet.\n\nMoon (2009): Lonely.\n\nHeat (1995): Loud.", limit=2)
    assert shown.text == "Arrival (2016): Quiet.\n\nMoon (2009): Lonely."
    assert shown.stopped == ""


async def test_a_first_answer_is_stopped_at_a_pick_that_clearly_cannot_stand() -> None:
    shown = await read(*"**Arrival** (2016): Quiet.\n\n**Inception** (2010): Dreams.\n\n**Moon** (2009): Lonely.")
    assert shown.text == "Arrival (2016): Quiet."
    assert "Inception" in shown.stopped
    assert "Inception" in shown.faults[0]


async def test_a_last_answer_is_read_past_faulty_picks_but_not_past_many() -> None:
    bad = "**Inception** (2010): Dreams.\n\n"
    shown = await read(bad, bad, "**Moon** (2009): Lonely.\n\n", is_last=True)
    assert shown.text == "Moon (2009): Lonely."
    assert (await read(*[bad] * 6, "**Moon** (2009): Lonely.", is_last=True)).text == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "\x00\x01\x1b[31m\ufffd" * 50,
        "[1]" * 3000,
        "# " * 20_000,
        "**" * 20_000,
        "<b>" * 5_000,
        '{"a":' * 3_000,
        "word " * 20_000,
        "x" * 100_000,
        "\u202eArrival\u202c (2016): olleh",
        "1. Inception (2010): Dreams.\n" * 2_000,
    ],
    ids=lambda text: repr(text[:12]),
)
async def test_a_bad_answer_raises_nothing_and_shows_only_what_stands(text: str) -> None:
    for is_last in (False, True):
        shown = await read(*(text[i : i + 50] for i in range(0, len(text), 50)), is_last=is_last)
        assert shown.text == answer_of(shown.picks)
        assert {pick.movie_id for pick in shown.picks} <= {film.movie_id for film in FILMS}


async def test_a_long_answer_that_comes_in_one_piece_is_read_like_any_other() -> None:
    sentences = " ".join(f"The snow of mile {n} falls on a road that nobody has cleared." for n in range(12))
    whole = f"[1] Arrival (2016): {sentences}\n\n[2] Moon (2009): {sentences}\n\n[3] Heat (1995): {sentences}"
    assert len(whole) > 2000
    shown = await read(whole, limit=3)
    assert (shown.stopped, [pick.title for pick in shown.picks]) == ("", ["Arrival", "Moon", "Heat"])
