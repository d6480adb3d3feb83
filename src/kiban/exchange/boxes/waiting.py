"""What waits in the exchange, in numbers: for the home page and the daily e-mail. It says how many, never who."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kiban.exchange.participant import Participant
from kiban.gate.calling import call, row
from kiban.ops import database
from kiban.ops.database import Role


@dataclass(frozen=True)
class Waiting:
    """Numbers of units, of users and of other offices.

    Attributes:
        errors: sent units the receiver could not take in, with nothing newer in their place.
        to_send, to_come: users with a plan of last month whose 実績 this office has not sent, or has not got.
        arrived: offices whose 実績 of last month have come.
        queries: questions this office has not answered.
    """

    drafts: int = 0
    unread: int = 0
    errors: int = 0
    to_send: int = 0
    to_send_offices: int = 0
    to_come: int = 0
    to_come_offices: int = 0
    arrived: int = 0
    queries: int = 0


def own(participant: Participant) -> Waiting:
    """Of the caller's office; nothing for who takes no part. Raises as ``gate.calling.call``."""
    found = row(
        "SELECT d.* FROM (SELECT 1) AS caller LEFT JOIN gate.own_exchange_due(%s, %s, %s) AS d ON true",
        participant.proof,
    )
    return Waiting(*(number or 0 for number in found))


def unseen(participant: Participant) -> int:
    """Units the caller's office has not opened and questions it has not answered. Raises as ``gate.calling.call``."""
    return call("SELECT gate.own_exchange_unseen(%s, %s, %s)", [*participant.proof]) or 0


def everywhere(today: dt.date) -> dict[int, Waiting]:
    """Of every office that ever sent or was sent anything, by its id. Needs the worker's rights."""
    with database.connect(Role.WORKER) as connection:
        rows = connection.execute("SELECT * FROM gate.all_exchange_due(%s)", [today]).fetchall()
    return {organisation: Waiting(*numbers) for organisation, *numbers in rows}
