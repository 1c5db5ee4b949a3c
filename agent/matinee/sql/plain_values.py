"""What PostgreSQL returned as values that JSON and a checkpoint can hold."""

import math
from decimal import Decimal
from typing import Any

from pydantic_core import to_jsonable_python


def plain(value: Any) -> Any:
    """Return a value of a row as None, a boolean, a number, a text, or a list or dict of these.

    NaN and infinity become None, which strict JSON needs. A numeric becomes a number where that keeps each of its
    digits, else a text; dates, times and intervals become texts by ISO 8601.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "as_string"):  # asyncpg's bit strings
        return value.as_string()
    return to_jsonable_python(value, timedelta_mode="iso8601", bytes_mode="base64", fallback=str)


def _number(value: Decimal) -> int | float | str | None:
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and value.adjusted() < 18:
        return int(value)
    short = float(value)
    return short if math.isfinite(short) and Decimal(repr(short)) == value else str(value)
