"""The order that a run's events are promised in, as one check over a whole stream."""

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
    """Assert all that is promised of the order of a run that did not fail and streams the checked answer."""
    check_stages(stream)
    _the_answer_is_what_was_streamed(stream)
    check_cards_after_their_text(stream)


def check_stages(stream: Sequence[Event]) -> None:
    """Assert what is promised of any run that did not fail, whatever it streams."""
    _final_is_last(stream)
    _stages_follow_the_graph(stream)
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
    if "suggest" in done:  # it runs beside the searches where there is a model
        assert 1 < done.index("suggest") < done.index("rerank")
        done.remove("suggest")
    searches = slice(2, 4)
    done[searches] = sorted(done[searches], reverse=True)  # they run side by side
    assert tuple(done) in {AHEAD + ROUND, AHEAD + ROUND * 2}


def _the_answer_is_what_was_streamed(stream: Sequence[Event]) -> None:
    assert not any(isinstance(event, Reset) for event in stream)
    final = stream[-1]
    assert isinstance(final, Final)
    assert drafts_of(stream) == [final.answer if final.recommendations else ""]
    first = next((place for place, event in enumerate(stream) if isinstance(event, Token)), len(stream))
    stages = {event.stage for event in stream[:first] if isinstance(event, Status)}
    assert stages >= set(AHEAD)  # no word before the films are known


def check_cards_after_their_text(stream: Sequence[Event]) -> None:
    """Assert that each pick comes right after its paragraph, and that nothing else has been said."""
    said, told = "", ""
    for event in stream:
        match event:
            case Token():
                said += event.text
            case Recommendation(recommendation=pick):
                heading = f"{pick.title} ({pick.year}):" if pick.year else f"{pick.title}:"
                told += f"{heading} {pick.reasoning}" if not told else f"\n\n{heading} {pick.reasoning}"
                assert said == told
            case _:
                pass


def _positions_count_up(stream: Sequence[Event]) -> None:
    positions = [event.position for event in stream if isinstance(event, Recommendation)]
    assert positions == list(range(1, len(positions) + 1))


def _clocks_go_forward(stream: Sequence[Event]) -> None:
    seconds = [event.seconds for event in stream if isinstance(event, Status | Final)]
    assert seconds == sorted(seconds)
    assert all(event.took <= event.seconds for event in stream if isinstance(event, Status))
