"""How the gate is called: in autocommit, with nothing but what the request itself proves.

One ``CALL`` asks, commits, decides, commits and answers (docs/algorithms/gate.md §1), so a call inside a transaction is
refused here already (and once more by the database).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction

from kiban.gate.events import Event
from kiban.web.request import Caller


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act or a reading.

    Attributes:
        result: ``ok``, another manner of success (``same``, ``already``), or what stood in the way, as
            ``consent:no_witness``: the one with a colon.
        answer: what there is to tell beside that word; its form is the room's.
    """

    result: str
    answer: Any

    @property
    def is_refused(self) -> bool:
        """Whether something stood in the way."""
        return ":" in self.result


def row(statement: str, parameters: list[Any]) -> tuple[Any, ...]:
    """The single row a call answers.

    Raises:
        RuntimeError: called inside a transaction.
        django.db.OperationalError: the database could not be reached, or could not write the log or not in time;
            nothing was read.
    """
    if connection.in_atomic_block or not transaction.get_autocommit():
        raise RuntimeError("the gate must not be called inside a transaction: its log rows have to be committed")
    try:
        found = _execute(statement, parameters)
    except psycopg.errors.FeatureNotSupported:
        # "kiban setup" put the functions in place anew since this connection prepared the call: nothing was run yet.
        connection.close()
        found = _execute(statement, parameters)
    except psycopg.OperationalError as error:
        # The server may have been restarted since this connection was opened: a second try on a new one. It says by
        # the same number (attempt) that it is the same call: what was decided before is not done twice.
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


def call(statement: str, parameters: list[Any]) -> Any:
    """The single value a call answers. Raises as ``row``."""
    return row(statement, parameters)[0]


def attempt() -> uuid.UUID:
    """The number a call and its retry share."""
    return uuid.uuid4()


def _execute(statement: str, parameters: list[Any]) -> tuple[Any, ...] | None:
    connection.ensure_connection()
    # Straight to psycopg, and with its cursor for parameters bound by the server (Django's writes them into the text):
    # no cookie and no number of a person stands in a statement, which the server's log and activity could show.
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    raw.prepare_threshold = 0  # prepared once a connection; Django's own statements are not
    try:
        with psycopg.Cursor(raw) as cursor:
            return cursor.execute(statement, parameters, prepare=True).fetchone()
    finally:
        raw.prepare_threshold = None


def perform(
    caller: Caller,
    purpose: str,
    event: Event,
    insured_key: int | None = None,
    *,
    files: Sequence[bytes] = (),
    **parameters: Any,
) -> Outcome:
    """Do or read something through the gate; what it needs beside is the event's own (SQL: ``gate.decide_<event>``).

    Raises:
        RuntimeError, django.db.OperationalError: as ``row``.
    """
    text = call(
        "CALL gate.act(%s, %s, %s, %s, %s::bigint, %s::jsonb, %s::bytea[], %s, NULL)",
        [
            caller.session,
            caller.certificate,
            purpose,
            event.value,
            insured_key,
            written(parameters),
            [*files],
            attempt(),
        ],
    )
    return told(text)


def told(text: str) -> Outcome:
    """Of the JSON text of ``gate.answer``."""
    found = json.loads(text)
    return Outcome(found["result"], found["answer"])


def written(parameters: dict[str, Any]) -> str:
    """Parameters as JSON; days and moments in ISO 8601."""
    return json.dumps(parameters, ensure_ascii=False, default=lambda value: value.isoformat())


def act(caller: Caller, purpose: str, event: Event, insured_key: int | None = None, **parameters: Any) -> str:
    """Do something; the word the gate answers (``Outcome.result``). Raises as ``perform``."""
    return perform(caller, purpose, event, insured_key, **parameters).result


def read(caller: Caller, purpose: str, event: Event, insured_key: int | None = None, **parameters: Any) -> Any:
    """Read something; ``None`` when it was refused (the refusal is in the log). Raises as ``perform``."""
    return perform(caller, purpose, event, insured_key, **parameters).answer
