"""A model's answer is read for the films it names and what it says of each, in whatever form and pieces it comes."""

import re
import tomllib
from pathlib import Path
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
