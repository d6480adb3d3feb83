"""Bringing a database to the state this version needs: roles, database, tables, functions, grants. Safe to repeat."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from kiban.ops import database, observing, secrets, sqlfiles
from kiban.ops.database import PASSWORDS, Role

OLDEST_SERVER = 150000


class UnsuitableServerError(RuntimeError):
    """The PostgreSQL server is too old or does not allow what set-up needs."""


def provision() -> list[str]:
    """Make roles and database, run the migrations as the owner, put the functions in place and set the grants.

    Returns what was made, in words; nothing when all was there.

    Raises:
        UnsuitableServerError: see ``create_roles`` and ``set_functions_and_grants``; or the account of ``DATABASE_URL``
            may not do what is needed.
    """
    secrets.ensure()
    try:
        made = create_roles() + create_database()
    except psycopg.errors.InsufficientPrivilege as error:
        raise UnsuitableServerError(
            "DATABASE_URLのアカウントの権限が足りません。スーパーユーザーか、CREATEROLEとCREATEDBのある"
            "アカウントを使ってください。kiban_で始まるロールをほかのアカウントが作っていた場合は、"
            f"そのアカウントを使ってください。(データベースの答え: {error.diag.message_primary})"
        ) from error
    if waiting := waiting_migrations():
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        made.append(f"データベースの更新 {waiting}件")
    if set_functions_and_grants():
        made.append("データベースの関数")
    connections.close_all()
    return made


def waiting_migrations() -> int:
    """How many migrations of this version the database has not had yet."""
    executor = MigrationExecutor(connections["owner"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


ROLES_ONE_AT_A_TIME = 7_240_106  # an advisory lock of the maintenance database


def create_roles() -> list[str]:
    """Make the roles, or give them the passwords this installation knows. Returns what was made, in words.

    Raises:
        UnsuitableServerError: the server is older than PostgreSQL 15.
    """
    known, made = secrets.ensure(), []
    with database.connect(None, maintenance_database()) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise UnsuitableServerError("PostgreSQL 15以降が必要です。")
        # Roles are the whole server's: two set-ups at once would write the same rows. Gone with the connection.
        connection.execute("SELECT pg_advisory_lock(%s)", [ROLES_ONE_AT_A_TIME])
        for role in Role:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
                made.append(f"データベースのロール {role}")
            if not database.is_embedded():
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(known[PASSWORDS[role]])
                    )
                )
            _reset(connection, role)
    return made


WEB_CONNECTIONS = 60  # of the server's 100: an attacker with the web role shuts nobody else out
# Of each role, for all its connections; only a superuser may set them or take them back. The server's log is not to
# hold what a page sent or a file brought.
SETTINGS = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length_on_error": "0",
}


def _reset(connection: psycopg.Connection[Any], role: Role) -> None:
    """Take back what a role has set on itself (any role may), and set what it is to have."""
    name = sql.Identifier(role)
    connection.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(name))
    set_in = connection.execute(
        "SELECT d.datname FROM pg_db_role_setting AS s JOIN pg_database AS d ON d.oid = s.setdatabase"
        " WHERE s.setrole = %s::regrole",
        [role.value],
    ).fetchall()
    for (datname,) in set_in:
        connection.execute(sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(name, sql.Identifier(datname)))
    if role is Role.WEB:
        connection.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(name, sql.Literal(WEB_CONNECTIONS)))
    if _is_superuser(connection):
        for setting, value in SETTINGS.items():
            connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
            )


def _is_superuser(connection: psycopg.Connection[Any]) -> bool:
    return connection.info.parameter_status("is_superuser") == "on"


def create_database(name: str | None = None, template: str = "template0") -> list[str]:
    """Make the database (UTF-8, owned by ``kiban_owner``) if it does not exist. Returns what was made, in words."""
    wanted, made = name or database.database_name(), []
    with database.connect(None, maintenance_database()) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted]).fetchone() is None:
            if connection.info.parameter_status("is_superuser") != "on":
                # An administrator who is no superuser must belong to the owner before giving it a database.
                connection.execute("GRANT kiban_owner TO CURRENT_USER")
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER kiban_owner TEMPLATE {} ENCODING 'UTF8'").format(
                    sql.Identifier(wanted), sql.Identifier(template)
                )
            )
            made.append(f"データベース {wanted}")
        if database.is_embedded():
            # There nobody's eyes are closed (observing), and the counters are those of the whole server.
            connection.execute("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")
    with database.connect(None, wanted) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute("ALTER SCHEMA public OWNER TO kiban_owner")
        if _is_superuser(connection):  # "kiban doctor" says so where it is not
            observing.close_eyes(connection)
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(wanted)))
        connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO kiban_worker").format(sql.Identifier(wanted)))
    return made


def set_functions_and_grants() -> bool:
    """Put the functions of this version in place of others, take every right away and give those of ``grants.sql``.

    One transaction: nobody sees the database without its functions or between the rights. Functions that are there
    already are left alone, so that a running server is not disturbed. Returns whether they were put in place.

    Raises:
        UnsuitableServerError: something that is not the gate's depends on one of its functions.
    """
    with database.connect(Role.OWNER) as connection, connection.transaction():
        is_other = not functions_are_in_place(connection)
        if is_other:
            _drop_functions(connection)
            connection.execute(sqlfiles.functions().encode())
            connection.execute(sql.SQL("COMMENT ON SCHEMA gate IS {}").format(sql.Literal(_mark(connection))))
        connection.execute(sqlfiles.read("ops", "grants.sql").encode())
    return is_other


def _drop_functions(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.execute(DROP_FUNCTIONS)
    except psycopg.errors.DependentObjectsStillExist as error:
        raise UnsuitableServerError(
            "データベースの関数(スキーマ gate)を使うものを、だれかが作っています。それを消すか、関数を使わないように"
            f"直してから、もう一度 kiban setup を実行してください。(データベースの答え: {error.diag.message_detail})"
        ) from error


def functions_are_in_place(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database's functions are this version's, and as they were put there."""
    found = connection.execute("SELECT obj_description('gate'::regnamespace, 'pg_namespace')").fetchone()
    return found is not None and found[0] == _mark(connection)


