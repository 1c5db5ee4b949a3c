"""Requests as people write them, each read as its reader reads it; and how often that succeeds."""

import pytest

from matinee.query import understand
from tests.support.query_cases import (
    THIS_YEAR,
    Case,
    cases,
    critiques_missing,
    critiques_surplus,
    demands,
    mentions,
    missing,
    surplus,
    title_lookup,
)

CASES = cases()
TITLES = title_lookup()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case.request or "empty", marks=pytest.mark.xfail(reason=case.gap, strict=True) if case.gap else ()
        )
        for case in CASES
    ],
)
def test_a_request_is_read_as_its_reader_reads_it(case: Case) -> None:
    read = understand(case.request, TITLES, this_year=THIS_YEAR)
    assert missing(case.demands, demands(read)) == []
    assert surplus(case.demands, demands(read)) == []
    assert mentions(read) == case.mentions
    assert critiques_missing(case, read) == []
    assert critiques_surplus(case, read) == []


def test_at_least_95_of_100_demands_and_films_are_found() -> None:
    wanted = found = 0
    for case in CASES:
        read = understand(case.request, TITLES, this_year=THIS_YEAR)
        wanted += len(case.demands) + len(case.mentions) + len(case.critiques)
        found += len(case.demands) - len(missing(case.demands, demands(read))) + len(case.mentions & mentions(read))
        found += len(case.critiques) - len(critiques_missing(case, read))
    assert found / wanted >= 0.95


def test_at_least_95_of_100_demands_and_films_read_are_meant() -> None:
    read_in_all = meant = 0
    for case in CASES:
        read = understand(case.request, TITLES, this_year=THIS_YEAR)
        read_in_all += len(demands(read)) + len(read.mentions) + len(read.critiques)
        meant += len(demands(read)) - len(surplus(case.demands, demands(read))) + len(case.mentions & mentions(read))
        meant += len(read.critiques) - len(critiques_surplus(case, read))
    assert meant / read_in_all >= 0.95
