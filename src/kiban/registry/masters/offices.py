"""介護サービス情報公表システム open data: offices and their services (24 columns, one file per kind or several)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.backends.utils import CursorWrapper

from kiban.registry import numbers
from kiban.registry.addresses import full_address
from kiban.registry.codes import PublishedKind, published_kind_named, published_kinds
from kiban.registry.masters.merging import Shape, merge, stage
from kiban.registry.masters.report import Report
from kiban.registry.models import OfficeService
from kiban.registry.numbers import CheckDigit, NumberFormatError
from kiban.registry.text import grams, search_key

TITLE = "介護サービス事業所"

# Column of the file → our column, for what is taken over exactly as published.
TEXTS = {
    "事業所名": "name",
    "事業所名カナ": "kana",
    "市区町村名": "place",
    "住所": "address",
    "方書（ビル名等）": "building",
    "法人の名称": "corporation_name",
    "URL": "url",
    "利用可能曜日": "days",
}
MUNICIPALITY = "都道府県コード又は市町村コード"
REQUIRED = [MUNICIPALITY, "事業所名", "事業所名カナ", "サービスの種類", "市区町村名", "住所", "事業所番号"]
LONGEST = {column: getattr(OfficeService._meta.get_field(ours), "max_length", 0) for column, ours in TEXTS.items()}

SHARED = [
    "name", "kana", "municipality_code", "prefecture_id", "place", "address", "building", "telephone", "fax",
    "corporation_number", "corporation_name",
]  # fmt: skip
SERVICES = Shape(
    table="registry_officeservice",
    key=["office_id", "kind"],
    compared=[*SHARED, "service_code", "capacity", "url", "days", "withdrawn_on"],
    carried=["edition"],
    scope=["kind", "prefecture_id"],
)
OFFICES = Shape(
    table="registry_office",
    key=["number"],
    compared=[*SHARED, "number_check", "withdrawn_on", "search_key"],
    carried=["edition", "search_grams"],
)


def recognises(header: Sequence[str]) -> bool:
    """Whether the first row is that of the open data."""
    return {"事業所番号", "サービスの種類"} <= set(header)


class Reader:
    """Turns rows of a file into rows of ``SERVICES``."""

    def __init__(self, header: Sequence[str], municipalities: set[str], named_kind: str) -> None:
        self.header = list(header)
        self.municipalities = municipalities
        self.named_kind = named_kind

    def kind_of(self, cells: Sequence[str]) -> PublishedKind | None:
        """The kind by its name, else the one the operator or the file's name gives."""
        name = cells[self.header.index("サービスの種類")]
        return published_kind_named(name) or published_kinds().get(self.named_kind)

    def read(
        self, line: int, cells: Sequence[str], kind: PublishedKind, label: str, report: Report
    ) -> tuple[Any, ...] | None:
        """One row, or ``None`` when it is refused (the reason stands in ``report``)."""
        row = dict(zip(self.header, cells, strict=True))
        number = _half_width(row["事業所番号"]).upper()
        try:
            rule = numbers.check_office_number(number)
        except NumberFormatError as error:
            report.refuse(line, "事業所番号", str(error), _remedy_for(number))
            return None
        if rule is CheckDigit.FAILS:
            report.warn(line, "事業所番号", "検査数字が合いません。")
        if not row["事業所名"].strip():
            report.refuse(line, "事業所名", "空です。", "事業所名を入れてください。")
            return None
        for column, longest in LONGEST.items():
            if len(row.get(column, "")) > longest:
                report.refuse(line, column, f"{longest}文字を超えています。", "列がずれていないか確かめてください。")
                return None
        code, prefecture = self.municipality(line, row[MUNICIPALITY], number, report)
        return (
            number,
            kind.kind,
            row["事業所名"],
            row["事業所名カナ"],
            code,
            prefecture,
            row["市区町村名"],
            row["住所"],
            row.get("方書（ビル名等）", ""),
            telephone(line, "電話番号", row, report),
            telephone(line, "FAX番号", row, report),
            corporation_number(line, row, report),
            row.get("法人の名称", ""),
            kind.service_code,
            capacity(line, row, report),
            row.get("URL", ""),
            row.get("利用可能曜日", ""),
            None,
            label,
        )

    def municipality(self, line: int, text: str, number: str, report: Report) -> tuple[str, str]:
        """団体コード and prefecture. A ward drawn anew or a broken code does not stop the office."""
        code = _half_width(text).zfill(6)
        try:
            rule = numbers.check_municipality_code(code)
        except NumberFormatError as error:
            report.warn(line, MUNICIPALITY, str(error), "団体コードなしで読み込みました。")
            return "", number[:2]
        if rule is CheckDigit.FAILS:
            report.warn(line, MUNICIPALITY, "団体コードの検査数字が合いません。")
        elif self.municipalities and code not in self.municipalities:
            report.warn(line, MUNICIPALITY, f"団体コードの一覧にない市区町村です({code})。")
        if code[:2] != number[:2]:
            report.warn(line, "事業所番号", "先頭2桁が所在地の都道府県と違います。")
        return code, code[:2]


