"""A model's answer is read for the films it names and what it says of each, in whatever form and pieces it comes."""

import json
import re
import sys
import tomllib
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.reasons.parser import AnswerParser, Confidence, Event, Heading, Sentence

DATA = Path(__file__).parent / "data" / "reasons" / "answers.toml"
ANSWERS = tomllib.loads(DATA.read_text(encoding="utf-8"))["answer"]
EVERY_FORM = pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["form"])
_HEADING = re.compile(r"> (?:\[(\d+)\]|(\d+)\.)? ?(.*?)(?: \((\d{4})\))?")


def expected(answer: dict[str, Any]) -> list[Event]:
    return [event(line) for line in answer["events"].strip().splitlines()]


def event(line: str) -> Event:
    if line.startswith("= "):
        return Confidence(float(line[2:]))
    if not (found := _HEADING.fullmatch(line)):
        return Sentence(line)
    bracket, listed, title, year = found.groups()
    number = bracket or listed
    return Heading(
        int(number) if number else None,
        "bracket" if bracket else "list" if listed else "none",
        title,
        int(year) if year else None,
    )


def read(*chunks: str, broken: bool = False) -> list[Event]:
    parser = AnswerParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events + parser.finish(broken=broken)


@EVERY_FORM
def test_every_form_is_read_whole(answer: dict[str, Any]) -> None:
    assert read(answer["text"]) == expected(answer)


@EVERY_FORM
def test_every_form_is_read_one_character_at_a_time(answer: dict[str, Any]) -> None:
    assert read(*answer["text"]) == expected(answer)


@EVERY_FORM
def test_every_form_is_read_cut_anywhere(answer: dict[str, Any]) -> None:
    text, events = answer["text"], expected(answer)
    assert [i for i in range(1, len(text)) if read(text[:i], text[i:]) != events] == []


WRITTEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/reasons/drafts.jsonl").read_text(encoding="utf-8").splitlines()
]
"""What small models wrote that kept to the form in part, and the picks in it: number, title, year, reason."""


