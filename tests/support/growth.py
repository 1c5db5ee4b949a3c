"""How the work grows with its input, which a busy machine does not change."""

import time
from collections.abc import Callable

FOUR_TIMES_THE_TEXT = 4
ABOUT_LINEAR = 9.0
"""Most that four times the text may cost: 4 is linear, 16 quadratic."""


def growth(work: Callable[[str], object], text: str) -> float:
    """Return how many times the processor time of a quarter of the text the whole takes, least of three each."""
    quarter = text[: len(text) // FOUR_TIMES_THE_TEXT]
    work(quarter)
    least = min(_processor_seconds(work, quarter) for _ in range(3))
    return min(_processor_seconds(work, text) for _ in range(3)) / max(least, 1e-4)


def _processor_seconds(work: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    work(text)
    return time.thread_time() - started
