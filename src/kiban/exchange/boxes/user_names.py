"""Names of users whom a unit itself names by number only (実績): from the 利用票 that went between the same offices."""

from __future__ import annotations

from collections.abc import Iterable

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.unit_lines import State, UnitLine
from kiban.exchange.participant import Participant
from kiban.exchange.units.records import Record, names_of
from kiban.formats.careplan.layouts import Kind, NotExchangeFileError, read_bytes
from kiban.formats.careplan.layouts.names import kind_of


def known(participant: Participant, units: Iterable[UnitLine]) -> dict[int, str]:
    """Names by ``insured_key`` for the users of these units. A unit that is unread is not opened for its names."""
    wanted = {(unit.number, unit.month) for unit in units if unit.record is Record.ACTUAL}
    numbers = [
        unit["id"]
        for month in sorted({month for _, month in wanted})
        for box in ("in", "out")
        for unit in acts.box(participant, box, month=month, limit=acts.EVERYTHING)[0]
        if (unit["number"], month) in wanted
        and unit["record"] == Record.SCHEDULE
        and not unit["is_deletion"]
        and unit["state"] != State.WITHDRAWN
        and (unit["is_mine"] or unit["opened_at"])
    ]
    opened = acts.open_units(participant, numbers) if numbers else None
    names: dict[int, str] = {}
    for files in opened.files.values() if opened else ():
        for name, content in files.items():
            if kind_of(name) is Kind.USER:
                names |= _named(content, name)
    return names


def _named(content: bytes, name: str) -> dict[int, str]:
    try:
        return names_of(read_bytes(content, name))
    except NotExchangeFileError:  # nothing is sent that cannot be read; what older versions let through stays unnamed
        return {}