def telephone(line: int, column: str, row: dict[str, str], report: Report) -> str:
    """A telephone number with ordinary digits and hyphens, or the published text when it is more than that."""
    text = row.get(column, "")
    plain = re.sub(r"[‐‑‒–—―−ーｰ]", "-", _half_width(text))
    plain = re.sub(r"[()\s]+", "-", plain).strip("-")
    if plain and re.fullmatch(r"[0-9-]+", plain):
        return plain
    if text.strip():
        report.warn(line, column, "電話番号の形ではありません。")
    return text.strip()[:40]


def corporation_number(line: int, row: dict[str, str], report: Report) -> str:
    """13 digits, or nothing."""
    text = _half_width(row.get("法人番号", ""))
    if not text or re.fullmatch(r"[0-9]{13}", text):
        return text
    report.warn(line, "法人番号", "数字13桁ではありません。", "法人番号なしで読み込みました。")
    return ""


def capacity(line: int, row: dict[str, str], report: Report) -> int | None:
    """定員 in persons; ``None`` when it is blank or 0 (the ministry writes 0 for "not given")."""
    text = _half_width(row.get("定員", ""))
    if re.fullmatch(r"[0-9]{1,8}", text):
        return int(text) or None
    if text:
        report.warn(line, "定員", "人数ではありません。", "定員なしで読み込みました。")
    return None


def refresh(cursor: CursorWrapper, touched: set[str]) -> None:
    """Bring ``registry_office`` to what its services say: the first kind still published names the office."""
    columns = ", ".join(SHARED)
    cursor.execute(
        f"SELECT office_id, withdrawn_on, edition, {columns} FROM registry_officeservice "  # noqa: S608 — our constants
        "WHERE office_id = ANY(%s) ORDER BY office_id, withdrawn_on DESC NULLS FIRST, kind",
        [list(touched)],
    )
    services = cursor.fetchall()
    cursor.execute("SELECT code, name FROM registry_prefecture")
    stage(cursor, OFFICES, _offices(services, dict(cursor.fetchall())))
    merge(cursor, OFFICES)


def _offices(services: list[tuple[Any, ...]], prefectures: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for number, group in groupby(services, key=lambda service: service[0]):
        rows = list(group)
        _, withdrawn_on, edition, *shared = rows[0]
        published = [row for row in rows if row[1] is None] or rows
        key = office_key(published, prefectures)
        check = numbers.check_office_number(number)
        yield (number, *shared, check, withdrawn_on, key, edition, " ".join(grams(key.split(" "))))


def office_key(services: list[tuple[Any, ...]], prefectures: dict[str, str]) -> str:
    """What an office is found by: names and kana of its services, and its place, each without spaces inside."""
    # Dictionaries as sets that keep their order.
    names: dict[str, None] = {}
    kana: dict[str, None] = {}
    places: dict[str, None] = {}
    for _, _, _, name, reading, _, prefecture, place, address, *_ in services:
        names[search_key(name)] = None
        kana[search_key(reading)] = None
        places[search_key(full_address(prefectures[prefecture], place, address))] = None
    return " ".join([*names, *kana, *places])


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _remedy_for(number: str) -> str:
    if re.fullmatch(r"[0-9]{9}", number):
        return "先頭の0が消えています。表計算ソフトで保存し直していない、配布されたままのファイルを使ってください。"
    return "番号を確かめてください。"
