"""The one door to care information, as Python sees it: calls of the gate's SQL functions and nothing else.

Every call runs in autocommit: the gate commits its log row before it answers, so a call inside a transaction is
refused here already (and once more by the database). What comes back is what ``docs/algorithms/gate.md`` describes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest

from kiban.gate.events import Condition, Purpose


@dataclass(frozen=True)
class Caller:
    """What a request proves about itself: the session cookie and the certificate of the TLS connection.

    The gate looks both up itself; neither an account nor an office is ever passed to it.
    """

    session: str
    certificate: str

    @classmethod
    def of(cls, request: HttpRequest) -> Caller:
        """The caller of a request (empty strings where the request shows nothing)."""
        from django.conf import settings

        return cls(
            session=request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""),
            certificate=getattr(request, "certificate_fingerprint", None) or "",
        )


def open_records(caller: Caller, insured_key: int, items: Sequence[str], purpose: str) -> str:
    """Open items of one person; the answer as JSON text (see ``gate.answer_open``).

    Raises:
        RuntimeError: called inside a transaction.
        django.db.OperationalError: the database could not be reached or could not write the log; nothing was read.
    """
    return _call(
        "CALL gate.open_records(%s, %s, %s, %s, %s, NULL)",
        [caller.session, caller.certificate, insured_key, list(items), purpose],
    )


def list_people(
    caller: Caller, purpose: str, *, search: str = "", sort: str = "kana", offset: int = 0, limit: int = 50
) -> str:
    """The persons the caller may see, as JSON text (see ``gate.answer_list``).

    Args:
        search: normalised part of a name or kana (``registry.text.search_key``), or the last four digits of the
            insured number.
        sort: ``kana``, ``valid_to`` or ``care_level``.
        limit: 1 to 200.

    Raises:
        as ``open_records``.
    """
    return _call(
        "CALL gate.list_people(%s, %s, %s, %s, %s, %s, %s, NULL)",
        [caller.session, caller.certificate, purpose, search, sort, offset, limit],
    )


def who_opened(caller: Caller, insured_key: int, purpose: str, limit: int = 100) -> dict[str, Any]:
    """The access-log rows about a person, for administrators (see ``gate.answer_log``). Raises as ``open_records``."""
    return json.loads(
        _call(
            "CALL gate.who_opened(%s, %s, %s, %s, %s, NULL)",
            [caller.session, caller.certificate, insured_key, purpose, limit],
        )
    )


def give_consent(
    caller: Caller, insured_key: int, purpose: str, *, given_on: dt.date, text_version: str, signer: str
) -> str:
    """Record a comprehensive consent. Returns ``ok`` or the answer that stood in the way. Raises as above."""
    return _call(
        "SELECT gate.give_consent(%s, %s, %s, %s, %s, %s, %s)",
        [caller.session, caller.certificate, insured_key, purpose, given_on, text_version, signer],
    )


def withdraw_consent(caller: Caller, insured_key: int, purpose: str) -> str:
    """Record that the person withdrew the consent; viewing stops at once. Returns and raises as ``give_consent``."""
    return _call(
        "SELECT gate.withdraw_consent(%s, %s, %s, %s)", [caller.session, caller.certificate, insured_key, purpose]
    )


def register_relation(
    caller: Caller,
    purpose: str,
    *,
    insurer_no: str,
    insured_no: str,
    birth: dt.date,
    sex: str,
    method: str,
    capacity: str,
    viewing_from: dt.date,
    viewing_to: dt.date | None,
) -> tuple[str, int | None]:
    """Record 本人確認 and register the caller's office as 担当. Returns ``ok`` or the hindrance, and the person."""
    result, insured_key = _row(
        "SELECT result, insured_key FROM gate.register_relation(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            caller.session,
            caller.certificate,
            purpose,
            insurer_no,
            insured_no,
            birth,
            sex,
            method,
            capacity,
            viewing_from,
            viewing_to,
        ],
    )
    return result, insured_key


def end_relation(caller: Caller, insured_key: int, purpose: str) -> str:
    """End the office's 担当 today. Returns and raises as ``give_consent``."""
    return _call("SELECT gate.end_relation(%s, %s, %s, %s)", [caller.session, caller.certificate, insured_key, purpose])


def purpose_of(organisation_kind: str, is_care_manager: bool) -> Purpose:
    """The purpose a page starts from; the user may choose another one."""
    if organisation_kind == "municipality":
        return Purpose.INSURER_DUTY
    if organisation_kind == "medical":
        return Purpose.OPINION_WRITING
    return Purpose.CARE_PLANNING if is_care_manager else Purpose.SERVICE_PROVISION


def answers(item: dict[str, Any], standing: Sequence[str]) -> dict[Condition, str]:
    """The eight answers about one item of an opened record: ``ok``, ``not_needed`` or what stands in the way."""
    found = dict.fromkeys(Condition, "ok")
    for word in [*standing, *filter(None, item["answers"].split(","))]:
        condition, _, answer = word.partition(":")
        if condition != "decision":  # which insurer's decision opened the role: not an answer
            found[Condition(condition)] = answer
    return found


def _call(statement: str, parameters: list[Any]) -> Any:
    return _row(statement, parameters)[0]


def _row(statement: str, parameters: list[Any]) -> tuple[Any, ...]:
    if connection.in_atomic_block or not transaction.get_autocommit():
        raise RuntimeError("the gate must not be called inside a transaction: its log row has to be committed")
    try:
        row = _execute(statement, parameters)
    except psycopg.OperationalError as error:
        # The server may have been restarted since this connection was opened: a second try on a new one. At worst
        # the log then holds two rows for one answer, never an answer without a row.
        try:
            if not connection.connection.closed:
                raise
            connection.close()
            row = _execute(statement, parameters)
        except (psycopg.OperationalError, OperationalError):
            connection.close()
            # Without the original text, which can carry parameters.
            raise OperationalError(f"the gate could not answer ({error.sqlstate or 'no connection'})") from None
    assert row is not None  # noqa: S101 - a CALL and a function always return one row
    return row


def _execute(statement: str, parameters: list[Any]) -> tuple[Any, ...] | None:
    connection.ensure_connection()
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    # Straight to psycopg: a prepared statement with bound parameters, no query log that could keep them.
    return raw.execute(statement, parameters, prepare=True).fetchone()
