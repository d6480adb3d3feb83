"""What a role of PostgreSQL can learn of others by looking at the server: taken from everybody but owner and worker.

Counters, positions of the write-ahead log, locks, sizes and estimates name no person. They tell what others do, and
what an undone transaction did. Only a superuser can take them; ``kiban doctor`` says where that has not happened.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

# Functions, and whether the gate, the work of the day or a backup (pg_dump: sequences) needs them.
FUNCTIONS = r"""
SELECT p.oid, p.oid::regprocedure::text AS routine,
       p.proname IN ('pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn', 'pg_logical_emit_message',
                     'pg_stat_get_activity', 'pg_lock_status', 'pg_blocking_pids', 'pg_get_sequence_data',
                     'pg_control_system')
       OR p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '_size$' AS is_needed
  FROM pg_catalog.pg_proc AS p
 WHERE p.pronamespace = 'pg_catalog'::regnamespace
   AND (p.proname ~ '^pg_(stat|control|(try_)?advisory)_'                     -- counters, state of the server, locks
        OR p.prorettype = 'pg_lsn'::regtype AND p.provolatile <> 'i'              -- positions of the write-ahead log
        OR p.proname ~ '^pg_(relation|table|indexes|total_relation|database|tablespace)_size$'
        OR p.proname IN ('pg_lock_status', 'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids',
                         'pg_isolation_test_session_is_blocked', 'pg_prepared_xact', 'pg_sequence_last_value',
                         'pg_get_sequence_data', 'pg_last_committed_xact', 'pg_xact_commit_timestamp',
                         'pg_xact_commit_timestamp_origin', 'pg_cancel_backend', 'pg_terminate_backend'))
"""
OPEN = f"""
SELECT f.routine FROM ({FUNCTIONS}) AS f JOIN pg_catalog.pg_proc AS p USING (oid)
 WHERE EXISTS (SELECT 1 FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)
"""  # noqa: S608
MISSED = f"""
SELECT f.routine FROM ({FUNCTIONS}) AS f
 WHERE f.is_needed AND NOT (has_function_privilege('kiban_owner', f.oid, 'EXECUTE')
                            AND has_function_privilege('kiban_worker', f.oid, 'EXECUTE'))
"""  # noqa: S608
# How many rows and pages the server believes a table to have.
ESTIMATES = ("relpages", "reltuples", "relallvisible", "relallfrozen")
COLUMNS = """
SELECT attname FROM pg_catalog.pg_attribute
 WHERE attrelid = 'pg_catalog.pg_class'::regclass AND attnum > 0 AND attname <> ALL (%s) ORDER BY attnum
"""
FLUSHES_BY_MESSAGE = 170000  # before, the gate makes a new segment where nobody commits (SQL: gate.await_disk)
SEES_ESTIMATES = "SELECT has_column_privilege('kiban_web', 'pg_catalog.pg_class', 'reltuples', 'SELECT')"


def close_eyes(connection: psycopg.Connection[Any]) -> None:
    """Take from everybody what is open to everybody, and give the gate what it needs. Safe to repeat.

    In the database of the connection.

    Args:
        connection: of a superuser.
    """
    with connection.transaction():
        if connection.info.server_version < FLUSHES_BY_MESSAGE:
            connection.execute("GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO kiban_owner")
        for (routine,) in connection.execute(OPEN.encode()).fetchall():
            connection.execute(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{routine} FROM PUBLIC".encode())
        for (routine,) in connection.execute(MISSED.encode()).fetchall():
            connection.execute(f"GRANT EXECUTE ON FUNCTION pg_catalog.{routine} TO kiban_owner, kiban_worker".encode())
        if _first(connection, SEES_ESTIMATES):
            columns = [sql.Identifier(name) for (name,) in connection.execute(COLUMNS, [list(ESTIMATES)]).fetchall()]
            connection.execute("REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC")
            connection.execute("GRANT SELECT ON pg_catalog.pg_class TO kiban_owner, kiban_worker")
            connection.execute(
                sql.SQL("GRANT SELECT ({}, tableoid) ON pg_catalog.pg_class TO PUBLIC").format(
                    sql.SQL(", ").join(columns)
                )
            )


def is_seen(connection: psycopg.Connection[Any]) -> bool:
    """Whether the web role can still learn any of it."""
    functions = f"SELECT bool_or(has_function_privilege('kiban_web', f.oid, 'EXECUTE')) FROM ({FUNCTIONS}) AS f"  # noqa: S608
    return bool(_first(connection, functions) or _first(connection, SEES_ESTIMATES))


def _first(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question.encode()).fetchone()
    assert row is not None  # noqa: S101 - one row by construction
    return row[0]
