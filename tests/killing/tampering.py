"""What the role of the web process can set on itself, for all its later connections (``ALTER ROLE``)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

from kiban.ops.database import DATABASE_NAME
from tests.installation import Installation
from tests.killing.place import connect

SETTINGS = {
    # what is answered need not be on the disk
    "synchronous_commit": "off",
    # nothing can be written, or not in time
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "statement_timeout": "1ms",
    "lock_timeout": "1ms",
    "idle_in_transaction_session_timeout": "1ms",
    "idle_session_timeout": "1ms",
    "transaction_timeout": "1ms",
    "exit_on_error": "on",
    "local_preload_libraries": "nowhere",
    "restrict_nonsystem_relation_kind": "view",
    "client_connection_check_interval": "1ms",
    # what is written and read means something else
    "search_path": "pg_temp",
    "standard_conforming_strings": "off",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "bytea_output": "escape",
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "timezone": "Pacific/Auckland",
    "extra_float_digits": "-15",
    "quote_all_identifiers": "on",
    "xmloption": "document",
    "row_security": "off",
    # plans are made otherwise, and told
    "plan_cache_mode": "force_custom_plan",
    "client_min_messages": "debug5",
    "debug_print_plan": "on",
    "enable_indexscan": "off",
    "enable_bitmapscan": "off",
    "work_mem": "64kB",
}


def tamper(made: Installation) -> None:
    """Set all of it, on the role and on the role in the database."""
    with connect(made, "kiban_web", options="-c default_transaction_read_only=off") as web:
        set_all(web, "")
        set_all(web, DATABASE_NAME)


def set_all(web: psycopg.Connection[Any], name: str, settings: Iterable[str] = SETTINGS) -> None:
    """As the web role, on itself: in one database, or (without a name) in all."""
    where = sql.SQL("IN DATABASE {} ").format(sql.Identifier(name)) if name else sql.SQL("")
    statement = sql.SQL("ALTER ROLE kiban_web {}SET {} = {}")
    for setting in settings:
        with contextlib.suppress(psycopg.errors.UndefinedObject):  # an older server does not know every one of them
            web.execute(statement.format(where, sql.Identifier(setting), sql.Literal(SETTINGS[setting])))
