"""予実突合: what was planned against what was done, per user, day, office and service (docs/algorithms/matching.md).

    result = match(planned=[document, …], actual=[document, …])
    result.users[0].differences

Needs nothing but ``formats.careplan.layouts``. Times of day are shown, not compared: an add-on carries the time of its
base service, and a visit a quarter of an hour later is the same visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter

from kiban.formats.careplan.layouts import Document, Kind

# Columns of 第6表 (予定 and 実績 alike) by name: V3.2 has some of them elsewhere.
INSURER, INSURED, MONTH, DAY = "保険者番号", "被保険者番号", "対象年月", "サービス利用日"
PLANNER = "プラン担当業者コード"
COUNT, CODE, OFFICE, OFFICE_NAME = "サービス回数", "サービスコード", "サービス事業者コード", "サービス事業所名"
USER_NAME = "利用者氏名"  # of 利用者補足情報

User = tuple[str, str]  # 保険者番号, 被保険者番号
Service = tuple[str, str]  # サービス事業者コード, サービスコード


class Outcome(StrEnum):
    """How a planned and a done service of one day differ."""

    FEWER = "fewer"  # planned, not done (or not as often)
    MORE = "more"  # done, not planned (or more often)
    OTHER_OFFICE = "other_office"  # done by another office than planned
    OTHER_CODE = "other_code"  # done by the same office under another code of the same kind of service
    NOT_SENT = "not_sent"  # the office has sent nothing at all for the month yet


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        day: of the month, 1 to 31.
        planned, done: the service on either side; None where there is none.
        times: how many times too few or too many.
    """

    user: User
    month: str
    day: int
    outcome: Outcome
    planned: Service | None
    done: Service | None
    times: int

    @property
    def offices(self) -> set[str]:
        """The offices (事業所番号) whose services differ."""
        return {service[0] for service in (self.planned, self.done) if service}


