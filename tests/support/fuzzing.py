"""Hours of hostile input, in batches: the tests give each target seconds, `make fuzz` as many as `FUZZ_SECONDS` says.

Batches are seeded one after the other, so that a longer run does what a shorter one did, and more.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SECONDS = float(os.environ.get("FUZZ_SECONDS", "3"))
"""Seconds that a target is given."""
HANG = 1.0
"""Seconds that nothing may take longer than its own limit."""
MEMORY = 200 << 20
"""Bytes by which nothing may grow."""
_QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


def batches(strategy: st.SearchStrategy[Any], tried: Callable[[Any], None], seconds: float = SECONDS) -> None:
    """Try what the strategy gives for so many seconds."""
    until, batch = time.monotonic() + seconds, 0
    while time.monotonic() < until:

        @seed(batch)
        @settings(max_examples=100, deadline=None, database=None, suppress_health_check=_QUIET, phases=[Phase.generate])
        @given(strategy)
        def one_batch(given: Any) -> None:
            if time.monotonic() < until:
                tried(given)

        one_batch()
        batch += 1


def memory() -> int:
    """Return the bytes that this process has."""
    return int(psutil.Process().memory_info().rss)
