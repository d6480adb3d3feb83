"""What waits in an organisation, in numbers: for the home page and the daily e-mail. It says how many, never who."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kiban.gate.calling import row
from kiban.ops import database
from kiban.ops.database import Role
from kiban.web.request import Caller


@dataclass(frozen=True)
class Due:
    """Numbers of persons, offers and openings."""

    certification: int = 0  # 認定 that is over or may be renewed now, of persons who consented
    consent: int = 0  # 包括的同意 neither given nor refused nor taken back
    lapsing: int = 0  # 担当 that ends with this month
    offers: int = 0  # 引き継ぎ offered to the organisation
    emergencies: int = 0  # 緊急時の閲覧 nobody has reviewed yet


def own(caller: Caller, purpose: str) -> Due:
    """Of the caller's organisation; nothing for a caller whose standing is not right. Raises as ``calling.call``."""
    found = row(
        "SELECT d.* FROM (SELECT 1) AS one LEFT JOIN gate.own_due(%s, %s, %s) AS d ON true",
        [caller.session, caller.certificate, purpose],
    )
    return Due(*(number or 0 for number in found))


def everywhere(today: dt.date) -> dict[int, Due]:
    """Of every organisation in which something waits, by its id. Needs the worker's rights."""
    with database.connect(Role.WORKER) as connection:
        rows = connection.execute("SELECT * FROM gate.all_due(%s)", [today]).fetchall()
    return {organisation: Due(*numbers) for organisation, *numbers in rows}
