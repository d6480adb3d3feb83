"""The month with each other office, in numbers: what went and came, and who has still to send."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.exchange.boxes import acts
from kiban.exchange.participant import Participant


@dataclass(frozen=True)
class OfficeMonth:
    """A month with one other office.

    Attributes:
        schedules_out, schedules_in, actuals_out, actuals_in: users whose 利用票 or 実績 are in force, sent or received.
        to_send, to_come: users whose 実績 this office has still to send, or waits for.
        unread, errors: units that were not opened, or that could not be taken in.
    """

    number: str
    name: str
    schedules_out: int
    schedules_in: int
    actuals_out: int
    actuals_in: int
    to_send: int
    to_come: int
    unread: int
    errors: int

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do, on either side."""
        return not (self.to_send or self.to_come or self.unread or self.errors)

    @property
    def order(self) -> tuple[bool, bool, str]:
        """What this office has to do itself comes first, then what it waits for."""
        return not (self.errors or self.unread or self.to_send), not self.to_come, self.number


def of_month(participant: Participant, month: str) -> list[OfficeMonth]:
    """Every office something was exchanged with in a month (YYYYMM), by ``order``. Raises as ``gate.calling.call``."""
    offices = [
        OfficeMonth(
            number=office["number"],
            name=office["name"],
            schedules_out=office["schedules_out"],
            schedules_in=office["schedules_in"],
            actuals_out=office["actuals_out"],
            actuals_in=office["actuals_in"],
            to_send=office["they_wait"],
            to_come=office["we_wait"],
            unread=office["unread"],
            errors=office["errors"],
        )
        for office in acts.month(participant, month)
    ]
    return sorted(offices, key=lambda office: office.order)
