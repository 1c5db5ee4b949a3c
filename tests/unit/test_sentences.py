"""Texts are taken apart into sentences, and the same ones however they come in."""

import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.language.sentences import SentenceSplitter, is_whole, sentences

# Sentences as they stand in a text, joined there by one space.
TEXTS = {
    "plain": ["A linguist meets visitors.", "It is quiet!", "Is it long?", "No."],
    "initials": ["J.J. Abrams directs.", "William H. Macy and Samuel L. Jackson play.", "E.T. is near."],
    "a name that ends in an initial": ["He plays Malcolm X.", "The film is long."],
    "titles of persons": ["Mr. and Mrs. Smith meet Dr. No.", "They go to St. Louis with Prof. Higgins."],
    "junior": ["Robert Downey Jr. plays him.", "So does Cuba Gooding Jr.", "He is good."],
    "versus, number, volume": ["It is Kramer vs. Kramer, no. 5 of Vol. 2 and Vol. II.", "No.", "They part."],
    "places and hours": [
        "It is set in the U.S. Army at 5 a.m. on Monday.",
        "They left the U.S.",
        "The rest is in D.C.",
    ],
    "companies": ["Monsters, Inc. is loud.", "It is by Pixar, Inc.", "They know how."],
    "ellipses": ["He waits... and waits.", "He waits…", "Nobody comes...", "The end."],
    "colons": ["It has two things: a house and a dog.", "One wish: Go!"],
    "titles that end in a stop": [
        "When Harry Met Sally... is warm.",
        "Dr. Strangelove is cold.",
        "O Brother, Where Art Thou? is odd.",
        "Airplane! (1980) is mad.",
        "Good Night, and Good Luck. is grey.",
    ],
    "quotes and brackets behind the stop": [
        "He says “never.”",
        "(It is a lie.)",
        'She calls it "home."',
        "»Nein.«",
        "That is *all.*",
        "He goes.",
    ],
    "a quotation within": ["He says “No. Never.” and goes.", "It is mad (Is it? Yes.) and loud."],
    "a quotation that is never closed": [
        'He says "no and so on, for it is late in the year and the house is far away.',
        "She laughs.",
        "They go.",
    ],
    "decimals and years": ["It has 8.1 of 10 and runs 96.5 minutes.", "It is of 1999.", "2001 came later."],
    "several stops": ["Run!!", "Why?!", "He ran..!", "So."],
    "dashes": ["He left — she stayed.", "He left. – A lie.", "It is over."],
    "digits, quotes and brackets at the beginning": [
        "It is long.",
        "96 minutes fly by.",
        "“Up” is short.",
        "(So is Her.)",
        "¿Qué?",
        "[It is.]",
    ],
    "titles written small": ["I like it.", "eXistenZ is odd.", "iRobot is not."],
    "points within a sentence": ["For two reasons: 1. It is short, 2. It is sad.", "That is all."],
    "pictures": ["It is great!", "🎬 Watch it."],
    "German": ["Er geht z.B. nach Hause.", "„Nie.“", "Sie bleibt."],
    "Arabic and Hindi": ["فيلم طويل؟", "نعم.", "यह लंबा है।", "हाँ।"],
    "one word": ["Arrival"],
    "words that are abbreviations elsewhere": ["It is no feat.", "She says no.", "They fig it out."],
}


@pytest.mark.parametrize("parts", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_has_these_sentences(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


@pytest.mark.parametrize("parts", TEXTS.values(), ids=TEXTS.keys())
def test_they_are_the_same_cut_anywhere(parts: list[str]) -> None:
    text = " ".join(parts)
    for cut in range(1, len(text)):
        assert split(text[:cut], text[cut:]) == parts
    assert split(*text) == parts


def split(*chunks: str) -> list[str]:
    splitter = SentenceSplitter()
    done = [sentence for chunk in chunks for sentence in splitter.feed(chunk)]
    return done + splitter.finish()


def test_scripts_without_spaces_have_sentences() -> None:
    assert sentences("他走了。她说：「好！」然后呢？") == ["他走了。", "她说：「好！」", "然后呢？"]


def test_items_of_a_list_are_sentences() -> None:
    text = "Two things:\n- a house\n- a dog that\n  talks\n3. more\n\nAnd so on"
    assert sentences(text) == ["Two things:", "- a house", "- a dog that\n  talks", "3. more", "And so on"]


def test_a_line_break_alone_ends_no_sentence() -> None:
    assert sentences("It is a\nfilm. It\nends.") == ["It is a\nfilm.", "It\nends."]


@pytest.mark.parametrize(
    ("read", "done"),
    [
        ("It is quiet. I", ["It is quiet."]),
        ("It is quiet.", []),
        ("It is quiet. ", []),
        ("It is quiet. (", []),
        ("It is quiet.\n\n", ["It is quiet."]),
        ("Is it? 9", ["Is it?"]),
        ("He left the U.S. Th", []),
        ("He left the U.S. The ", ["He left the U.S."]),
        ("他走了。她", ["他走了。"]),
    ],
)
def test_a_sentence_is_given_as_soon_as_its_end_is_certain(read: str, done: list[str]) -> None:
    assert SentenceSplitter().feed(read) == done


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It is quiet.", True),
        ("It is “quiet.”", True),
        ("It ends...", True),
        ("By Robert Downey Jr.", True),
        ("It is quiet", False),
        ("By William H.", False),
        ("By J.J.", False),
        ("With Dr.", False),
        ("", False),
    ],
)
def test_a_text_that_broke_off_at_an_abbreviation_is_not_whole(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


@given(st.text(), st.data())
def test_any_text_has_the_same_sentences_for_any_chunks(text: str, data: st.DataObject) -> None:
    cut = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    chunks = [text[a:b] for a, b in zip([0, *cut], [*cut, len(text)], strict=True)]
    assert split(*chunks) == split(*text) == sentences(text)


@given(
    st.lists(st.sampled_from(['"', "(", ".", "?", "…", " ", "\n", "A", "b", "Mr", "1", "U.S.", "。", "-", "“", "”"]))
)
def test_nothing_but_space_is_lost(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("unit", ["a", "a ", ". ", "A. ", '"', "U.S. ", "。", "\n", "(", "1. ", "Mr. X"])
def test_the_work_grows_with_the_text_and_not_faster(unit: str) -> None:
    assert steps(unit * 4000) < 2.3 * steps(unit * 2000)


def steps(text: str) -> int:
    """Return how many functions are called."""
    count = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        split(*text)
    finally:
        sys.setprofile(None)
    return count
