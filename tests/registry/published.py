"""Published files as the tests need them: an own kind and prefecture for each test, so that none sees another's."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from typing import Any

from kiban.registry import numbers
from kiban.registry.codes import published_kinds
from kiban.registry.masters import loading
from kiban.registry.masters.report import Report

HEADER = [
    "都道府県コード又は市町村コード", "No", "都道府県名", "市区町村名", "事業所名", "事業所名カナ", "サービスの種類",
    "住所", "方書（ビル名等）", "緯度", "経度", "電話番号", "FAX番号", "法人番号", "法人の名称", "事業所番号",
    "利用可能曜日", "利用可能曜日特記事項", "定員", "URL", "高齢者の方と障害者の方が同時一体的に利用できるサービス",
    "介護保険の通常の指定基準を満たしている", "障害福祉の通常の指定基準を満たしている", "備考",
]  # fmt: skip

_corners = product([f"{number:02}" for number in range(1, 48)], sorted(published_kinds()))
_serials = count(1)


def number_in(prefecture: str, third: str = "9") -> str:
    body = f"{prefecture}{third}{next(_serials):06}"
    return f"{body}{numbers.split21(body)}"


def municipality_in(prefecture: str) -> str:
    body = f"{prefecture}{900 + next(_serials) % 99:03}"
    return f"{body}{numbers.mod11(body)}"


@dataclass
class Corner:
    """One kind in one prefecture that no other test writes to."""

    folder: Path
    prefecture: str = ""
    kind: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.prefecture, self.kind = next(_corners)

    def row(self, **more: str) -> dict[str, str]:
        """A clean row, added to the file."""
        number = number_in(self.prefecture)
        row = {
            HEADER[0]: municipality_in(self.prefecture),
            "No": number,
            "市区町村名": "試験市",
            "事業所名": f"試験事業所{number[4:]}",
            "事業所名カナ": "シケンジギョウショ",
            "サービスの種類": published_kinds()[self.kind].name,
            "住所": "試験市一丁目1番1号",
            "電話番号": "03-0000-0000",
            "法人番号": "1234567890123",
            "法人の名称": "社会福祉法人試験会",
            "事業所番号": number,
            "定員": "0",
            **more,
        }
        self.rows.append(row)
        return row

    def text(self) -> str:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, HEADER, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return buffer.getvalue()

    def write(self, name: str = "offices.csv", encoding: str = "utf-8-sig") -> Path:
        path = self.folder / name
        path.write_bytes(self.text().encode(encoding))
        return path

    def load(self, **options: Any) -> Report:
        [report] = load(self.write(), **options)
        return report


def load(path: Path, **options: Any) -> list[Report]:
    return [report for found in loading.load_file(path, loading.Options(**options)) for report in found]


def counts(report: Report) -> tuple[int, int, int, int]:
    """added, changed, unchanged, withdrawn."""
    return report.added, report.changed, report.unchanged, report.withdrawn


def medical_rows(prefecture: str, many: int) -> list[str]:
    rows = []
    for number in range(many):
        body = f"{prefecture}1{990000 + number}"
        nine = f"{body[:2]}{body[3:]}{numbers.split21(body)}"
        rows.append(f"{nine},{nine[2:]},試験医院{number},0000000,試験町{number}番地")
    return rows
