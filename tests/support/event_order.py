"""The order that a run's events are promised in, as one check over a whole stream."""

import re
from collections.abc import Sequence

from matinee.events.schema import Event, Final, Notice, Recommendation, Reset, Status, Token

AHEAD = ("understand", "embed_query", "retrieve", "recall_preferences", "rerank")
ROUND = ("generate", "structure", "validate")


def drafts_of(stream: Sequence[Event]) -> list[str]:
    """Return the texts between the resets."""
    drafts = [""]
    for event in stream:
        if isinstance(event, Reset):
            drafts.append("")
        elif isinstance(event, Token):
            drafts[-1] += event.text
    return drafts


def check_order(stream: Sequence[Event]) -> None:
    """Assert all that is promised of the order of a run that did not fail."""
    _final_is_last(stream)
    _stages_follow_the_graph(stream)
    _words_come_while_the_answer_is_written(stream)
    _positions_count_up(stream)
    _clocks_go_forward(stream)


def _final_is_last(stream: Sequence[Event]) -> None:
    assert [type(event) for event in stream].count(Final) == 1
    final = stream[-1]
    assert isinstance(final, Final)
    cards = [event.recommendation for event in stream if isinstance(event, Recommendation)]
    assert final.recommendations == cards  # what was handed over stands, and nothing else is in the result
    told = {event.message for event in stream if isinstance(event, Notice)}
    assert set(final.notices) == told


def _stages_follow_the_graph(stream: Sequence[Event]) -> None:
    done = [event.stage for event in stream if isinstance(event, Status) and event.phase == "done"]
    searches = slice(2, 4)
    done[searches] = sorted(done[searches], reverse=True)  # they run side by side
    assert tuple(done) in {AHEAD + ROUND, AHEAD + ROUND * 2}


def _words_come_while_the_answer_is_written(stream: Sequence[Event]) -> None:
    writing, said = False, ""
    for event in stream:
        match event:
            case Status(stage="generate", phase="begun"):
                assert not said  # a draft of which there is text is taken back before the next one begins
                writing = True
            case Status(stage="generate", phase="done"):
                writing = False
            case Token():
                assert writing
                said += event.text
            case Reset():
                said = ""
            case _:
                pass


def _positions_count_up(stream: Sequence[Event]) -> None:
    positions = [event.position for event in stream if isinstance(event, Recommendation)]
    assert positions == list(range(1, len(positions) + 1))


def _clocks_go_forward(stream: Sequence[Event]) -> None:
    seconds = [event.seconds for event in stream if isinstance(event, Status | Final)]
    assert seconds == sorted(seconds)
    assert all(event.took <= event.seconds for event in stream if isinstance(event, Status))


def check_cards_after_their_text(stream: Sequence[Event]) -> None:
    """Assert that while a model wrote, no pick came before a text that names it, nor with a reason still to come.

    A pick whose reason the model's text does not hold was given one by matinee: that one is not streamed.
    """
    said, writing = "", False
    whole = "".join(drafts_of(stream))
    for event in stream:
        match event:
            case Status(stage="generate", phase=phase):
                writing = phase == "begun"
            case Reset():
                said = ""
            case Token():
                said += event.text
            case Recommendation() if writing:
                assert said.strip()
                reason = _squeezed(event.recommendation.reasoning)
                assert reason in _squeezed(said) or reason not in _squeezed(whole)
            case _:
                pass


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", " ", text)
