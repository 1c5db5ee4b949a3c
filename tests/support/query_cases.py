"""A small catalogue of titles, and requests with what a reader takes each of them to demand."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from matinee.query import TitleLookup
from matinee.query.people import PeopleLookup
from matinee.understanding import Critique, Understanding

DATA = Path(__file__).parent.parent / "unit" / "data"
THIS_YEAR = 2024

Value = float | tuple[str, ...]
_SPLIT = ("genres", "languages", "directors", "stars", "people")
_OPEN_ENDED = ("keywords", "countries", "text")


class Demand(NamedTuple):
    """A constraint without its words and certainty."""

    field: str
    op: str
    value: Value


class Case(NamedTuple):
    """A request, its demands, the films that it names as (title, year, role), its critiques, why it is not read.

    A critique is `+word` or `-word`: a word of the text to go toward, or of the one to go away from.
    """

    request: str
    demands: list[Demand]
    mentions: set[tuple[str, int | None, str]]
    critiques: list[str]
    gap: str | None


def title_lookup() -> TitleLookup:
    """Return the look-up of about 130 titles, many of them everyday words."""
    rows = (DATA / "understanding_titles.jsonl").read_text("utf-8").splitlines()
    return TitleLookup((tuple(json.loads(row)) for row in rows), people_lookup())


def people_lookup() -> PeopleLookup:
    """Return the look-up of about 140 people with about as many films as a real catalogue has of each."""
    films: list[tuple[list[str], list[str]]] = []
    for row in map(json.loads, (DATA / "understanding_people.jsonl").read_text("utf-8").splitlines()):
        name, directed, starred, *together = row
        films += [([name], [])] * directed + [([], [name])] * starred
        films += [([name, *together], [])] if together else []
    return PeopleLookup(films)


def cases() -> list[Case]:
    """Return the requests in the order of the file."""
    rows = map(json.loads, (DATA / "query_cases.jsonl").read_text("utf-8").splitlines())
    return [
        Case(
            row["request"],
            [demand for found in row["constraints"] for demand in _demands(*found)],
            {(title, year, role) for title, year, role in row["mentions"]},
            row.get("critiques", []),
            row.get("gap"),
        )
        for row in rows
    ]


def demands(understanding: Understanding) -> list[Demand]:
    """Return what was read; "none of A and B" is taken apart, for it is the same as "none of A" and "none of B"."""
    return [d for c in understanding.constraints for d in _demands(c.field.value, c.op, c.value)]


def mentions(understanding: Understanding) -> set[tuple[str, int | None, str]]:
    """Return the films named as (title, year, role)."""
    return {(m.title, m.year, m.role) for m in understanding.mentions}


def critiques_missing(case: Case, understanding: Understanding) -> list[str]:
    """Return the critiques of the case that were not read."""
    return [said for said in case.critiques if not any(_says(said, critique) for critique in understanding.critiques)]


def critiques_surplus(case: Case, understanding: Understanding) -> list[Critique]:
    """Return the critiques read that are none of the case's."""
    return [
        critique for critique in understanding.critiques if not any(_says(said, critique) for said in case.critiques)
    ]


def _says(said: str, critique: Critique) -> bool:
    text = critique.toward if said[0] == "+" else critique.away
    return re.search(rf"\b{re.escape(said[1:])}\b", text) is not None


def missing(wanted: Iterable[Demand], read: Iterable[Demand]) -> list[Demand]:
    """Return the demands that none of those read meets."""
    read = list(read)
    return [d for d in wanted if not any(_meets(d, r) for r in read)]


def surplus(wanted: Iterable[Demand], read: Iterable[Demand]) -> list[Demand]:
    """Return the demands read that meet none of those wanted."""
    wanted = list(wanted)
    return [r for r in read if not any(_meets(d, r) for d in wanted)]


def _demands(field: str, op: str, value: Any) -> list[Demand]:
    if not isinstance(value, list):
        return [Demand(field, op, float(value))]
    if op == "none_of" and field in _SPLIT:
        return [Demand(field, op, (one,)) for one in value]
    return [Demand(field, op, tuple(sorted(value)))]


def _meets(wanted: Demand, read: Demand) -> bool:
    if wanted[:2] != read[:2]:
        return False
    if wanted.field in _OPEN_ENDED and isinstance(wanted.value, tuple) and isinstance(read.value, tuple):
        return set(wanted.value) <= set(read.value)  # the word lists may hold more spellings
    return wanted.value == read.value
