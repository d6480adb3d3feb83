"""Names of users whom a unit itself names by number only (実績): from the 利用票 that went between the same offices."""

from __future__ import annotations

from collections.abc import Iterable

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.acts import Seat
from kiban.exchange.boxes.words import Shown, State
from kiban.exchange.units.sending import INSURED, INSURER, USER_NAME, Record
from kiban.formats.careplan.layouts import Kind, NotExchangeFileError, read_bytes
from kiban.formats.careplan.layouts.names import kind_of
from kiban.registry.numbers import insured_key

MOST_UNITS = 5000


def known(seat: Seat, units: Iterable[Shown]) -> dict[int, str]:
    """Names by key for the users of these units. What is unread stays unread: it is not opened for its names."""
    wanted = {(one.number, one.month) for one in units if one.record is Record.ACTUAL}
    numbers = [
        told["id"]
        for month in sorted({month for _, month in wanted})
        for which in ("in", "out")
        for told in acts.box(seat, which, month=month, limit=MOST_UNITS)[0]
        if (told["number"], month) in wanted
        and told["record"] == Record.SCHEDULE
        and not told["is_deletion"]
        and told["state"] != State.WITHDRAWN
        and (told["is_mine"] or told["opened_at"])
    ]
    opened = acts.open_units(seat, numbers) if numbers else None
    names: dict[int, str] = {}
    for files in opened.files.values() if opened else ():
        for name, content in files.items():
            if kind_of(name) is Kind.USER:
                names |= _named(content, name)
    return names


def _named(content: bytes, name: str) -> dict[int, str]:
    try:
        rows = read_bytes(content, name).rows
    except NotExchangeFileError:  # nothing is sent that cannot be read; what older versions let through stays unnamed
        return {}
    return {insured_key(row[INSURER - 1], row[INSURED - 1]): row[USER_NAME - 1] for row in rows}
