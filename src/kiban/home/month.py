"""予定表: a month with what ends and is due, as every room tells it; as a file it says how many, and never who."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiban.ops.room import Dated, Visitor, rooms
from kiban.terms.months import month_after


@dataclass(frozen=True)
class Day:
    """A day of the page; ``entries`` are the rooms', those of one kind together."""

    on: dt.date
    is_of_month: bool
    entries: Sequence[Dated]


def first_of(text: str, today: dt.date) -> dt.date:
    """The first of a month written YYYYMM; of this month for what is none of our time."""
    try:
        found = dt.datetime.strptime(text, "%Y%m").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return today.replace(day=1)
    return found if len(text) == 6 and 2000 <= found.year < 2100 else today.replace(day=1)


def dates(visitor: Visitor, first: dt.date) -> list[Dated]:
    """What the rooms say of the month, by day. Raises as the gate."""
    said = [dated for room in rooms() for dated in room.dates(visitor, first, month_after(first))]
    return sorted(said, key=lambda dated: (dated.on, dated.what, dated.who))


def weeks(first: dt.date, said: Sequence[Dated]) -> list[list[Day]]:
    """The month in weeks from Sunday, as calendars here hang."""
    return [
        [Day(on, on.month == first.month, [dated for dated in said if dated.on == on]) for on in week]
        for week in calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    ]


def file_of(said: Sequence[Dated], at: dt.datetime) -> str:
    """iCalendar (RFC 5545): a whole-day entry for each kind on a day. It names nobody and nothing."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kaigo Kiban//JA")
    return "\r\n".join([*head, *_events(said, at), "END:VCALENDAR", ""])


def _events(said: Sequence[Dated], at: dt.datetime) -> Iterator[str]:
    many = Counter((dated.on, dated.what) for dated in said)
    named = {dated.what for dated in said if dated.who}
    for (on, what), number in sorted(many.items()):
        yield from (
            "BEGIN:VEVENT",
            f"UID:{on:%Y%m%d}-{what.encode().hex()}@kaigo-kiban",  # the same when it is taken in again
            f"DTSTAMP:{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
            f"SUMMARY:{what} {number}件" if what in named else f"SUMMARY:{what}",
            "END:VEVENT",
        )
