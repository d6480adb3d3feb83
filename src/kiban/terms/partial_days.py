"""A day of which only year and month, only the year, or nothing is known: births (不詳), beginnings of illnesses.

Such a day is text, as it stands in files and tables: ``1940-04``, ``1940``, ``unknown``.
"""

from __future__ import annotations

import re
from datetime import date

from kiban.terms import wareki
from kiban.terms.wareki import SlipError, WarekiError

_NOTHING = frozenset({"不詳", "不明", "生年月日不詳", "年月日不詳", "00000000", "0000-00-00", "UNKNOWN"})
_SAID = re.compile(r"(?:月日|日)?(?:不詳|不明)[月日]?|頃|ごろ")
_REST = r"(?:[年./-](\d{1,2})(?:月|[月./-]0{1,2}日?)?|年)?"
_NAMED = re.compile(r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])(元|\d{1,2})" + _REST)
_WESTERN = re.compile(r"(?:西暦)?(\d{4})" + _REST)
_DIGITS = re.compile(r"(\d{4})(\d{2})(?:00)?")  # also without a day: 194004


class PartialDay(str):
    """What is known of a day: ``1940-04``, ``1940`` or ``unknown``."""

    __slots__ = ()

    @property
    def year(self) -> int | None:
        """The western year; None when nothing is known."""
        return None if self == UNKNOWN else int(self[:4])

    @property
    def month(self) -> int | None:
        """1 to 12, or None."""
        return int(self[5:]) if len(self) == 7 and self != UNKNOWN else None


UNKNOWN = PartialDay("unknown")
Day = date | PartialDay


def partial(year: int, month: int | None = None) -> PartialDay:
    """The day of a western year and, where it is known, a month. Raises WarekiError when there is no such month."""
    wareki.western(year, 1 if month is None else month, 1)
    return PartialDay(f"{year:04}" if month is None else f"{year:04}-{month:02}")


def of(text: str) -> Day:
    """The day that a text in a table or an answer of the gate means."""
    return date.fromisoformat(text) if len(text) == 10 else PartialDay(text)


def parse(text: str) -> Day:
    """Read a day as people and programs write it, whole or in part.

    昭和15年4月1日 and all that ``wareki.parse`` reads; 昭和15年4月不詳, 昭和15年, 1940-04, 19400400, 1940, 不詳.

    Raises:
        WarekiError: it is none, or the era never had such a year.
    """
    plain = wareki.plain(text)
    if plain in _NOTHING:
        return UNKNOWN
    known = _SAID.sub("", plain)
    if match := _NAMED.fullmatch(known):
        word, year, month = match.groups()
        era = next(era for era in wareki.ERAS if word in (era.name, era.letter, era.name[0]))
        return in_era(era, 1 if year == "元" else int(year), _number(month))
    if match := _DIGITS.fullmatch(known) or _WESTERN.fullmatch(known):
        year, month = match.groups()
        return partial(int(year), _number(month))
    return wareki.parse(text).day


def in_era(era: wareki.Era, year: int, month: int | None = None) -> PartialDay:
    """The day of a year of an era and, where it is known, a month. Raises WarekiError as ``parse`` does."""
    if year < 1:
        raise WarekiError(f"{era.name}の年は元年(1年)からです。年を確かめてください。")
    if era.last is not None and era.offset + year > era.last.year:
        raise SlipError(f"{era.name}は{era.last.year - era.offset}年までです。", "元号か年を確かめてください。")
    return partial(era.offset + year, month)


def in_words(day: Day) -> str:
    """昭和15年4月1日(1940年); of a day known in part 昭和15年4月(1940年、日は不詳), 昭和15年(1940年、月日は不詳)."""
    if isinstance(day, date):
        return wareki.to_wareki_full(day)
    if day.year is None:
        return "不詳"
    if day.month:
        return f"{wareki.to_wareki_month(day.year, day.month)}({day.year}年、日は不詳)"
    return f"{wareki.to_wareki_year(day.year)}({day.year}年、月日は不詳)"


def age(birth: Day, on: date) -> str:
    """Completed years on a day, as text: 「86」, 「85〜86」 where the birthday is not known, or nothing."""
    if isinstance(birth, date):
        return str(wareki.age(birth, on)) if birth <= on else ""
    if birth.year is None or birth.year > on.year:
        return ""
    years = on.year - birth.year
    if birth.month is not None and birth.month != on.month:
        return str(max(0, years - (birth.month > on.month)))
    return f"{years - 1}〜{years}" if years else "0"


def eight_digits(day: Day) -> str:
    """YYYYMMDD as exchanged files write it, 00 for what is not known."""
    if isinstance(day, date):
        return f"{day:%Y%m%d}"
    return f"{day.year or 0:04}{day.month or 0:02}00"


def _number(text: str | None) -> int | None:
    """A month as written; 0 and nothing say that it is not known."""
    return int(text) if text and int(text) else None
