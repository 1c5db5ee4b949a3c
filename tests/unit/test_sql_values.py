"""Rows of the database become values that strict JSON can hold."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from matinee.sql.runner import plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (7.25, 7.25),
        ("Heat", "Heat"),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (Decimal("-Infinity"), None),
        (Decimal("7.50"), 7.5),
        (Decimal("1994"), 1994),
        (Decimal("1E+2"), 100),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("1E+400"), "1E+400"),
        (date(1995, 12, 15), "1995-12-15"),
        (datetime(1995, 12, 15, 20, tzinfo=UTC), "1995-12-15T20:00:00Z"),
        (date.max, None),
        (date.min, None),
        (datetime.max.replace(tzinfo=UTC), None),
        (timedelta(days=1, hours=2), "P1DT2H"),
        (asyncpg.BitString("1010"), "1010"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (b"\xff\x00", "_wA="),
        ([["a", None], [float("-inf"), Decimal("1.5")]], [["a", None], [None, 1.5]]),
        ((1, date(2000, 1, 1)), [1, "2000-01-01"]),
        ({"a": float("nan")}, {"a": None}),
        (PurePosixPath("a"), "a"),
    ],
    ids=repr,
)
def test_a_value_of_any_type_becomes_one_of_strict_json(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == expected