@dataclass
class Month:
    """One user's month: how often each service was planned and done on each day."""

    user: User
    month: str
    planned: dict[Service, dict[int, int]] = field(default_factory=dict)
    done: dict[Service, dict[int, int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    @property
    def services(self) -> list[Service]:
        """Every service of the month, by office and code."""
        return sorted({*self.planned, *self.done})


@dataclass
class Matched:
    """The result.

    Attributes:
        months: by user; those with differences first, then by number.
        offices: their names, as the files write them.
        planners: who makes each user's plan (プラン担当業者コード), where the 予定 says it.
        names: of users, where a 利用者補足情報 was among the files.
        waiting: offices that were planned in a month and have sent nothing for it: month → office numbers.
    """

    months: list[Month] = field(default_factory=list)
    offices: dict[str, str] = field(default_factory=dict)
    planners: dict[User, str] = field(default_factory=dict)
    names: dict[User, str] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)

    @property
    def differing(self) -> list[Month]:
        """The months in which something differs."""
        return [month for month in self.months if month.differences]


def match(planned: Iterable[Document], actual: Iterable[Document], users: Iterable[Document] = ()) -> Matched:
    """Compare 予定 with 実績.

    Args:
        planned, actual: documents of ``Kind.SCHEDULE`` and ``Kind.ACTUAL``; later ones replace nothing, they add
            (what replaces what is decided before: docs/algorithms/matching.md).
        users: documents of ``Kind.USER``, for the names.

    Raises:
        ValueError: a document of another kind.
    """
    result = Matched()
    months: dict[tuple[User, str], Month] = {}
    for document in _of(planned, Kind.SCHEDULE):
        _count(document, months, result.offices, is_plan=True)
        result.planners |= {
            (insurer, insured): number for insurer, insured, number in _values(document, INSURER, INSURED, PLANNER)
        }
    sent: set[tuple[str, str]] = set()
    for document in _of(actual, Kind.ACTUAL):
        _count(document, months, result.offices, is_plan=False)
        sent |= {(month, office) for month, office in _values(document, MONTH, OFFICE)}
    for document in _of(users, Kind.USER):
        result.names |= {
            (insurer, insured): name for insurer, insured, name in _values(document, INSURER, INSURED, USER_NAME)
        }
    for month in months.values():
        month.differences = sorted(
            _differences(month, sent), key=lambda difference: (difference.day, difference.outcome)
        )
        for office, _ in month.planned:
            if (month.month, office) not in sent:
                result.waiting.setdefault(month.month, set()).add(office)
    result.months = sorted(months.values(), key=lambda month: (not month.differences, month.month, month.user))
    return result


def _of(documents: Iterable[Document], kind: Kind) -> Iterator[Document]:
    for document in documents:
        if document.layout.kind is not kind:
            raise ValueError(f"not a file of {kind}")
        yield document


def _count(
    document: Document, months: dict[tuple[User, str], Month], offices: dict[str, str], *, is_plan: bool
) -> None:
    wanted = (INSURER, INSURED, MONTH, DAY, COUNT, CODE, OFFICE, OFFICE_NAME)
    days: dict[str, int] = {}
    side: dict[Service, dict[int, int]] = {}
    before: tuple[str, str, str] | None = None
    for insurer, insured, month, date, times, code, office, name in _values(document, *wanted):
        if before != (insurer, insured, month):  # rows of one user mostly follow each other
            if before is None or before[2] != month:
                days = {f"{month}{day:02d}": day for day in range(1, 32)}
            before = insurer, insured, month
            user_month = months.setdefault(((insurer, insured), month), Month((insurer, insured), month))
            side = user_month.planned if is_plan else user_month.done
        day = days.get(date)
        if day is None:
            continue  # the check says so; a day outside the month belongs to no cell of the calendar
        counts = side.get((office, code))
        if counts is None:
            counts = side[office, code] = {}
            if name:
                offices.setdefault(office, name)
        counts[day] = counts.get(day, 0) + (1 if times == "1" or not times.isdigit() else int(times))


def _values(document: Document, *names: str) -> Iterator[tuple[str, ...]]:
    """Some columns of every row, in the order asked for."""
    return map(itemgetter(*(document.layout.number(name) - 1 for name in names)), document.rows)


def _differences(month: Month, sent: set[tuple[str, str]]) -> Iterator[Difference]:
    """Day by day: what is the same on both sides, then the same code elsewhere, then another code, then the rest."""
    days = {day for side in (month.planned, month.done) for counts in side.values() for day in counts}
    for day in days:
        left = {service: times for service, counts in month.planned.items() if (times := counts.get(day, 0))}
        over = {service: times for service, counts in month.done.items() if (times := counts.get(day, 0))}
        if left == over:
            continue
        for service in sorted(left.keys() & over.keys()):
            _take(left, over, service, service)
        for outcome, alike in ((Outcome.OTHER_OFFICE, _same_code), (Outcome.OTHER_CODE, _same_kind)):
            for planned in sorted(left):
                for done in sorted(over):
                    if planned in left and done in over and alike(planned, done):
                        times = _take(left, over, planned, done)
                        yield Difference(month.user, month.month, day, outcome, planned, done, times)
        for planned, times in left.items():
            is_sent = (month.month, planned[0]) in sent
            outcome = Outcome.FEWER if is_sent else Outcome.NOT_SENT
            yield Difference(month.user, month.month, day, outcome, planned, None, times)
        for done, times in over.items():
            yield Difference(month.user, month.month, day, Outcome.MORE, None, done, times)


def _take(left: dict[Service, int], over: dict[Service, int], planned: Service, done: Service) -> int:
    """Take off both sides what they have in common; returns how many times."""
    times = min(left[planned], over[done])
    for side, service in ((left, planned), (over, done)):
        side[service] -= times
        if not side[service]:
            del side[service]
    return times


def _same_code(planned: Service, done: Service) -> bool:
    return planned[1] == done[1]


def _same_kind(planned: Service, done: Service) -> bool:
    """The same office, another code of the same kind of service (its first two characters)."""
    return planned[0] == done[0] and planned[1][:2] == done[1][:2]
