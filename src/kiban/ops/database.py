"""Which database, as whom. Four roles with least grants; see ``ops/sql/grants.sql`` for what each may do."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from kiban.ops import embedded, secrets

DATABASE_NAME = "kiban"
PATIENCE = 5  # seconds for a database to take a connection


class Role(StrEnum):
    """The database roles. A process connects as the one its work needs, never as a mightier one."""

    OWNER = "kiban_owner"
    WEB = "kiban_web"
    WORKER = "kiban_worker"
    SEALER = "kiban_sealer"


NAMED = ("host", "port", "user", "password", "dbname")  # the others are options
PASSWORDS = {
    Role.OWNER: "owner_password",
    Role.WEB: "web_password",
    Role.WORKER: "worker_password",
    Role.SEALER: "sealer_password",
}


def is_embedded() -> bool:
    """Whether the database is our own, in the data folder (``DATABASE_URL`` not set)."""
    return not os.environ.get("DATABASE_URL")


def parameters(role: Role | None, name: str | None = None) -> dict[str, Any]:
    """Connection parameters for psycopg.

    Args:
        role: one of ours; ``None`` for the account that sets the server up (superuser, or one that may create
            roles and databases).
        name: another database on the same server.
    """
    if is_embedded():
        host = os.environ.get("KIBAN_PGHOST") or str(embedded.pgdata())
        user, port = role or embedded.SUPERUSER, embedded.PORT  # said, or libpq would ask PGPORT
        return {"host": host, "port": port, "user": user, "dbname": name or database_name()}
    url = urlsplit(os.environ["DATABASE_URL"])
    found: dict[str, Any] = {
        "host": unquote(url.hostname or ""),
        "port": url.port,
        "user": unquote(url.username or ""),
        "password": unquote(url.password or "") or None,
        "dbname": name or database_name(),
        **dict(parse_qsl(url.query)),  # sslmode, sslrootcert and others libpq knows
    }
    if role:
        found |= {"user": role.value, "password": secrets.load()[PASSWORDS[role]]}
    return {key: value for key, value in found.items() if value}


def database_name() -> str:
    """Name of the database: the path of ``DATABASE_URL``, or ours; ``KIBAN_DATABASE`` (tests) wins."""
    if chosen := os.environ.get("KIBAN_DATABASE"):
        return chosen
    if is_embedded():
        return DATABASE_NAME
    return urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/") or DATABASE_NAME


def connect(role: Role | None, name: str | None = None, **extra: Any) -> psycopg.Connection:
    """A psycopg connection of its own (autocommit), for set-up and bulk work."""
    return psycopg.connect(autocommit=True, **{**parameters(role, name), **extra})


def ask(role: Role) -> None:
    """See that the database answers, connected as a process of this role connects: with the options it has then.

    By a connection of its own: a server that hangs keeps none of its time limits, and a connection that stands would
    wait for it without end.

    Raises:
        psycopg.OperationalError: it does not, within a few seconds.
    """
    options = {"options": options_of(role)} if options_of(role) else {}
    with connect(role, connect_timeout=PATIENCE, tcp_user_timeout=PATIENCE * 1000, **options) as connection:
        connection.execute("SELECT 1")


# What a connection of the web process holds to, whatever the role was set to behind the product's back: options of the
# connection win over settings of a role.
WEB_OPTIONS = {
    "synchronous_commit": "on",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read\\ committed",
    "search_path": "public",
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    # By these a role can shut itself out, and with it everybody at a screen.
    "idle_session_timeout": "0",
    "local_preload_libraries": "",
    "exit_on_error": "off",
    "client_connection_check_interval": "0",
    "default_transaction_deferrable": "off",
    # What is written and read means what it says.
    "standard_conforming_strings": "on",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "bytea_output": "hex",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "xmloption": "content",
    "quote_all_identifiers": "off",
    "row_security": "on",
    "client_min_messages": "notice",
    "debug_print_plan": "off",
    # How plans are made costs everybody.
    "plan_cache_mode": "auto",
    "enable_indexscan": "on",
    "enable_bitmapscan": "on",
    "work_mem": "4MB",
}
# The same, where the server is known to be new enough to know them: an unknown name would end every connection.
EMBEDDED_WEB_OPTIONS = {"transaction_timeout": "0", "restrict_nonsystem_relation_kind": ""}


def options_of(role: Role) -> str:
    """The ``options`` of a connection as this role (libpq)."""
    if role is not Role.WEB:
        return ""
    chosen = WEB_OPTIONS | (EMBEDDED_WEB_OPTIONS if is_embedded() else {})
    return " ".join(f"-c {name}={value}" for name, value in chosen.items())


def django_settings(role: Role) -> dict[str, Any]:
    """The same for Django's ``DATABASES``."""
    found = parameters(role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found["dbname"],
        "USER": found["user"],
        "PASSWORD": found.get("password", ""),
        "HOST": found.get("host", ""),
        "PORT": str(found.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **{key: value for key, value in found.items() if key not in NAMED},
            "application_name": role.value,
            # No cookie, name or number stands in the text of a statement, which the server's activity and log show.
            "server_side_binding": role is not Role.OWNER,
            **({"options": options_of(role)} if options_of(role) else {}),
        },
    }
