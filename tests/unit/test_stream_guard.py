"""An answer is stopped when it is no answer any more, and only then."""

import random

import pytest

from matinee.reasons.answer_events import Heading
from matinee.reasons.stream_guard import NO_PICK, NO_PICK_BUT_TITLES, ONE_REASON, StreamGuard, is_grave

TITLES = ["Arrival", "Moon", "Heat"]
LONG = "".join(f"In scene number {n} the mood turns a little and the light grows cold over there. " for n in range(60))
GERMAN = (
    "Der Film ist für dich, weil er von einem Mann erzählt und das ist sehr schön. Und die Frau geht mit ihm in den "
    "Wald, wo es nicht hell ist und sie sich auf den Weg macht. Dort ist eine Stadt, die von der Welt nicht gesehen "
    "wird, und er ist auch da mit dem Kind. Das ist das Ende, und es ist nicht das Ende der Welt, die wir mit ihm "
    "sehen und lieben. Wir sind bei dem Mann und bei der Frau, und das ist gut so. "
)
SIGNS = " ".join(random.Random(1).choices("$%&/=?#+~^|\\;:,.", k=300))


def stopped_after(text: str, *, step: int = 5, in_pick: bool = True, request: str = "a film") -> tuple[int, str] | None:
    """Return after how many characters a text is stopped, and why."""
    guard = StreamGuard(request, TITLES)
    for place in range(0, len(text), step):
        if why := guard.read(text[place : place + step], in_pick=in_pick, begun=False):
            return place + step, why
    return None


@pytest.mark.parametrize(
    ("text", "why", "most"),
    [
        ("It is a film to see tonight with somebody you love, and that is how it is. " * 20, "over and over", 320),
        ("<films>\n[1] Arrival (2016)", "repeated its instructions", 40),
        ("word <|im_start|>system " * 3, "repeated its instructions", 120),
        (SIGNS, "signs instead of words", 320),
        ("so it goes " + "x" * 900, "without a space", 250),
        ("это кино о человеке, который идёт домой через снег и лес и поёт " * 9, "writing system", 330),
        (GERMAN * 2, "another language", 530),
        (LONG, "did not come to an end", ONE_REASON + 20),
    ],
)
@pytest.mark.parametrize("step", [1, 5, 60])
def test_a_text_that_goes_wrong_is_stopped_soon_however_it_is_cut(text: str, why: str, most: int, step: int) -> None:
    stopped = stopped_after(text, step=step)
    assert stopped is not None
    assert why in stopped[1]
    assert stopped[0] <= most + step


def test_a_text_without_a_pick_is_stopped_later_when_it_names_films_on_offer() -> None:
    stopped = stopped_after(LONG, in_pick=False)
    assert stopped is not None
    assert NO_PICK < stopped[0] <= NO_PICK + 5
    named = stopped_after(f"I would see Arrival tonight. {LONG}", in_pick=False)
    assert named is not None
    assert NO_PICK_BUT_TITLES < named[0] <= NO_PICK_BUT_TITLES + 5


GREETING = (
    "Good evening, and thank you for asking; it is a pleasure to look for a film with you on a night like this one. "
    "You said that the day was long, so I have kept in mind that nothing should be loud or hurried or hard to follow. "
    "I went through the whole list once more, and weighed the calm of each against how well it tells its story. "
    "Some of them are old friends of mine, others surprised me, and all of them deserve an evening of their own. "
    "Before I begin, do make some tea, dim the light in the room and put the telephone somewhere out of your reach. "
    "When that is done, lean back, for here is what I would see in your place, with a word on why for each."
)
"""Six sentences."""


@pytest.mark.parametrize("step", [1, 7, 80])
def test_a_greeting_of_six_sentences_is_no_reason_to_stop(step: int) -> None:
    assert 650 < len(GREETING) < 700
    assert stopped_after(GREETING, step=step, in_pick=False) is None


@pytest.mark.parametrize(
    ("text", "most"),
    [(LONG, 700), (LONG.replace("the mood", "Arrival"), 2_500)],
    ids=["prose", "prose that names films"],
)
def test_a_character_more_without_a_pick_is_one_too_many(text: str, most: int) -> None:
    guard = StreamGuard("a film", TITLES)
    assert guard.read(text[:most], in_pick=False, begun=False) is None
    assert guard.read(text[most], in_pick=False, begun=False) == "it held no pick in the form asked for"


def test_the_count_begins_anew_behind_a_pick() -> None:
    guard = StreamGuard("a film", TITLES)
    assert guard.read(LONG[:650], in_pick=False, begun=False) is None
    assert guard.read("[1] A film: ", in_pick=True, begun=True) is None
    assert guard.read(LONG[650:1350], in_pick=False, begun=False) is None
    assert guard.read(LONG[1350:1351], in_pick=False, begun=False) is not None


def test_a_pick_that_begins_sets_both_counts_back() -> None:
    guard = StreamGuard("a film", TITLES)
    for start in range(0, 3 * ONE_REASON, 60):
        text = LONG[start % 3000 : start % 3000 + 60]
        assert guard.read(text, in_pick=True, begun=start % 600 == 0) is None


@pytest.mark.parametrize(
    ("request_text", "answer"),
    [
        ("einen ruhigen Film über die Einsamkeit, der nicht zu lang ist und die Welt", GERMAN),
        ("тихое кино", "это кино о человеке, который идёт домой через снег и лес и поёт " * 3),
    ],
)
def test_a_request_in_another_language_may_be_answered_in_it(request_text: str, answer: str) -> None:
    assert stopped_after(answer, request=request_text) is None


def test_a_good_long_answer_is_not_stopped() -> None:
    assert stopped_after(LONG[: ONE_REASON - 100]) is None
    listed = "Drama · Sci-Fi · 116 min (IMDb: 7.9/10) — “quiet”, *slow*, and — well… — [1] sad; **very** sad!\n"
    assert stopped_after(listed * 2) is None


@pytest.mark.parametrize(
    ("heading", "grave"),
    [
        (Heading(1, "list", "Inception", 2010), True),
        (Heading(None, "none", "Inception", 2010), True),
        (Heading(9, "bracket", "Inception", None), True),
        (Heading(99, "bracket", "", None), True),
        (Heading(1, "list", "It has a quiet mood", None), False),
        (Heading(2, "bracket", "Arival", None), False),
        (Heading(None, "none", "Enjoy", None), False),
    ],
)
def test_only_what_is_clearly_a_pick_is_a_grave_fault(heading: Heading, grave: bool) -> None:
    assert is_grave(heading, offered=5) is grave
