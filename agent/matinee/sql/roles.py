"""The role that statements run as: it may read the listed columns of the listed tables, and nothing else."""

from typing import Any

import asyncpg

from matinee.errors import IndexUnavailable
from matinee.sql.schema import DEFAULT, Schema, quoted

READER = "matinee_reader"
_LOCK = 0x6D6174696E6565  # one process at a time makes the role: concurrent GRANTs fail on each other


class ReaderRoleMissing(IndexUnavailable):
    """The reader role is not there or may not be used; the message holds the SQL that an administrator must run."""


def grants(schema: Schema = DEFAULT, role: str = READER, member: str | None = None) -> list[str]:
    """Return the SQL that makes the role; `member` is the login role that shall be able to take it on."""
    name = quoted(role)
    tables = [
        f"GRANT SELECT ({', '.join(map(quoted, columns))}) ON {quoted(schema.name)}.{quoted(table)} TO {name}"
        for table, columns in schema.tables.items()
    ]
    own = [f"GRANT {name} TO {quoted(member)}"] if member else []
    usage = [f"GRANT USAGE ON SCHEMA {quoted(used)} TO {name}" for used in schema.schemas]
    return [f"CREATE ROLE {name} NOLOGIN", *usage, *tables, *own]


async def ensure_reader(connection: Any, schema: Schema = DEFAULT, role: str = READER) -> None:
    """Make the role and grant it what it needs, unless that is so already.

    Raises:
        ReaderRoleMissing: the connection's user lacks the rights; the message says what to run instead.
    """
    user = str(await connection.fetchval("SELECT current_user"))
    if await _ready(connection, schema, role):
        return
    create, *rest = grants(schema, role, None)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role):
                await connection.execute(create)
            for grant in rest:
                await connection.execute(grant)
            right = _right_to_set(connection)
            if not await connection.fetchval("SELECT pg_has_role(current_user, $1, $2)", role, right):
                await connection.execute(f"GRANT {quoted(role)} TO {quoted(user)}")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidGrantOperationError) as error:
        raise missing(schema, role, user, str(error)) from error
    # GRANT by a user without the right to grant only warns.
    if not await _ready(connection, schema, role):
        raise missing(schema, role, user, "a GRANT had no effect")


def missing(schema: Schema, role: str, user: str, cause: str) -> ReaderRoleMissing:
    """Return the error of a role that cannot be used, with what an administrator must run."""
    script = ";\n  ".join(grants(schema, role, user))
    return ReaderRoleMissing(
        f"The role {role} cannot be used by {user} ({cause}). Have an administrator of the database run:\n  {script};"
    )


_READY = """
SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1) THEN
    pg_has_role(current_user, $1, $2)
    AND (SELECT bool_and(has_schema_privilege($1, s, 'USAGE')) FROM unnest($3::text[]) AS s)
    AND (SELECT bool_and(has_column_privilege($1, t, c, 'SELECT')) FROM unnest($4::text[], $5::text[]) AS x(t, c))
ELSE false END
"""


async def _ready(connection: Any, schema: Schema, role: str) -> bool:
    columns = [(f"{quoted(schema.name)}.{quoted(t)}", column) for t, names in schema.tables.items() for column in names]
    tables, names = [table for table, _ in columns], [column for _, column in columns]
    right = _right_to_set(connection)
    return bool(await connection.fetchval(_READY, role, right, schema.schemas, tables, names))


def _right_to_set(connection: Any) -> str:
    # PostgreSQL 16 made taking a role on a right of its own.
    return "SET" if connection.get_server_version().major >= 16 else "MEMBER"