def _mark(connection: psycopg.Connection[Any]) -> str:
    """Of this version's text, and of the functions as the database has them now: another one when somebody changed,
    added or dropped one by hand.
    """
    found = connection.execute(FINGERPRINT).fetchone()
    assert found is not None  # noqa: S101 - an aggregate always returns one row
    return f"functions {hashlib.sha256(sqlfiles.functions().encode()).hexdigest()} as {found[0]}"


FINGERPRINT = """
SELECT encode(sha256(convert_to(string_agg(pg_get_functiondef(p.oid), chr(10) ORDER BY p.oid::regprocedure::text),
                                'UTF8')), 'hex')
  FROM pg_proc AS p WHERE p.pronamespace = 'gate'::regnamespace
"""

# All in one statement, so that the order in which they depend on each other is the server's to find; and without
# CASCADE, so that nothing goes with them that is not the gate's (a column, a trigger, somebody's view).
DROP_FUNCTIONS = """
DO $$
DECLARE
    v_routines text := (SELECT string_agg(p.oid::regprocedure::text, ', ')
                          FROM pg_proc AS p WHERE p.pronamespace = 'gate'::regnamespace);
    v_types    text := (SELECT string_agg(t.oid::regtype::text, ', ')
                          FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
                         WHERE t.typnamespace = 'gate'::regnamespace
                           AND (t.typtype IN ('d', 'e') OR t.typtype = 'c' AND c.relkind = 'c'));
BEGIN
    IF v_routines IS NOT NULL THEN
        EXECUTE 'DROP ROUTINE ' || v_routines;
    END IF;
    IF v_types IS NOT NULL THEN
        EXECUTE 'DROP TYPE ' || v_types;
    END IF;
END $$
"""


def maintenance_database() -> str:
    """A database that exists before ours does."""
    for candidate in ("postgres", "template1"):
        try:
            database.connect(None, candidate).close()
        except psycopg.OperationalError:
            continue
        return candidate
    raise UnsuitableServerError("データベースサーバに接続できません。アドレスと権限を確かめてください。")
