"""What waits about 担当, in numbers: for 今日 and the daily e-mail. It says how many, never who."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kiban.gate.calling import row
from kiban.ops import database
from kiban.ops.database import Role
from kiban.web.request import Caller


@dataclass(frozen=True)
class Waiting:
    """Numbers of persons, of offers and of openings."""

    lapsing: int = 0  # 担当 that ends with this month
    offers: int = 0  # 引き継ぎ offered to the organisation
    emergencies: int = 0  # 緊急時の閲覧 nobody has reviewed yet


def own(caller: Caller, purpose: str) -> Waiting:
    """Of the caller's organisation; nothing for a caller whose standing is not right. Raises as ``calling.call``."""
    numbers = row(
        "SELECT d.* FROM (SELECT 1) AS always LEFT JOIN gate.own_assignment_due(%s, %s, %s) AS d ON true",
        [caller.session, caller.certificate, purpose],
    )
    return Waiting(*(number or 0 for number in numbers))


def everywhere(today: dt.date) -> dict[int, Waiting]:
    """Of every organisation in which something waits, by its id. Needs the worker's rights."""
    with database.connect(Role.WORKER) as connection:
        rows = connection.execute("SELECT * FROM gate.all_assignment_due(%s)", [today]).fetchall()
    return {organisation: Waiting(*numbers) for organisation, *numbers in rows}
