"""How the gate is called: in autocommit, with nothing but what the request itself proves.

The gate commits its log row before it answers, so a call inside a transaction is refused here already (and once more
by the database).
"""

from __future__ import annotations

import json
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction

from kiban.gate.events import Event
from kiban.web.request import Caller


def call(statement: str, parameters: list[Any]) -> Any:
    """The single value a call answers.

    Raises:
        RuntimeError: called inside a transaction.
        django.db.OperationalError: the database could not be reached or could not write the log; nothing was read.
    """
    return row(statement, parameters)[0]


def row(statement: str, parameters: list[Any]) -> tuple[Any, ...]:
    """The single row a call answers. Raises as ``call``."""
    if connection.in_atomic_block or not transaction.get_autocommit():
        raise RuntimeError("the gate must not be called inside a transaction: its log row has to be committed")
    try:
        found = _execute(statement, parameters)
    except psycopg.OperationalError as error:
        # The server may have been restarted since this connection was opened: a second try on a new one. At worst
        # the log then holds two rows for one answer, never an answer without a row.
        try:
            if not connection.connection.closed:
                raise
            connection.close()
            found = _execute(statement, parameters)
        except (psycopg.OperationalError, OperationalError):
            connection.close()
            # Without the original text, which can carry parameters.
            raise OperationalError(f"the gate could not answer ({error.sqlstate or 'no connection'})") from None
    assert found is not None  # noqa: S101 - a CALL and a function always return one row
    return found


def _execute(statement: str, parameters: list[Any]) -> tuple[Any, ...] | None:
    connection.ensure_connection()
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    # Straight to psycopg: a prepared statement with bound parameters, no query log that could keep them.
    return raw.execute(statement, parameters, prepare=True).fetchone()


def read(caller: Caller, purpose: str, event: Event, insured_key: int | None = None, **parameters: Any) -> Any:
    """One of the smaller readings of ``gate.read``; ``None`` when it was refused (the refusal is in the log).

    Raises:
        RuntimeError, django.db.OperationalError: as ``call``.
    """
    answer = json.loads(
        call(
            "CALL gate.read(%s, %s, %s, %s, %s, %s::jsonb, NULL)",
            [caller.session, caller.certificate, purpose, event, insured_key, json.dumps(parameters)],
        )
    )
    return answer["answer"]
