"""What is read out of a model's answer, in the order in which it is written."""

from dataclasses import dataclass
from typing import Literal

Numbered = Literal["bracket", "list", "none"]
"""`[3]` names a candidate of the prompt's list, `3.` may only count the picks."""


@dataclass(frozen=True)
class Heading:
    """The film that the sentences after it are about, as the model names it.

    Attributes:
        number: as written; None where there is none.
        numbered: how the number is written.
        title: as written, without quotes and markup; empty where only a number is given.
        year: of release; None where none is given.
    """

    number: int | None
    numbered: Numbered
    title: str
    year: int | None


@dataclass(frozen=True)
class Sentence:
    """One whole sentence of the reason of the heading before it: plain text on one line."""

    text: str


@dataclass(frozen=True)
class Confidence:
    """How sure the model says it is of the pick, 0..1."""

    value: float


Event = Heading | Sentence | Confidence
