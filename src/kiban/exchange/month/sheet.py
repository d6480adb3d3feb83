"""The result of a 突合 as the page shows it: a month like 第6表, and sentences that say whose turn it is."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from kiban.formats.careplan.claims import MEANINGS, Early, Likely, Meaning, User
from kiban.formats.careplan.layouts.codes import IN_SCOPE, service_name
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.formats.careplan.matching import Difference, Matched, Month, Outcome, Service
from kiban.registry.names import insurer_name
from kiban.terms.weekdays import SUNDAY, WEEKDAYS

MOST_USERS = 60  # with a calendar on the page; the others are counted

# What differs, in words; whose turn it is and what to do.
WORDS = {
    Outcome.FEWER: "予定があり、実績がありません(または少ない)",
    Outcome.MORE: "実績があり、予定がありません(または少ない)",
    Outcome.OTHER_OFFICE: "予定とは別の事業所の実績です",
    Outcome.OTHER_CODE: "予定とは別のサービスコードの実績です",
    Outcome.NOT_SENT: "この事業所の実績が、まだ1件も届いていません",
}
TURNS = {
    Outcome.FEWER: "ケアマネジャーの番: 休みなどの理由を事業所に確かめ、給付管理票を実績に合わせます。",
    Outcome.MORE: "ケアマネジャーの番: 予定に入れるサービスかを事業所に確かめます。"
    "給付管理票に入れないまま請求されると、請求が保留(ANNM のおそれ)になります。",
    Outcome.OTHER_OFFICE: "ケアマネジャーの番: どちらの事業所が行ったかを、両方に確かめます。",
    Outcome.OTHER_CODE: "両方の番: 正しいサービスコードを確かめ、違う側が直します。",
    Outcome.NOT_SENT: "サービス事業所の番: 実績を送ってもらいます(5日までが目安です)。",
}
MARKS = {
    Outcome.FEWER: ("▽", "fewer"),
    Outcome.MORE: ("△", "more"),
    Outcome.OTHER_OFFICE: ("◇", "other"),
    Outcome.OTHER_CODE: ("□", "other"),
    Outcome.NOT_SENT: ("…", "waiting"),
}


@dataclass(frozen=True)
class Cell:
    """One day of one line: how often, and what is odd about it."""

    text: str
    mark: str = ""
    state: str = ""


@dataclass(frozen=True)
class Line:
    """One service: a row of 予定 and a row of 実績."""

    office: str
    code: str
    kind: str  # what sort of service the code is of; empty for one there is no name for
    planned: list[Cell]
    done: list[Cell]


@dataclass(frozen=True)
class Sentence:
    """What differs in the same way on some days."""

    days: str
    what: str
    words: str
    turn: str
    mark: str
    state: str


@dataclass(frozen=True)
class CalendarDay:
    """The head of a column: the day, its weekday, and whether it is a Sunday."""

    number: int
    weekday: str
    is_sunday: bool


@dataclass(frozen=True)
class Sheet:
    """One user's month."""

    number: str  # 被保険者番号
    insurer: str
    name: str
    title: str  # 令和8年10月(2026年)
    days: list[CalendarDay]
    lines: list[Line]
    sentences: list[Sentence]

    @property
    def insured_at(self) -> str:
        """The insurer by name."""
        return insurer_name(self.insurer)

    @property
    def count(self) -> int:
        """How many kinds of differences there are."""
        return len(self.sentences)


def sheets(matched: Matched) -> list[Sheet]:
    """The months in which something differs, as far as they are shown."""
    return [_sheet(month, matched) for month in matched.differing[:MOST_USERS]]


def _sheet(month: Month, matched: Matched) -> Sheet:
    year, number = int(month.month[:4]), int(month.month[4:])
    days = range(1, calendar.monthrange(year, number)[1] + 1)
    return Sheet(
        number=month.user[1],
        insurer=month.user[0],
        name=matched.names.get(month.user, ""),
        title=month_in_words(month.month),
        days=[_calendar_day(dt.date(year, number, day)) for day in days],
        lines=[_line(service, month, matched, days) for service in month.services],
        sentences=list(sentences(month, matched)),
    )


def _calendar_day(day: dt.date) -> CalendarDay:
    return CalendarDay(day.day, WEEKDAYS[day.weekday()], day.weekday() == SUNDAY)


def _line(service: Service, month: Month, matched: Matched, days: range) -> Line:
    planned, done = month.planned.get(service, {}), month.done.get(service, {})
    odd_plan = {difference.day: difference.outcome for difference in month.differences if difference.planned == service}
    odd_done = {difference.day: difference.outcome for difference in month.differences if difference.done == service}
    return Line(
        office=matched.offices.get(service[0], service[0]),
        code=service[1],
        kind=IN_SCOPE.get(service[1][:2], ""),
        planned=[_cell(planned.get(day, 0), odd_plan.get(day)) for day in days],
        done=[_cell(done.get(day, 0), odd_done.get(day)) for day in days],
    )


def _cell(times: int, outcome: Outcome | None) -> Cell:
    mark, state = MARKS[outcome] if outcome else ("", "")
    return Cell(str(times) if times else "", mark, state)


def sentences(month: Month, matched: Matched, office: str | None = None) -> Iterator[Sentence]:
    """What differs, one sentence for what differs alike. ``office``: only what is this one's (事業所番号)."""
    alike: dict[tuple[Outcome, Service | None, Service | None], list[Difference]] = {}
    for difference in month.differences:
        if office and office not in difference.offices:
            continue
        alike.setdefault((difference.outcome, difference.planned, difference.done), []).append(difference)
    for (outcome, planned, done), differences in alike.items():
        sides = [_named(side, matched) for side in (planned, done) if side]
        yield Sentence(
            days="、".join(_day(difference) for difference in differences),
            what=" → ".join(dict.fromkeys(sides)),
            words=WORDS[outcome],
            turn=TURNS[outcome],
            mark=MARKS[outcome][0],
            state=MARKS[outcome][1],
        )


def _day(difference: Difference) -> str:
    return f"{difference.day}日" + (f"({difference.times}回)" if difference.times > 1 else "")


def _named(service: Service, matched: Matched) -> str:
    return f"{matched.offices.get(service[0], service[0])} {service_name(service[1])}"


@dataclass(frozen=True)
class UserWarnings:
    """What would likely come back of one user's month."""

    number: str
    insurer: str
    name: str
    title: str
    likely: list[tuple[Likely, Meaning]]

    @property
    def insured_at(self) -> str:
        """The insurer by name."""
        return insurer_name(self.insurer)


def warnings(early: Early, names: dict[User, str]) -> dict[str, object]:
    """For the page: the first users with a likely code, how many more there are, and the numbers."""
    by_user: dict[tuple[User, str], list[tuple[Likely, Meaning]]] = {}
    for likely in early.likely:
        by_user.setdefault((likely.user, likely.month), []).append((likely, MEANINGS[likely.code]))
    warned = [
        UserWarnings(user[1], user[0], names.get(user, ""), month_in_words(month), codes)
        for (user, month), codes in list(by_user.items())[:MOST_USERS]
    ]
    return {
        "warned": warned,
        "warned_more": len(by_user) - len(warned),
        "likely": len(early.likely),
        "unknown": early.unknown,
    }
