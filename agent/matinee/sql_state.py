"""The state of the sql graph: plain values that a checkpoint can hold, no vectors."""

from typing import Annotated, Any, Literal, NotRequired

from langgraph.channels import EphemeralValue
from typing_extensions import TypedDict

from matinee.state import LAST_RUN, extended

MAX_QUESTION = 1000
"""Characters of a question."""


class SqlInput(TypedDict):
    """What a caller gives: a question, and, where it knows them already, what a run else finds out itself.

    `search` is the text whose vector is bound to $1 (else the question), `understanding` the dump of what the
    question demands (else it is read), `wanted` how many films the writer is asked for (else it decides).
    """

    question: str
    search: NotRequired[str]
    understanding: NotRequired[dict[str, Any]]
    wanted: NotRequired[int]


class Attempt(TypedDict):
    """A statement that was written, and why it was refused, by the guard or by PostgreSQL; None: it ran."""

    sql: str
    reason: str | None
    by: Literal["guard", "postgresql", None]


class SqlOutput(TypedDict, total=False):
    """What a caller gets: rows of the database, never of a model."""

    sql: str | None
    attempts: list[Attempt]
    answered_by: Literal["sql", "parametrised query"]
    columns: list[str]
    rows: list[list[Any]]
    truncated: bool
    notices: Annotated[list[str], extended]


class SqlState(SqlInput, SqlOutput, total=False):
    """What passes between the nodes: the statement under examination (None: nobody writes) and where to go.

    `step` is there for the next node alone: a run that begins finds none, whatever the thread's last run left.
    """

    run: Annotated[dict[str, Any], LAST_RUN]
    written: str | None
    step: Annotated[Literal["write", "run", "done"], EphemeralValue]
