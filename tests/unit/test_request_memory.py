"""Films that were named for requests near to this one."""

import numpy as np
import pytest

from matinee.ranking.request_memory import RequestMemory

ASKED = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 0, 1]], np.float32)
MEMORY = RequestMemory.of(ASKED, [{"Heat (1995)"}, {"Heat (1995)", "Ran (1985)"}, {"Tea (2000)"}])


def test_a_film_that_two_near_requests_named_stands_before_what_one_named_and_what_a_far_one_did() -> None:
    found = MEMORY.remembered(np.array([1, 0, 0], np.float32))
    assert sorted(found, key=lambda film: -found[film]) == ["Heat (1995)", "Ran (1985)", "Tea (2000)"]
    assert found["Tea (2000)"] < 1e-3
    assert sum(found.values()) == pytest.approx(1.0)


def test_a_request_that_was_made_before_gets_its_own_films() -> None:
    found = MEMORY.remembered(ASKED[2])
    assert max(found, key=lambda film: found[film]) == "Tea (2000)"


def test_without_requests_nothing_is_remembered() -> None:
    empty = RequestMemory.of(np.empty((0, 3), np.float32), [])
    assert empty.remembered(np.ones(3, np.float32)) == {}
