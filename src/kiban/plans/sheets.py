"""第1表, 第2表 and 第3表 of every plan in the files. Name, birth and address come from 利用者補足情報."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from kiban.formats.careplan.layouts import Document, Kind
from kiban.formats.careplan.layouts import codes as tables
from kiban.formats.careplan.printed import Row, coded, day, period, rows, time, user_of
from kiban.paper.printing import Sheet
from kiban.plans import week

TEMPLATE = "plans/sheets.typ"
DATE = "居宅サービス計画作成（変更）日"
Key = tuple[tuple[str, str], str]
SECOND = (
    "課題", "長期目標", "長期期間", "短期目標", "短期期間", "サービス内容", "保険対象区分", "サービス種別",
    "サービス事業所名", "頻度", "実施期間",
)  # fmt: skip


def plan_sheets(documents: Sequence[Document], *, signatures: bool = False) -> list[Sheet]:
    """第1表, 第2表, 第3表 of each user and plan, in the order of 第1表.

    ``signatures``: with lines below 第1表 for the day, the person's consent and who wrote for the person.
    """
    people = {(user_of(row), row[DATE]): row for row in rows(documents, Kind.USER)}
    second, third = (_by_plan(rows(documents, kind)) for kind in (Kind.PLAN2, Kind.PLAN3))
    sheets: list[Sheet] = []
    for first in rows(documents, Kind.PLAN1):
        key = (user_of(first), first[DATE])
        person = people.get(key, {})
        sheets.append({**_first(first, person), "signatures": signatures})
        if key in second:
            sheets.append(_second(second[key], first, person))
        if key in third:
            sheets.append(_third(third[key], person))
    return sheets


def _by_plan(rows_of_kind: Iterable[Row]) -> dict[Key, list[Row]]:
    plans: dict[Key, list[Row]] = {}
    for row in rows_of_kind:
        plans.setdefault((user_of(row), row[DATE]), []).append(row)
    return plans


def _first(row: Row, person: Row) -> Sheet:
    return {
        "template": TEMPLATE,
        "form": "sheet1",
        "written_on": day(row["作成年月日"]),
        "name": person.get("利用者氏名", ""),
        "birth": day(person.get("利用者生年月日", "")),
        "address": " ".join(filter(None, (person.get("利用者住所１", ""), person.get("利用者住所２", ""))))
        or " ".join(filter(None, (row["利用者住所１"], row["利用者住所２"]))),
        "author": row["居宅サービス計画作成者氏名"],
        "office": row["介護支援事業者名"],
        "office_address": " ".join(filter(None, (row["介護支援事業者住所１"], row["介護支援事業者住所２"]))),
        "made_on": day(row[DATE]),
        "first_made_on": day(row["初回居宅サービス計画作成日"]),
        "certified_on": day(row["認定日"]),
        "validity": period(row["認定有効期間開始日"], row["認定有効期間終了日"]),
        "state": coded(row["認定状況区分"], tables.CERTIFICATION_STATE),
        "plan_kind": coded(row["計画書区分"], tables.PLAN_TYPE),
        "levels": [{"name": name, "chosen": code == row["要介護状態区分"]} for code, name in tables.CARE_LEVEL.items()],
        "intention": row["利用者及び家族の生活に対する意向を踏まえた課題分析の結果"],
        "board_opinion": row["介護認定審査会の意見及びサービスの種類の指定"],
        "policy": row["総合的な援助の方針"],
        "housework": " ".join(
            filter(None, (coded(row["生活援助中心型の算定理由"], tables.REASON_OF_HOUSEWORK), row["その他理由"]))
        ),
    }


def _second(services: list[Row], first: Row, person: Row) -> Sheet:
    return {
        "template": TEMPLATE,
        "form": "sheet2",
        "written_on": day(services[0]["居宅計画書作成年月日"]),
        "name": person.get("利用者氏名", ""),
        "made_on": day(first[DATE]),
        "rows": [[_second_cell(name, row[name]) for name in SECOND] for row in sorted(services, key=_place)],
    }


def _second_cell(name: str, value: str) -> str:
    return {"Y": "○", "N": ""}.get(value, value) if name == "保険対象区分" else value


def _place(row: Row) -> tuple[int, int, int]:
    """The print order: by 課題NO, 援助目標NO, 援助内容NO (reference §3.4)."""
    numbers = (row["課題ＮＯ"], row["援助目標ＮＯ"], row["援助内容ＮＯ"])
    need, aim, service = (int(value) if value.isascii() and value.isdecimal() else 0 for value in numbers)
    return need, aim, service


def _third(services: list[Row], person: Row) -> Sheet:
    activities = ["" for _ in week.HOURS]
    other = []
    for row in services:
        if row["主な日常生活上の活動"]:
            at = week.row_of(row["活動開始時間"])
            words = f"{time(row['活動開始時間'])} {row['主な日常生活上の活動']}".strip()
            activities[at] = "\n".join(filter(None, (activities[at], words)))
        other.append(row["週単位以外のサービス"])
    return {
        "template": TEMPLATE,
        "form": "sheet3",
        "written_on": day(services[0]["週間サービス計画表作成年月日"]),
        "name": person.get("利用者氏名", ""),
        "hours": week.HOURS,
        "days": [[asdict(block) for block in blocks] for blocks in week.columns(_entries(services))],
        "activities": activities,
        "other": "\n".join(filter(None, other)),
    }


def _entries(services: list[Row]) -> Iterator[week.Entry]:
    for row in services:
        if row["曜日"] in tables.WEEKDAY:
            yield week.Entry(int(row["曜日"]), row["開始時間"], row["終了時間"], row["介護サービス内容"])
