"""The days of a service month: until when its 実績 are sent, until when its claims, and what is to be done on a day."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kiban.terms.claims import ACTUALS_BY, CLAIM_BY
from kiban.terms.months import month_after

LOOKED_BACK = 15  # until this day it is last month that is looked at


@dataclass(frozen=True)
class Calendar:
    """Where a month stands on a day.

    Attributes:
        month: the first of the service month.
    """

    month: dt.date
    today: dt.date

    @property
    def following(self) -> dt.date:
        """The first of the month after."""
        return month_after(self.month)

    @property
    def actuals_by(self) -> dt.date:
        """The last day for the month's 実績."""
        return self.following.replace(day=ACTUALS_BY)

    @property
    def claim_by(self) -> dt.date:
        """The last day for the month's claims."""
        return self.following.replace(day=CLAIM_BY)

    @property
    def is_over(self) -> bool:
        """Whether its services are all given, so that 実績 can be late."""
        return self.today >= self.following

    @property
    def words(self) -> str:
        """What is to be done now."""
        by = f"{self.following.month}月{ACTUALS_BY}日"
        if self.today < self.following:
            return f"実績は、{self.following.month}月1日から{by}までに、ケアマネジャーに送ります。"
        if self.today <= self.actuals_by:
            return f"実績を送る期間です。{by}まで{_left((self.actuals_by - self.today).days)}。"
        if self.today <= self.claim_by:
            left = _left((self.claim_by - self.today).days)
            return f"実績をそろえ、予定と違うところを確かめる期間です。10日の請求まで{left}。"
        return "10日の請求は過ぎました。まだのものは、次の月に請求する(月遅れ)ことになります。"


def _left(days: int) -> str:
    return f"あと{days}日です" if days else "、今日までです"


def worked_on(today: dt.date) -> dt.date:
    """The first of the month most work is about: last month until its claims are through."""
    first = today.replace(day=1)
    return month_before(first) if today.day <= LOOKED_BACK else first


def month_before(first: dt.date) -> dt.date:
    """The first of the month before."""
    return (first - dt.timedelta(days=1)).replace(day=1)


def first_of(month: str) -> dt.date:
    """The first of a month written YYYYMM. Raises ValueError for what is no month of 2000 to 2099."""
    if not re.fullmatch(r"20[0-9]{2}(0[1-9]|1[0-2])", month):
        raise ValueError("no month")
    return dt.date(int(month[:4]), int(month[4:]), 1)
