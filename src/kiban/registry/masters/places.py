"""Municipalities (全国地方公共団体コード) and insurers with their yearly counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kiban.registry import numbers
from kiban.registry.masters.merging import Shape
from kiban.registry.masters.report import Report
from kiban.registry.models import Insurer
from kiban.registry.numbers import CheckDigit, NumberFormatError

MUNICIPALITIES = Shape(
    table="registry_municipality",
    key=["code"],
    compared=["prefecture_id", "name", "kana", "is_ward", "withdrawn_on"],
    scope=["prefecture_id"],
)
MUNICIPALITY_COLUMNS = ["lgcode", "city", "citykana"]

INSURERS = Shape(
    table="registry_insurer",
    key=["prefecture_id", "name"],
    compared=["number", "number_status", "municipality_code", "is_wide_area", "counts", "withdrawn_on"],
    initial={"readiness": Insurer.Readiness.UNCONFIRMED.value},
    scope=["prefecture_id"],
)
INSURER_COLUMNS = ["prefecture", "insurer_name", "lgcode", "ins1_total", "cert_total"]
# Columns of the yearly report → keys of ``Insurer.counts``; care levels by the codes of the care-plan exchange.
INSURED = {
    "ins1_total": "total",
    "ins1_65_74": "65_74",
    "ins1_75_84": "75_84",
    "ins1_85plus": "85plus",
    "ins1_foreign": "foreign",
    "ins1_address_exception": "address_exception",
}
CERTIFIED = {
    "cert_total": "total",
    "cert_support1": "12",
    "cert_support2": "13",
    "cert_care1": "21",
    "cert_care2": "22",
    "cert_care3": "23",
    "cert_care4": "24",
    "cert_care5": "25",
}
REMEDY = "配布されたままのファイルを使ってください。"


def municipality(line: int, row: Mapping[str, str], report: Report) -> tuple[Any, ...] | None:
    """A row of ``MUNICIPALITIES``; wards are written 「札幌市 中央区」."""
    code, name = row["lgcode"].strip().zfill(6), row["city"].strip()
    try:
        if numbers.check_municipality_code(code) is CheckDigit.FAILS:
            report.warn(line, "lgcode", "団体コードの検査数字が合いません。")
    except NumberFormatError as error:
        report.refuse(line, "lgcode", str(error), REMEDY)
        return None
    if not name:
        report.refuse(line, "city", "空です。", REMEDY)
        return None
    return (code, code[:2], name, row["citykana"].strip(), " " in name, None)


def insurer(
    line: int, row: Mapping[str, str], prefectures: Mapping[str, str], entered: Mapping[Any, Any], report: Report
) -> tuple[Any, ...] | None:
    """A row of ``INSURERS``.

    The number is computed from the 団体コード (status ``derived``) unless one was entered or published; wide-area
    bodies have none that is known.

    Args:
        prefectures: codes by name.
        entered: (number, status) that stand already, by (prefecture, name).
    """
    prefecture, name = prefectures.get(row["prefecture"].strip()), row["insurer_name"].strip()
    if prefecture is None or not name:
        report.refuse(line, "prefecture・insurer_name", "都道府県名か保険者名がありません。", REMEDY)
        return None
    try:
        code = row["lgcode"].strip()
        derived = numbers.insurer_number_for(code) if code else None
        counts = {
            "ins1": {ours: int(row[theirs]) for theirs, ours in INSURED.items() if row.get(theirs)},
            "certified": {ours: int(row[theirs]) for theirs, ours in CERTIFIED.items() if row.get(theirs)},
        }
    except NumberFormatError as error:
        report.refuse(line, "lgcode", str(error), REMEDY)
        return None
    except ValueError:
        report.refuse(line, "ins1_・cert_ の列", "人数ではない値があります。", REMEDY)
        return None
    status = Insurer.NumberStatus.DERIVED if derived else Insurer.NumberStatus.UNKNOWN
    number, status = entered.get((prefecture, name), (derived, status))
    return (prefecture, name, number, status, code, not code, json.dumps(counts), None)
