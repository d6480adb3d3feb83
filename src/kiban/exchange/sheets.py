"""第6表 サービス利用票, 第7表 別表, and サービス提供票 with its 別表: one office's lines only."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from kiban.formats.careplan.layouts import Document, Kind
from kiban.formats.careplan.layouts import codes as tables
from kiban.formats.careplan.layouts.forms import month_of
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH, GRAND_TOTAL, GRAND_TOTAL_OFFICE, SUBTOTALS
from kiban.formats.careplan.printed import Row, User, day, level, month, number, period, rows, time, user_of
from kiban.paper.printing import Sheet
from kiban.terms.weekdays import SUNDAY, WEEKDAYS

TEMPLATE = "exchange/sheets.typ"
Key = tuple[User, str]
BENEFIT_COLUMNS = {
    "サービス事業所名": "事業所名",
    "サービス事業所コード": "事業所番号",
    "サービスコード": "サービスコード",
    "単位数": "単位数",
    "割引後率": "割引後\n率%",
    "割引後単位数": "割引後\n単位数",
    "回数／日数": "回数",
    "サービス単位金額": "サービス\n単位/金額",
    "給付管理単位数": "給付管理\n単位数",
    "種類支給限度基準超単位数": "種類\n超",
    "種類支給限度基準内単位数": "種類\n内",
    "区分支給限度基準超単位数": "区分\n超",
    "区分支給限度基準内単位数": "区分\n内",
    "単位数単価": "単位数\n単価",
    "費用総額保険／事業対象分": "費用総額",
    "給付率": "給付率\n%",
    "保険／事業費請求額": "保険\n給付額",
    "利用者負担保険／事業対象分": "利用者\n負担",
    "定額利用者負担単価金額": "定額\n単価",
    "利用者負担（全額負担分）": "全額\n負担",
}
SHORT_STAYS = {"前月までの利用日数": "前月まで", "当月の計画利用日数": "当月の計画", "累積利用日数": "累積"}
PLAIN = {"サービス事業所名", "サービス事業所コード", "サービスコード", "単位数単価"}


def slip_sheets(documents: Sequence[Document]) -> list[Sheet]:
    """第6表 and 第7表 of each user and month; 実績 among the files fill the second row of each service."""
    return _sheets(documents, None)


def delivery_sheets(documents: Sequence[Document], office: str) -> list[Sheet]:
    """サービス提供票 and its 別表 for one office (事業所番号): users with a line of it, and its lines only."""
    return _sheets(documents, office)


def _sheets(documents: Sequence[Document], office: str | None) -> list[Sheet]:
    people = {
        (user_of(row), row["対象年月"]): row for row in rows(documents, Kind.USER) if row["対象年月"] != EMPTY_MONTH
    }
    planned, done, benefits = (_by_month(rows(documents, kind)) for kind in (Kind.SCHEDULE, Kind.ACTUAL, Kind.BENEFIT))
    sheets: list[Sheet] = []
    for key in dict.fromkeys([*planned, *done]):
        planned_rows, done_rows = (
            [row for row in side.get(key, ()) if office in (None, row["サービス事業者コード"])]
            for side in (planned, done)
        )
        if not planned_rows and not done_rows:
            continue
        sheets.append(_sixth(key, (planned_rows, done_rows), people.get(key, {}), office))
        billed = [row for row in benefits.get(key, ()) if office in (None, row["サービス事業所コード"])]
        if billed:
            sheets.append(_seventh(key, billed, people.get(key, {}), office))
    return sheets


def _by_month(rows_of_kind: Iterable[Row]) -> dict[Key, list[Row]]:
    months: dict[Key, list[Row]] = {}
    for row in rows_of_kind:
        months.setdefault((user_of(row), row["対象年月"]), []).append(row)
    return months


def _sixth(key: Key, sides: tuple[list[Row], list[Row]], person: Row, office: str | None) -> Sheet:
    (insurer, insured), of = key
    planned, done = sides
    first = (planned or done)[0]
    days = _days(of)
    return {
        "template": TEMPLATE,
        "form": "sheet6",
        "sheet": "第6表" if office is None else "",
        "title": "サービス利用票" if office is None else "サービス提供票",
        "month": month(of),
        "insurer": insurer,
        "number": insured,
        "kana": person.get("利用者氏名フリガナ", ""),
        "name": person.get("利用者氏名", ""),
        "birth": day(person.get("利用者生年月日", "")),
        "sex": {"1": "男", "2": "女"}.get(person.get("利用者性別", ""), ""),
        "level": level(person.get("要介護状態区分", "")),
        "written_on": day(first["作成年月日"]),
        "planner": f"{first['プラン担当業者コード']} {first['プラン担当者名']}".strip(),
        "limit_period": period(person.get("限度額適用開始年月日", ""), person.get("限度額適用終了年月日", "")),
        "limit": f"{number(person['区分支給限度基準額'])} 単位" if person.get("区分支給限度基準額") else "",
        "short_stay": f"{first['前月までの短期入所利用日数']} 日" if first["前月までの短期入所利用日数"] else "",
        "days": days,
        "rows": _services(planned, done, len(days)),
    }


def _days(of: str) -> list[dict[str, Any]]:
    """31 columns whatever the month, as on paper; days the month does not have are blank."""
    year, number_of_month = month_of(of) or (2000, 1)
    length = calendar.monthrange(year, number_of_month)[1]
    weekdays = [dt.date(year, number_of_month, day_of_month).weekday() for day_of_month in range(1, length + 1)]
    return [
        {"number": str(at), "weekday": WEEKDAYS[weekday], "rest": weekday == SUNDAY}
        for at, weekday in enumerate(weekdays, 1)
    ] + [{"number": "", "weekday": "", "rest": False}] * (31 - length)


def _services(planned: list[Row], done: list[Row], width: int) -> list[dict[str, Any]]:
    """One line a service: office, code and time of day; of equipment one a piece, of satellites one a place."""
    services: dict[tuple[str, ...], dict[str, Any]] = {}
    for side, side_rows in (("planned", planned), ("done", done)):
        for row in side_rows:
            start, end = row["サービス開始時刻"], row["サービス終了時刻"]
            # V3.2 has no columns for a piece of equipment.
            piece = tuple(row.get(name, "") for name in ("TAISコード", "福祉用具届出コード", "用具名称（機種名）"))
            key = (row["サービス事業者コード"], start, row["サービスコード"], end, *piece, row["サテライト枝番"])
            line = services.setdefault(
                key,
                {
                    "time": f"{time(start)}\n~{time(end)}" if time(start) else "",
                    "code": row["サービスコード"],
                    "kind": " ".join(filter(None, (tables.IN_SCOPE.get(row["サービスコード"][:2], ""), piece[2]))),
                    "office": row["サービス事業所名"] or row["サービス事業者コード"],
                    "planned": [0] * width,
                    "done": [0] * width,
                },
            )
            on = row["サービス利用日"][6:]
            if on.isdecimal() and 1 <= int(on) <= width:
                line[side][int(on) - 1] += int(row["サービス回数"]) if row["サービス回数"].isdecimal() else 1
    for line in services.values():
        for side in ("planned", "done"):
            total = sum(line[side])
            line[f"{side}_sum"] = str(total) if total else ""
            line[side] = [str(times) if times else "" for times in line[side]]
    return [services[key] for key in sorted(services)]


def _seventh(key: Key, billed: list[Row], person: Row, office: str | None) -> Sheet:
    (insurer, insured), of = key
    return {
        "template": TEMPLATE,
        "form": "sheet7",
        "title": "サービス利用票別表" if office is None else "サービス提供票別表",
        "month": month(of),
        "insurer": insurer,
        "number": insured,
        "name": person.get("利用者氏名", ""),
        "written_on": day(billed[0]["作成年月日"]),
        "columns": list(BENEFIT_COLUMNS.values()),
        "rows": [_benefit(row) for row in billed],
        "short_stay": _short_stay(billed),
    }


def _short_stay(billed: list[Row]) -> str:
    """短期入所利用日数, where a row has any."""
    row = next((row for row in billed if any(row[name] for name in SHORT_STAYS)), None)
    return "、".join(f"{words} {row[name]}日" for name, words in SHORT_STAYS.items() if row[name]) if row else ""


def _benefit(row: Row) -> dict[str, Any]:
    code = row["サービスコード"]
    is_total, is_sum = code == GRAND_TOTAL, code == GRAND_TOTAL or code[2:] in SUBTOTALS
    cells = [row[name] if name in PLAIN else number(row[name]) for name in BENEFIT_COLUMNS]
    if is_total:
        cells[:3] = ["合計", "", ""]
    elif is_sum:
        cells[1:3] = ["" if cells[1] == GRAND_TOTAL_OFFICE else cells[1], f"{code[:2]} 小計"]
    return {"cells": cells, "sum": is_sum}
