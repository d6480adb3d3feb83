"""保険医療機関 list: nine-digit code, seven-digit code, name, postal code, address; no header row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from kiban.registry import numbers
from kiban.registry.addresses import full_address
from kiban.registry.masters.merging import Shape
from kiban.registry.masters.report import Report
from kiban.registry.models import MedicalInstitution
from kiban.registry.numbers import CheckDigit, NumberFormatError
from kiban.registry.text import grams, search_key

TITLE = "医療機関"
HEADER = ["都道府県+医療機関番号", "医療機関番号", "名称", "郵便番号", "住所"]
SHAPE = Shape(
    table="registry_medicalinstitution",
    key=["code"],
    compared=[
        "code_check", "prefecture_id", "name", "postal_code", "address", "listed", "search_key", "withdrawn_on",
    ],
    carried=["edition", "search_grams"],
    scope=["prefecture_id"],
)  # fmt: skip
NAME_LENGTH = MedicalInstitution._meta.get_field("name").max_length or 0
ADDRESS_LENGTH = MedicalInstitution._meta.get_field("address").max_length or 0


def recognises(first: Sequence[str]) -> bool:
    """Whether a first row is one of the list (it has no header)."""
    return len(first) == len(HEADER) and bool(re.fullmatch(r"[0-9]{8,9}", unicodedata.normalize("NFKC", first[0])))


def read(
    line: int, cells: list[str], label: str, prefectures: dict[str, str], report: Report
) -> tuple[Any, ...] | None:
    """A row of ``SHAPE``, or ``None`` when it is refused. ``listed`` is 1: see ``together``."""
    nine, _, name, postal_code, address = cells
    try:
        code, rule = numbers.medical_code_for(unicodedata.normalize("NFKC", nine).strip())
    except NumberFormatError as error:
        report.refuse(line, HEADER[0], str(error), "配布されたままのファイルを使ってください。")
        return None
    if rule is CheckDigit.FAILS:
        report.warn(line, HEADER[0], "検査数字が合いません。")
    if not name.strip() or len(name) > NAME_LENGTH or len(address) > ADDRESS_LENGTH:
        report.refuse(line, "名称・住所", "空か、長すぎます。", "列がずれていないか確かめてください。")
        return None
    prefecture = code[:2]
    place = search_key(full_address(prefectures[prefecture], "", address))
    key = f"{search_key(name)} {place}"
    spaced = " ".join(grams(key.split(" ")))
    return (code, rule, prefecture, name, postal_code.strip()[:8], address, 1, key, None, label, spaced)


def together(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row for a code listed again: the bureaus of 関東信越 list some institutions twice, word for word."""
    return (*second[:6], first[6] + 1, *second[7:])
