"""Memory stays flat over many requests, of which some fail, wait or are cancelled (10,000: benchmarks/endurance.py)."""

import warnings

from benchmarks.endurance import endured

ALLOWED = 4  # KB a request; the answer and the state of a run, if kept, would be tens


async def test_memory_stays_flat_and_nothing_is_left_running() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        figures = await endured(requests=600, warm_up=400, samples=3)
    assert figures["growth_kb_a_request"] <= ALLOWED, figures
    assert figures["streams_left_open"] == 0
    assert figures["tasks_left"] == 0
