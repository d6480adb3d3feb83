"""The database as it is at one moment: a transaction that holds it still, and what the book says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql

from kiban.ops import database
from kiban.ops.backup.contents import Manifest
from kiban.ops.database import Role

PATIENT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c transaction_timeout=0"
PATIENT_BEFORE_17 = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"

TABLES = """
SELECT n.nspname, c.relname
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!' AND n.nspname <> 'information_schema'
 ORDER BY 1, 2
"""
SIZES = """
SELECT coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::bigint,
       pg_catalog.pg_database_size(pg_catalog.current_database())
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
"""
# The moment is the transaction's begin, before its snapshot: what was committed by then is seen.
HOLD = """
SELECT pg_catalog.transaction_timestamp(), pg_catalog.pg_export_snapshot(),
       pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint
"""


@dataclass(frozen=True)
class Snapshot:
    """A moment: the name other connections take it over by, and the book of it."""

    name: str
    manifest: Manifest


@contextmanager
def held() -> Iterator[Snapshot]:
    """Hold the database still during the block; nobody who works in it waits for that."""
    with psycopg.connect(**database.parameters(Role.OWNER), options=_patient()) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        moment, name, transaction = _row(connection, HOLD)
        tables, whole = _row(connection, SIZES)
        at, number = _row(connection, "SELECT max(at), max(id) FROM care.access_log")
        applied = connection.execute("SELECT app, name FROM public.django_migrations ORDER BY 1, 2").fetchall()
        yield Snapshot(
            name,
            Manifest(
                moment=moment.astimezone().isoformat(),
                product=version("kaigo-kiban"),
                server=connection.info.server_version,
                transaction=transaction,
                migrations=[f"{app}.{migration}" for app, migration in applied],
                tables=tables,
                database=whole,
                rows=rows(connection),
                last_log={"at": at.astimezone().isoformat(), "id": number} if at else {},
            ),
        )


def rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows every table has, a table with its partitions as one."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        name = sql.Identifier(schema, table)
        (found[f"{schema}.{table}"],) = _row(connection, sql.SQL("SELECT count(*) FROM {}").format(name))
    return found


def _patient() -> str:
    """No time limit somebody set: options win over settings of the role."""
    with database.connect(Role.OWNER) as connection:
        return PATIENT if connection.info.server_version >= 170000 else PATIENT_BEFORE_17


def _row(connection: psycopg.Connection[Any], statement: Any) -> Any:
    found = connection.execute(statement).fetchone()
    assert found is not None  # noqa: S101 - one row by construction
    return found
