"""和暦: the five eras by their exact first day, written and read as people write them.

Era days: 1868-01-25 (明治; the days before 1873-01-01 are counted in the Gregorian calendar here), 1912-07-30,
1926-12-25, 1989-01-08, 2019-05-01. Errors are sentences for the person who typed the date.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Era:
    """One era; ``last`` is None for the one that goes on."""

    name: str
    letter: str
    first: date
    last: date | None

    @property
    def offset(self) -> int:
        """What to add to a year of the era to get the western year."""
        return self.first.year - 1

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def _table(*rows: tuple[str, str, date]) -> tuple[Era, ...]:
    lasts = [first - timedelta(days=1) for _, _, first in rows[1:]]
    return tuple(Era(*row, last) for row, last in zip(rows, [*lasts, None], strict=True))


ERAS = _table(
    ("明治", "M", date(1868, 1, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("昭和", "S", date(1926, 12, 25)),
    ("平成", "H", date(1989, 1, 8)),
    ("令和", "R", date(2019, 5, 1)),
)
_BY_WORD = {word: era for era in ERAS for word in (era.name, era.letter, era.name[0])}

LARGEST_YEAR = 99  # 令和2026年 is a western year in the wrong place

_NAMED = re.compile(r"(明治|大正|昭和|平成|令和|[明大昭平令MTSHR])(元|\d{1,4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_WESTERN = re.compile(r"(?:西暦)?(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
# 1940/4/1 0:00, 1940-04-01T00:00:00.000+09:00, 1940/4/1 午前 0:00:00
_TIME = re.compile(
    r"(?:\s+|(?<=\d)T)(?:(?:午前|午後|[AP]M)\s*)?\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s*[AP]M)?(?:Z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_MIDNIGHT = re.compile(
    r"[\sT]*(?:午前\s*|AM\s*)?(?:0{1,2}:00(?::00(?:[.,]0+)?)?(?:\s*AM)?|12:00(?::00)?\s*AM)(?:Z|\+09:?00)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")


class WarekiError(ValueError):
    """A date that cannot be; the text tells the person what is wrong and what to do. It never repeats the input."""


class SlipError(WarekiError):
    """A slip with a name of its own. Its text says nothing of the date itself, so that a log may hold it.

    Attributes:
        reason, remedy: one Japanese sentence each.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}{remedy}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A date as read; ``warning`` says in a sentence that era and day do not belong together, or is empty."""

    day: date
    warning: str = ""


def era_of(day: date) -> Era | None:
    """The era a day belongs to; None before 1868-01-25."""
    return next((era for era in reversed(ERAS) if era.first <= day), None)


def to_wareki(day: date) -> str:
    """昭和15年3月2日; the first year is 元年; days before 明治 are written in western years."""
    era = era_of(day)
    if era is None:
        return to_western(day)
    year = day.year - era.offset
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def to_western(day: date) -> str:
    """1940年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def to_wareki_full(day: date) -> str:
    """昭和15年3月2日(1940年)."""
    return to_western(day) if era_of(day) is None else f"{to_wareki(day)}({day.year}年)"


def to_wareki_month(year: int, month: int) -> str:
    """令和8年10月: the month by its last day, which is never of an era that ended within it."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    return f"{to_wareki(last).partition('月')[0]}月"


def to_wareki_month_full(year: int, month: int) -> str:
    """令和8年10月(2026年)."""
    words, western = to_wareki_month(year, month), f"{year}年{month}月"
    return words if words == western else f"{words}({year}年)"


def to_wareki_year(year: int) -> str:
    """昭和15年. A year alone may belong to two eras: it is named by the one in which it ends."""
    return f"{to_wareki_month(year, 12).partition('年')[0]}年"


def age(birth: date, on: date) -> int:
    """Completed years of life on a day; somebody born on 29 February completes a year on 1 March.

    Raises ValueError when ``on`` lies before the birth.
    """
    if on < birth:
        raise ValueError("the day lies before the birth")
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def parse(text: str) -> Reading:
    """Read a date as people write it, in any width of letters.

    昭和15年3月2日, 令和元年5月1日, S15.3.2, R6/4/1, 1940-03-02, 1940年3月2日, 19400302. A time of midnight behind it,
    which Excel and databases add to every day, says nothing. Raises WarekiError.
    """
    text = plain(_without_midnight(text))
    if match := _NAMED.fullmatch(text):
        word, year, month, day = match.groups()
        return in_era(_BY_WORD[word], 1 if year == "元" else int(year), int(month), int(day))
    if match := _WESTERN.fullmatch(text) or _DIGITS.fullmatch(text):
        return Reading(_day(*(int(part) for part in match.groups())))
    raise WarekiError("日付として読めません。「昭和15年3月2日」「S15.3.2」「1940-03-02」のように書いてください。")


def plain(text: str) -> str:
    """A date as typed in plain characters: no blanks, one width, one dash."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    return re.sub(r"[‐‑–—―−ー]", "-", text)  # the many dashes a Japanese keyboard makes


def _without_midnight(text: str) -> str:
    """The text without a time of midnight at its end. Raises SlipError for any other time."""
    text = unicodedata.normalize("NFKC", text).strip()
    time = _TIME.search(text)
    if time is None:
        return text
    if not _MIDNIGHT.fullmatch(time[0]):
        raise SlipError("日付のあとに時刻が付いています。", "時刻を取って、日付だけを書いてください。")
    return text[: time.start()]


def in_era(era: Era, year: int, month: int, day: int) -> Reading:
    """The day meant by an era, a year of it, month and day; with a warning when the day lies outside the era.

    Only days of the year in which eras change can lie outside (平成31年5月1日). Raises WarekiError when there is no
    such day, or the era never had such a year.
    """
    if year < 1:
        raise WarekiError(f"{era.name}の年は元年(1年)からです。年を確かめてください。")
    if year > LARGEST_YEAR:
        raise WarekiError(f"{era.name}の年が大きすぎます。西暦で書くときは元号を付けません。")
    meant = _day(era.offset + year, month, day)
    if era.holds(meant):
        return Reading(meant)
    if meant < era.first:
        # 令和元年4月: the whole year is often called by the new era
        return Reading(meant, f"{era.name}は{_first(era)}からです。この日は{to_wareki(meant)}として扱います。")
    last = era.last
    assert last is not None  # noqa: S101 - the era that goes on has no day after it
    if meant.year > last.year:
        raise SlipError(f"{era.name}は{last.year - era.offset}年までです。", "元号か年を確かめてください。")
    return Reading(meant, f"{era.name}は{to_wareki(last)}までです。この日は{to_wareki(meant)}として扱います。")


def western(year: int, month: int, day: int) -> date:
    """A day by its western year. Raises WarekiError when there is no such day."""
    return _day(year, month, day)


def _first(era: Era) -> str:
    return f"{era.first.year}年{era.first.month}月{era.first.day}日"


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= year <= date.max.year:
        raise WarekiError("年を確かめてください。西暦は4けたで書きます(例: 1940)。")
    if not 1 <= month <= 12:
        raise WarekiError("月は1から12までです。")
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise WarekiError(f"{year}年{month}月の日は1から{length}までです。")
    return date(year, month, day)
