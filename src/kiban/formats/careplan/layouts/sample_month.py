"""A month of many offices and users as sending units: for the demo, for tests and for benchmarks.

One service code an office, the same hour every day: no claim could be made with it, but the check finds nothing in it.
``samples`` shows every column of every kind; this shows who sends what to whom.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kiban.formats.careplan.layouts import Document, FileName, Kind, layout, write
from kiban.formats.careplan.layouts.rules import EMPTY_DAY, EMPTY_MONTH, GRAND_TOTAL, GRAND_TOTAL_OFFICE

MONTH = "202610"
INSURER = "131136"
SERVICES = ("11", "13", "15", "16", "21")
PLAN_DAY = "20260925"
NEAR = 10  # service offices a care manager works with
Line = tuple[str, str, int]  # office number, service code, day


@dataclass
class Office:
    """An office of the month: number, service kind, name, and its own clock for ファイル連番."""

    number: str
    service: str
    clock: dt.datetime
    name: str = ""

    @property
    def title(self) -> str:
        """Its name as the files write it."""
        return self.name or f"試験事業所{self.number[-4:]}"

    def sequence(self) -> str:
        """The next second of this office."""
        self.clock += dt.timedelta(seconds=1)
        return self.clock.strftime("%Y%m%d%H%M%S")


@dataclass
class User:
    """A user: who makes the plan, what is planned and what was done."""

    number: str
    planner: Office
    providers: list[Office]
    planned: list[Line] = field(default_factory=list)
    done: list[Line] = field(default_factory=list)
    insurer: str = INSURER
    name: str = ""
    kana: str = "シケン タロウ"
    sex: str = "1"
    birth: str = "19350401"

    def title_of(self, number: str) -> str:
        """The name of an office, as the care manager writes it."""
        return next((office.title for office in self.providers if office.number == number), f"試験事業所{number[-4:]}")


@dataclass
class Month:
    """Offices, users and their month."""

    planners: list[Office]
    providers: list[Office]
    users: list[User]
    chance: random.Random

    def served(self, planner: Office, provider: Office) -> list[User]:
        """The users two offices have in common."""
        return [user for user in self.users if user.planner is planner and provider in user.providers]

    def pairs(self) -> list[tuple[Office, Office]]:
        """Planner and provider with a common user."""
        by_number = {
            (user.planner.number, office.number): (user.planner, office)
            for user in self.users
            for office in user.providers
        }
        return [by_number[key] for key in sorted(by_number)]


def code(office: Office) -> str:
    """The one service code an office of the month bills."""
    return f"{office.service}1211"


def made(numbers: Iterable[str], planners: int, users: int, seed: int, first_user: int) -> Month:
    """Offices with these numbers, the first of them making plans, and users spread over them."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    start = dt.datetime(2026, 10, 1)  # noqa: DTZ001 - a counter of seconds
    offices = [
        Office(number, "43" if at < planners else SERVICES[at % len(SERVICES)], start + dt.timedelta(days=at % 7))
        for at, number in enumerate(numbers)
    ]
    managing, giving = offices[:planners], offices[planners:]
    people = []
    for number in range(first_user, first_user + users):
        at = chance.randrange(len(managing))
        near = [giving[(at * NEAR // 2 + step) % len(giving)] for step in range(NEAR)]
        user = User(f"{number:010}", managing[at], chance.sample(near, chance.choice((1, 1, 2, 3))))
        for office in user.providers:
            for day in sorted(chance.sample(range(1, 32), chance.randint(2, 8))):
                user.planned.append((office.number, code(office), day))
        user.done = list(user.planned)
        people.append(user)
    return Month(managing, giving, people, chance)


def schedule(
    planner: Office, provider: Office, users: list[User], sequence: str, month: str = MONTH
) -> dict[str, bytes]:
    """The 利用票 unit: all services of every user, as the standard wants (2.6)."""
    return _files(
        planner,
        provider,
        sequence,
        {
            Kind.SCHEDULE: [_sheet6(user, line, month) for user in users for line in user.planned],
            Kind.BENEFIT: [row for user in users for row in _sheet7(user, month)],
            Kind.USER: [_person(user, EMPTY_DAY, month) for user in users],
        },
        month,
    )


def actual(provider: Office, planner: Office, users: list[User], sequence: str, month: str = MONTH) -> dict[str, bytes]:
    """The 実績 unit of one office: its own lines."""
    rows = [_sheet6(user, line, month) for user in users for line in user.done if line[0] == provider.number]
    return _files(provider, planner, sequence, {Kind.ACTUAL: rows}, month)


def schedule_delete(planner: Office, provider: Office, users: list[User], sequence: str) -> dict[str, bytes]:
    """Takes the 利用票 of these users away from an office."""
    rows = [_row(Kind.SCHEDULE_DELETE, user, {"削除対象年月": MONTH}) for user in users]
    return _files(planner, provider, sequence, {Kind.SCHEDULE_DELETE: rows}, MONTH)


def plan(planner: Office, provider: Office, users: list[User], sequence: str, day: str = PLAN_DAY) -> dict[str, bytes]:
    """The plan unit: 第1表 to 第3表."""
    return _files(
        planner,
        provider,
        sequence,
        {
            Kind.PLAN1: [_sheet1(user, day) for user in users],
            Kind.PLAN2: [_sheet2(user, office, day) for user in users for office in user.providers],
            Kind.PLAN3: [_sheet3(user, day) for user in users],
            Kind.USER: [_person(user, day, EMPTY_MONTH) for user in users],
        },
        EMPTY_MONTH,
    )


def differences(planned: Iterable[Line], done: Iterable[Line]) -> Counter[Line]:
    """What an honest reader with two lists would cross out: (line → planned minus done)."""
    left = Counter(planned)
    left.subtract(Counter(done))
    return Counter({line: number for line, number in left.items() if number})


def document(kind: Kind, lines: list[tuple[str, Line]]) -> Document:
    """Lines of several users as a document of 第6表."""
    nobody = Office("1370000010", "43", dt.datetime(2026, 10, 1))  # noqa: DTZ001
    rows = [tuple(_sheet6(User(user, nobody, []), line, MONTH)) for user, line in lines]
    return Document(layout(kind), rows, list(range(1, len(rows) + 1)))


def _files(
    sender: Office, receiver: Office, sequence: str, rows: dict[Kind, list[list[str]]], month: str
) -> dict[str, bytes]:
    return {
        FileName(
            kind, month, sender.number, sender.service, receiver.number, receiver.service, sequence
        ).compose(): write(layout(kind), of_kind)
        for kind, of_kind in rows.items()
    }


def _row(kind: Kind, user: User, values: dict[str, str]) -> list[str]:
    form = layout(kind)
    row = [""] * form.width
    given = {"CSVバージョン": "202407", "保険者番号": user.insurer, "被保険者番号": user.number, **values}
    for name, value in given.items():
        row[form.number(name) - 1] = value
    return row


def _sheet6(user: User, line: Line, month: str) -> list[str]:
    office, service_code, day = line
    return _row(
        Kind.SCHEDULE,
        user,
        {
            "作成年月日": PLAN_DAY,
            "対象年月": month,
            "プラン担当業者コード": user.planner.number,
            "プラン担当者名": "試験 担当",
            "単位数": "250",
            "サービス利用日": f"{month}{day:02}",
            "サービス開始時刻": "0900",
            "サービス終了時刻": "1000",
            "サービス回数": "1",
            "サービスコード": service_code,
            "サービス事業者コード": office,
            "サービス事業所名": user.title_of(office),
            "３０日超区分": "0",
        },
    )


def _sheet7(user: User, month: str) -> list[list[str]]:
    count = Counter((office, service_code) for office, service_code, _ in user.planned)
    rows = []
    shared = {"作成年月日": PLAN_DAY, "対象年月": month, "３０日超区分": "0", "事業所コード": GRAND_TOTAL_OFFICE}
    for (office, service_code), number in sorted(count.items()):
        units = str(250 * number)
        rows.append(
            _row(
                Kind.BENEFIT,
                user,
                shared
                | {
                    "サービス事業所名": user.title_of(office),
                    "サービス事業所コード": office,
                    "サービスコード": service_code,
                    "単位数": "250",
                    "割引後単位数": "250",
                    "回数／日数": str(number),
                    "サービス単位金額": units,
                    "給付管理単位数": units,
                },
            )
        )
    total = {
        "サービス事業所コード": GRAND_TOTAL_OFFICE,
        "サービスコード": GRAND_TOTAL,
        "単位数": "0",
        "回数／日数": "0",
    }
    return [*rows, _row(Kind.BENEFIT, user, shared | total)]


def _person(user: User, day: str, month: str) -> list[str]:
    return _row(
        Kind.USER,
        user,
        {
            "居宅サービス計画作成（変更）日": day,
            "利用者氏名フリガナ": user.kana,
            "利用者氏名": user.name or f"試験 太郎{int(user.number)}",
            "利用者性別": user.sex,
            "利用者生年月日": user.birth,
            "対象年月": month,
        },
    )


def _sheet1(user: User, day: str) -> list[str]:
    return _row(
        Kind.PLAN1,
        user,
        {
            "作成年月日": day,
            "居宅サービス計画作成者氏名": "試験 担当",
            "介護支援事業者名": user.planner.title,
            "介護支援事業者コード": user.planner.number,
            "居宅サービス計画作成（変更）日": day,
            "初回居宅サービス計画作成日": day,
        },
    )


def _sheet2(user: User, office: Office, day: str) -> list[str]:
    number = str(user.providers.index(office) + 1)
    return _row(
        Kind.PLAN2,
        user,
        {
            "居宅計画書作成年月日": day,
            "居宅サービス計画作成（変更）日": day,
            "課題ＮＯ": number,
            "援助目標ＮＯ": "1",
            "援助内容ＮＯ": "1",
            "サービス内容": "試験のサービス",
            "サービス事業者コード": office.number,
            "サービス事業所名": office.title,
        },
    )


def _sheet3(user: User, day: str) -> list[str]:
    return _row(
        Kind.PLAN3,
        user,
        {
            "週間サービス計画表作成年月日": day,
            "居宅サービス計画作成（変更）日": day,
            "介護サービス内容": "試験",
            "曜日": "1",
            "開始時間": "0900",
            "終了時間": "1000",
        },
    )