@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: f"{written['by']}: {written['what']}")
def test_what_small_models_wrote_is_read(written: dict[str, Any]) -> None:
    picks: list[list[Any]] = []
    for event in read(*written["text"]):
        if isinstance(event, Heading):
            picks.append([event.number, event.title, event.year, ""])
        elif isinstance(event, Sentence):
            picks[-1][3] = f"{picks[-1][3]} {event.text}".strip()
    assert picks == written["picks"]


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from([a["text"][i : i + 9] for a in ANSWERS for i in range(0, len(a["text"]), 9)]), max_size=12
    ).map("".join),
    st.booleans(),
    st.data(),
)
@settings(deadline=None)
def test_any_text_gives_the_same_events_for_any_chunks(text: str, broken: bool, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert read(*chunks, broken=broken) == read(*text, broken=broken) == read(text, broken=broken)


@given(st.text(st.characters() | st.sampled_from("\x1b[1m<b>*`{}|\u200b\u202e&lt;"), max_size=60))
@settings(deadline=None)
def test_what_is_given_is_plain_text_on_one_line(text: str) -> None:
    for event in read(f"[1] Up{text} (2009): A house {text} flies."):
        shown = event.text if isinstance(event, Sentence) else event.title if isinstance(event, Heading) else ""
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u202e]|\*\*|```|\{\{|<[a-z]", shown)
        assert shown == " ".join(shown.split())


def test_each_event_is_given_as_soon_as_it_is_certain() -> None:
    parser = AnswerParser()
    given_at: list[tuple[str, list[Event]]] = []
    for chunk in [
        "[3] Arrival (2016)",
        ":",
        " A linguist meets visitors.",
        " I",
        "t is quiet.\n",
        "She ",
        "waits\n[4] ",
        "M",
    ]:
        given_at.append((chunk, parser.feed(chunk)))
    assert [(chunk, events) for chunk, events in given_at if events] == [
        (":", [Heading(3, "bracket", "Arrival", 2016)]),
        (" I", [Sentence("A linguist meets visitors.")]),
        ("She ", [Sentence("It is quiet.")]),
        ("waits\n[4] ", [Sentence("She waits")]),
    ]


@pytest.mark.parametrize("end", ["\n\n", "\nFacts: Dr", "\n- ", "\n**Why:** ", "\n[4] "])
def test_a_sentence_is_given_when_its_paragraph_ends(end: str) -> None:
    assert AnswerParser().feed(f"[3] Arrival (2016): A linguist meets visitors{end}")[1:] == [
        Sentence("A linguist meets visitors")
    ]


def test_a_sentence_within_json_is_given_before_its_string_ends() -> None:
    text = '[{"title": "Up", "year": 2009, "reason": "A house flies. It'
    assert AnswerParser().feed(text) == [Heading(None, "none", "Up", 2009), Sentence("A house flies.")]


def test_a_sentence_within_a_table_is_given_before_its_row_ends() -> None:
    text = "| Title | Year | Why |\n|---|---|---|\n| Up | 2009 | A house flies. It"
    assert AnswerParser().feed(text) == [Heading(None, "none", "Up", 2009), Sentence("A house flies.")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[3] Arrival (2016): A linguist meets visitors. She then disc", ["A linguist meets visitors."]),
        ("[3] Arrival (2016): A linguist meets visitors. It is by J.", ["A linguist meets visitors."]),
        ("[3] Arrival (2016): A linguist meets visitors. It is quiet.", ["A linguist meets visitors.", "It is quiet."]),
        (
            "[3] Arrival (2016): A linguist meets visitors.\nIt is quiet.",
            ["A linguist meets visitors.", "It is quiet."],
        ),
        ("[3] Arrival (2016): It cost 5 to 7.", ["It cost 5 to 7."]),
        ("[3] Arrival (2016): A linguist meets visitors.\n\n[4] Moo", ["A linguist meets visitors."]),
        (
            '{"title": "Arrival", "year": 2016, "reason": "A linguist meets visitors. She',
            ["A linguist meets visitors."],
        ),
        ("[3] Arrival (2016): A linguist meets visitors. <thi", ["A linguist meets visitors."]),
    ],
)
def test_of_a_text_that_broke_off_only_what_is_whole_is_given(text: str, told: list[str]) -> None:
    heading, *sentences = read(text, broken=True)
    assert isinstance(heading, Heading) and heading.title == "Arrival"
    assert sentences == [Sentence(sentence) for sentence in told]


@pytest.mark.parametrize(
    ("remark", "figure"),
    [
        ("(Confidence: 0.9)", 0.9),
        ("Confidence score: 85%.", 0.85),
        ("**Confidence:** 9/10", 0.9),
        ("My confidence is 0.75.", 0.75),
        ("I am 95% sure.", 0.95),
        ("confidence = 8 out of 10", 0.8),
        ("Confidence: 1.0", 1.0),
        ("\n\n*Confidence level: 70 %*", 0.7),
    ],
)
def test_the_model_s_own_confidence_is_given_and_taken_out_of_the_sentence(remark: str, figure: float) -> None:
    sentence, confidence = read(f"[3] Arrival (2016): A linguist meets visitors. {remark}")[1:]
    assert sentence == Sentence("A linguist meets visitors.")
    assert isinstance(confidence, Confidence)
    assert confidence.value == pytest.approx(figure)


def test_what_is_left_around_a_remark_within_a_sentence_has_one_blank_between() -> None:
    [_, sentence, _] = read("[3] Arrival (2016): A linguist, confidence = 8 out of 10. meets visitors")
    assert sentence == Sentence("A linguist meets visitors")


@pytest.mark.parametrize("remark", ["Confidence: 900", "Confidence: High", "**Confidence:** very high"])
def test_a_figure_that_is_no_share_is_taken_out_and_not_given(remark: str) -> None:
    assert read(f"[3] Arrival (2016): A linguist meets visitors.\n{remark}")[1:] == [
        Sentence("A linguist meets visitors.")
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "He has lost his confidence.",
        "She is 40 and sure of herself.",
        "It runs 116 minutes.",
        "It is directed by Billy Wilder; with Marilyn Monroe it sparkles.",
        "With 121 minutes; it flies by.",
        "Nobody knows why it works.",
        "Why it came is what she asks: a linguist.",
        "All of these threads meet.",
        "These three friends part.",
        "If you need a good cry, this is it.",
        "It is a story of two cities: one is cold.",
        "It has the stars of Heat (1995), and more.",
        "Directed by Michael Mann, it is cold.",
        "Enjoying it takes time.",
        "It is no. 5 of 10.",
    ],
)
def test_other_sentences_stay_as_they_are(reason: str) -> None:
    assert read(f"[3] Arrival (2016): {reason}")[1:] == [Sentence(reason)]


@pytest.mark.parametrize(
    "row",
    [
        "Facts: Comedy, Music; directed by Billy Wilder; with Marilyn Monroe, Tony Curtis; 121 minutes; keywords witty",
        "[Facts: Comedy, Music; directed by Billy Wilder; 121 minutes; IMDb 8.2]",
        "Comedy, Music; directed by Billy Wilder; with Marilyn Monroe; 121 minutes; IMDb 8.2.",
        "Directed by Billy Wilder; 121 minutes; IMDb 8.2; keywords screwball, witty",
        "[Facts: Comedy, Music]",
        "Keywords: screwball, witty",
        "Reasons: Comedy; directed by Billy Wilder; with Tony Curtis; 121 minutes.",
        "IMDb: 8.2/10",
        "**Runtime:** 121 minutes",
        "Comedy | 121 minutes | IMDb 8.2",
    ],
)
@pytest.mark.parametrize("gap", [" ", "\n"])
def test_facts_copied_from_the_prompt_are_no_sentences(row: str, gap: str) -> None:
    told = "Two musicians flee in disguise."
    assert read(f"[3] Some Like It Hot (1959): {told}{gap}{row}")[1:] == [Sentence(told)]


def test_it_tells_whether_a_pick_is_being_read() -> None:
    parser = AnswerParser()
    seen = []
    for chunk in ["Sure:\n\n", "[3] Arrival (2016):", " A linguist", " waits.\n\n", "Enjoy it!"]:
        parser.feed(chunk)
        seen.append((parser.in_pick, parser.writing))
    assert seen == [(False, False), (True, False), (True, True), (False, False), (False, True)]


BAD = {
    "one endless sentence": "word ",
    "one endless word": "a",
    "headings": "[1] Up (2009): a.\n",
    "headings without a year": "1. Up\n",
    "brackets": "[",
    "numbers in brackets": "[1] ",
    "counted numbers": "1. ",
    "stars": "*",
    "angle brackets": "<",
    "tags": "<b>",
    "tags that are not closed": "<script ",
    "braces": "{",
    "objects within objects": '{"a":',
    "strings that are not closed": '{"title":"Up","reason":"A b. c',
    "escapes": '{"reason":"\\u12',
    "lines of a table": "| a | b |\n",
    "stops": ". ",
    "initials": "A. ",
    "quotes": '"',
    "facts": "[1] Up (2009): directed by x; 12 min; ",
    "entities": "&lt;",
    "years": "(2009) ",
    "reasoning": "<think>",
    "the end of reasoning": "</think>",
    "labels": "Title: ",
    "labelled years": "Year: 2009 / ",
    "right to left": "\u202e\u05d0\u05d1 ",
    "terminal escapes": "\x1b[",
    "every character": "".join(map(chr, range(0x300))),
    "marks on one letter": "a" + "\u0301" * 50,
    "bold lines": "- **A**\n",
    "quotations that are not closed": '1. "A ',
    "picks on one line": "1. A 2. B ",
}


@pytest.mark.parametrize("before", ["", "[1] Up (2009): "])
@pytest.mark.parametrize("unit", BAD.values(), ids=BAD.keys())
def test_the_work_for_a_character_is_bounded(unit: str, before: str) -> None:
    times = max(1, 2_000 // len(unit))
    once, twice = (steps(before + unit * number) for number in (times, 2 * times))
    assert twice < 2.4 * once + 1_000
    assert twice < 250 * 4_000


def steps(text: str) -> int:
    """Return how many functions are called to read a text one character at a time."""
    count = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        read(*text)
    finally:
        sys.setprofile(None)
    return count


def test_a_long_answer_is_read_in_time() -> None:
    pick = "[3] Arrival (2016): A linguist meets visitors, and it is quiet. It asks a lot of questions.\n\n"
    began = process_time()
    read(*(pick * (100_000 // len(pick))))
    assert process_time() - began < 2
