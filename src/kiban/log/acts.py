"""見た記録 through the gate: who looked at a person. Reading it is itself an entry of the log."""

from __future__ import annotations

from kiban.gate.calling import read
from kiban.gate.events import Event
from kiban.log.reading import LogReading
from kiban.web.request import Caller


def who_opened(
    caller: Caller, insured_key: int, purpose: str, limit: int = 100, *, offset: int = 0, until: int | None = None
) -> LogReading:
    """The access-log rows about a person, for administrators: of the own office, for the insurer's of all.

    Args:
        limit: 1 to 500, the newest day first.
        offset: how many rows are passed over.
        until: number of the reading whose pages go on; what came after it is left out, so that pages do not shift.

    Raises:
        as ``gate.calling.perform``.
    """
    return LogReading.of(read(caller, purpose, Event.LOG_READ, insured_key, limit=limit, offset=offset, until=until))
