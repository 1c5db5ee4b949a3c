import json
from pathlib import Path
from typing import Any

import pytest

from matinee.grounding.draft import Draft, DraftParser

ASKED_FOR = "[3] Arrival (2016): A linguist meets visitors. It is quiet.\n\n[1] Moon (2009): A miner alone."

WRITTEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "grounding" / "drafts.jsonl").read_text(encoding="utf-8").splitlines()
]
"""What models wrote that kept to the form in part, and the picks in it: number, title, year, reason."""


def drafts_of(text: str, step: int = 5) -> list[Draft]:
    parser = DraftParser()
    found = [draft for i in range(0, len(text), step) for draft in parser.feed(text[i : i + step])]
    return found + parser.finish()


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_the_form_asked_for_is_read_however_the_text_is_cut(step: int) -> None:
    assert drafts_of(ASKED_FOR, step) == [
        Draft(
            number=3,
            numbered="bracket",
            title="Arrival",
            year=2016,
            reason="A linguist meets visitors. It is quiet.",
        ),
        Draft(number=1, numbered="bracket", title="Moon", year=2009, reason="A miner alone."),
    ]


def test_a_pick_is_finished_when_its_paragraph_ends() -> None:
    parser = DraftParser()
    done = parser.feed("[3] Arrival (2016): A linguist meets visitors.\n\n")
    assert [draft.title for draft in done] == ["Arrival"]
    assert parser.finish() == []


def test_a_pick_is_finished_when_the_list_s_facts_begin_to_be_copied() -> None:
    parser = DraftParser()
    done = parser.feed("[3] Arrival (2016): A linguist meets visitors.\nFacts: Dr")
    assert [draft.title for draft in done] == ["Arrival"]


def test_a_pick_is_finished_when_the_next_one_begins() -> None:
    parser = DraftParser()
    assert parser.feed("[3] Arrival (2016): A linguist meets visitors\n") == []
    assert [draft.title for draft in parser.feed("[4] ")] == ["Arrival"]


@pytest.mark.parametrize(
    ("line", "number", "title", "year"),
    [
        ("1. **Moon** (2009) - Lonely.", 1, "Moon", 2009),
        ('2) "The Martian" (2015) — Stranded.', 2, "The Martian", 2015),
        ("- **Her** (2013): He falls in love.", None, "Her", 2013),
        ("## Paddington 2 (2017)\nA bear in jail.", None, "Paddington 2", 2017),
        ("Film 5: Solaris (1972): An ocean.", 5, "Solaris", 1972),
        ("3. Inception: Dreams.", 3, "Inception", None),
        ("[2] Mission: Impossible (1996): A mole.", 2, "Mission: Impossible", 1996),
        ("[7]: A good one.", 7, "", None),
    ],
)
def test_other_forms_that_models_write_are_read(line: str, number: int | None, title: str, year: int | None) -> None:
    (draft,) = drafts_of(line)
    assert (draft.number, draft.title, draft.year) == (number, title, year)
    assert draft.reason


@pytest.mark.parametrize(
    "text",
    [
        "I would suggest something calm tonight.",
        "Here are some films that you may like:\n\nEnjoy!",
        "",
        "\n\n\n",
    ],
)
def test_prose_is_no_pick(text: str) -> None:
    assert drafts_of(text) == []


def test_of_a_text_that_broke_off_only_whole_sentences_are_kept() -> None:
    parser = DraftParser()
    parser.feed("[3] Arrival (2016): A linguist meets visitors. She then disc")
    assert [draft.reason for draft in parser.finish(broken=True)] == ["A linguist meets visitors."]


def test_a_reason_over_several_lines_is_one_reason() -> None:
    (draft,) = drafts_of("[3] Arrival (2016):\nA linguist meets visitors\nand learns their language.")
    assert draft.reason == "A linguist meets visitors and learns their language."


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
    ],
)
def test_the_model_s_own_confidence_is_read_and_taken_out_of_the_reason(remark: str, figure: float) -> None:
    (draft,) = drafts_of(f"[3] Arrival (2016): A linguist meets visitors. {remark}")
    assert draft.confidence == pytest.approx(figure)
    assert draft.reason == "A linguist meets visitors."


@pytest.mark.parametrize(
    "label", ["Why it suits the request: ", "Why this one suits the request, too. ", "**Why this film fits:** "]
)
def test_a_label_of_the_form_is_no_part_of_the_reason(label: str) -> None:
    [draft] = drafts_of(f"[3] Arrival (2016): {label}A linguist meets visitors.\n{label}It is quiet.")
    assert draft.reason == "A linguist meets visitors. It is quiet."


def test_a_why_that_the_reason_needs_stays() -> None:
    [draft] = drafts_of("[3] Arrival (2016): Nobody knows why it works. Why it came is what she asks: a linguist.")
    assert draft.reason == "Nobody knows why it works. Why it came is what she asks: a linguist."


def test_a_figure_that_is_no_share_is_taken_out_and_not_kept() -> None:
    (draft,) = drafts_of("[3] Arrival (2016): Confidence: 900 A linguist meets visitors.")
    assert (draft.confidence, draft.reason) == (None, "A linguist meets visitors.")


@pytest.mark.parametrize(
    "reason", ["He has lost his confidence.", "She is 40 and sure of herself.", "It runs 116 minutes."]
)
def test_other_words_and_figures_stay_in_the_reason(reason: str) -> None:
    (draft,) = drafts_of(f"[3] Arrival (2016): {reason}")
    assert (draft.confidence, draft.reason) == (None, reason)


@pytest.mark.parametrize("step", [1, 9, 1000])
@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: f"{written['by']}: {written['what']}")
def test_what_models_wrote_is_read_for_what_it_says(written: dict[str, Any], step: int) -> None:
    found = drafts_of(written["text"], step)
    assert [[d.number, d.title, d.year, d.reason] for d in found] == written["picks"]


@pytest.mark.parametrize("text", ["In 1. Moon (2009) is named.", "As for Moon (2009), it is quiet."])
def test_a_film_named_in_a_sentence_is_no_pick(text: str) -> None:
    assert drafts_of(text) == []
