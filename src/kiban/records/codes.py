"""Code lists several kinds share. One concept has other codes in other formats: never reuse a list across them.

Sources: ケアプランデータ連携標準仕様 V4.1 (tables 5.3, 5.7, 5.8); LIFE CSV連携仕様 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiban.formats.careplan.layouts.codes import service_name
from kiban.records.fields import Number
from kiban.terms.care_levels import CARE_LEVELS

LEVELS = CARE_LEVELS
INDEPENDENCE = {
    "01": "自立", "11": "J1", "12": "J2", "21": "A1", "22": "A2", "31": "B1", "32": "B2", "41": "C1", "42": "C2",
}  # fmt: skip
DEMENTIA_INDEPENDENCE = {
    "01": "自立", "02": "Ⅰ", "03": "Ⅱa", "04": "Ⅱb", "05": "Ⅲa", "06": "Ⅲb", "07": "Ⅳ", "08": "M",
}  # fmt: skip
PRESENT = {"1": "有", "2": "無"}
EXISTS = {"1": "ない", "2": "ある"}
OFFICE_NUMBER = r"(?:0[1-9]|[1-3][0-9]|4[0-7])[0-9A-HJ-NPR-Z][0-9]{7}"
OFFICE_NUMBER_FORM = "10けたの事業所番号"


@dataclass(frozen=True, slots=True)
class OfficeNumber(Number):
    """A 事業所番号: pages put the office's name before it."""


@dataclass(frozen=True, slots=True)
class ServiceKind(Number):
    """サービス種類コード, shown with its name."""

    def show(self, value: Any) -> str:
        return service_name(value)


def numbered(*words: str) -> dict[str, str]:
    """Codes counted from 1 in the order of the form."""
    return {str(position): word for position, word in enumerate(words, 1)}
