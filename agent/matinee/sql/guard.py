"""The guard: says whether a statement may run, without a database.

    >>> check("SELECT title FROM movies ORDER BY embedding <=> $1 LIMIT 10").ok
    True
    >>> check("SELECT title FROM movies ORDER BY ratings DESC LIMIT 10").reason
    'unknown column `ratings`: did you mean `imdb_rating`?'

What is allowed is a list (`grammar`, `signatures`, `casts`): one SELECT, known tables, columns,
functions, operators and types, a vector operator between a vector column and a vector of its encoder and dimension,
distances ascending, a literal LIMIT. It is one half of the safety; the other is the role and the read-only transaction
of `runner`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matinee.sql.parsing import checked_tokens, parse
from matinee.sql.queries import query
from matinee.sql.rejection import Rejection
from matinee.sql.rewriting import rewritten
from matinee.sql.schema import DEFAULT, Schema
from matinee.sql.scope import Scope, Statement

__all__ = ["DEFAULT", "Schema", "Verdict", "check"]


@dataclass(frozen=True)
class Verdict:
    """What the guard says of a statement.

    `code` is a short stable word for the kind of refusal, `reason` one sentence; both are None when `ok`. `runs` is the
    text that may run: the statement with the columns for each `*` and NULLS LAST where it orders descending. `vectors`
    maps the number of each parameter that must be bound to a vector to the encoder that has to make it, `parameters`
    holds the numbers of all.
    """

    ok: bool
    reason: str | None
    code: str | None
    statement: str
    vectors: Mapping[int, str | None] = field(default_factory=dict)
    parameters: frozenset[int] = frozenset()
    runs: str = ""


def check(sql: str, schema: Schema = DEFAULT, *, vector_dimension: int | None = None) -> Verdict:
    """Return whether the statement may run over these tables; never raises.

    `vector_dimension` is the dimension of the vectors that will be bound as parameters, when that is known already.
    """
    statement = Statement(schema, query, vector_dimension)
    try:
        tokens = checked_tokens(sql)
        query(parse(sql), Scope(statement, None, {}), "whole")
        missing = set(range(1, max(statement.parameters, default=0) + 1)) - statement.parameters
        if missing:
            raise Rejection("parameter", f"${min(missing)} is not used: number the parameters from $1 without gaps")
        if not statement.tables:
            listed = ", ".join(schema.tables)
            raise Rejection("no_table", f"the statement asks nothing of the films: select from {listed}")
        runs = rewritten(sql, tokens, statement.stars)
    except Rejection as refusal:
        return Verdict(False, refusal.reason, refusal.code, sql)
    except RecursionError:
        return Verdict(False, "the statement is nested too deep: write it with fewer levels", "depth", sql)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as fault:
        # A tree of a form that the lists do not foresee is not known to be harmless.
        return Verdict(False, f"a part of the statement is not understood ({type(fault).__name__})", "node", sql)
    vectors = {number: encoder for number, (encoder, _) in statement.vectors.items()}
    return Verdict(True, None, None, sql, vectors, frozenset(statement.parameters), runs)
