"""運営基準の記録 through the gate: entered, taken back, read of one person, listed for a month, counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from kiban.evidence.operating_standard.vocabulary import Kind, Tick, Way
from kiban.gate.calling import Outcome, act, call, perform, read
from kiban.gate.events import Event
from kiban.ops import database
from kiban.ops.database import Role
from kiban.web.request import Caller


def record(
    caller: Caller,
    insured_key: int,
    purpose: str,
    kind: Kind,
    *,
    on: dt.date,
    way: Way,
    ticks: Iterable[Tick] = (),
    written_on: dt.date | None = None,
) -> str:
    """Enter what was done on a day; ``ok``, ``same`` (it stands there already) or what stood in the way.

    Args:
        written_on: the day the result was written down; of a monitoring only.
    """
    chosen = sorted(ticks)
    return act(
        caller,
        purpose,
        Event.STANDARD_RECORD,
        insured_key,
        kind=kind,
        on=on,
        way=way,
        ticks=chosen,
        written_on=written_on,
    )


def correct(caller: Caller, insured_key: int, purpose: str, number: int, *, reason: str) -> str:
    """登録のまちがい: what was entered never was so."""
    return act(caller, purpose, Event.STANDARD_CORRECT, insured_key, number=number, reason=reason)


def of_person(caller: Caller, insured_key: int, purpose: str) -> dict[str, Any] | None:
    """A person with plans, facts and corrections (``gate.answer_standard_read``); ``None`` when refused."""
    found: dict[str, Any] | None = read(caller, purpose, Event.STANDARD_READ, insured_key)
    return found


def of_month(caller: Caller, purpose: str, month: dt.date, *, own_only: bool) -> Outcome:
    """Everybody whose plan the office makes in a month (its first day), with plans and facts."""
    return perform(caller, purpose, Event.STANDARD_LIST, month=month, whose="own" if own_only else "all")


def own_due(caller: Caller, purpose: str, *, own_only: bool) -> int:
    """Of how many persons no monitoring of this month is entered; 0 before the 20th. Raises as ``calling.call``."""
    statement = "SELECT gate.own_standard_due(%s, %s, %s, %s)"
    return call(statement, [caller.session, caller.certificate, purpose, own_only]) or 0


def all_due(today: dt.date) -> dict[int, int]:
    """The same of every organisation, by its id. Needs the worker's rights."""
    with database.connect(Role.WORKER) as connection:
        return dict(connection.execute("SELECT * FROM gate.all_standard_due(%s)", [today]).fetchall())
