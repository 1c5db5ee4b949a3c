"""The order that a run's events are promised in, as one check over a whole stream."""

from collections.abc import Sequence

from matinee.events.schema import Event, Final, Notice, Recommendation, Reset, Status, Token
from matinee.models import MovieRecommendation

AHEAD = ("understand", "embed_query", "retrieve", "recall_preferences", "rerank")
ROUND = ("generate", "structure", "validate")


def text_of(stream: Sequence[Event]) -> str:
    """Return the tokens, joined."""
    return "".join(event.text for event in stream if isinstance(event, Token))


def drafts_of(stream: Sequence[Event]) -> list[str]:
    """Return the texts between the resets of a raw stream."""
    drafts = [""]
    for event in stream:
        if isinstance(event, Reset):
            drafts.append("")
        elif isinstance(event, Token):
            drafts[-1] += event.text
    return drafts


def check_order(stream: Sequence[Event], *, raw: bool = False) -> None:
    """Assert all that is promised of the order of a run that did not fail; `raw`: its tokens are the model's own."""
    _final_is_last(stream)
    _stages_follow_the_graph(stream)
    _words_come_in_their_time(stream, raw=raw)
    _positions_count_up(stream)
    _clocks_go_forward(stream)
    if not raw:
        _words_are_the_answer(stream)
        check_cards_after_their_text(stream)


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


def _words_come_in_their_time(stream: Sequence[Event], *, raw: bool) -> None:
    """The model's own words come while it writes; the answer's may come until `validate` is done for the last time."""
    last = "generate" if raw else "validate"
    may_come = writing = False
    for event in stream:
        match event:
            case Status(stage="generate", phase="begun"):
                may_come = writing = True
            case Status(stage="generate", phase="writing"):
                assert writing
            case Status(phase="done", stage=stage):
                writing = writing and stage != "generate"
                may_come = may_come and stage != last
            case Token():
                assert may_come
            case _:
                pass


def _words_are_the_answer(stream: Sequence[Event]) -> None:
    final = stream[-1]
    assert isinstance(final, Final)
    assert not any(isinstance(event, Reset) for event in stream)  # what was shown is never taken back
    assert text_of(stream) == (final.answer if final.recommendations else "")


def check_cards_after_their_text(stream: Sequence[Event]) -> None:
    """Assert that each pick comes right after its own paragraph of the answer as it stands."""
    told: list[str] = []
    for place, event in enumerate(stream):
        if isinstance(event, Recommendation):
            told.append(_paragraph(event.recommendation))
            assert text_of(stream[:place]) == "\n\n".join(told)


def _paragraph(pick: MovieRecommendation) -> str:
    year = f" ({pick.year})" if pick.year else ""
    return f"{pick.title}{year}: {pick.reasoning}"


def _positions_count_up(stream: Sequence[Event]) -> None:
    positions = [event.position for event in stream if isinstance(event, Recommendation)]
    assert positions == list(range(1, len(positions) + 1))


def _clocks_go_forward(stream: Sequence[Event]) -> None:
    seconds = [event.seconds for event in stream if isinstance(event, Status | Final)]
    assert seconds == sorted(seconds)
    assert all(event.took <= event.seconds for event in stream if isinstance(event, Status))
