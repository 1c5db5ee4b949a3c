"""Reads the lists of facts that are shipped with the package."""

from collections.abc import Iterator
from csv import DictReader
from importlib.resources import files


def text_of(name: str) -> str:
    """Return the shipped file of this name."""
    return files("matinee.records").joinpath("data", name).read_text(encoding="utf-8")


def rows(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a file of columns that tabs separate, by the names in its first line."""
    return iter(DictReader(text_of(name).splitlines(), delimiter="\t", quoting=3))


def listed(cell: str | None) -> tuple[str, ...]:
    """Return the items of a cell, which semicolons separate."""
    return tuple(item.strip() for item in (cell or "").split(";") if item.strip())
