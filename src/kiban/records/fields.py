"""The types of field a kind of information is made of.

Every type reads text as it stands in a file (``parse``), writes it back (``write``; ``parse(write(value)) == value``)
and shows it to people (``show``). A value is what stands in the JSON of a record: text, a date as ``YYYY-MM-DD``,
a partial date, a code, a whole number, a decimal as text (so that 45.0 stays 45.0), true or false, a list of codes,
or a list of rows. Nothing given is no value: the name is then left out of the record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kiban.records.parsing import (
    FieldError,
    check_text,
    find_code,
    parse_day,
    parse_partial,
    refuse_personal_number,
)
from kiban.registry.numbers import NumberSlipError, tidied
from kiban.terms import wareki

CELL, ROW, ESCAPE = ";", "|", "\\"
NOTHING = "記載なし"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``name`` in programs, ``label`` on paper and as column heading.

    ``shows_nothing``: an empty value is worth saying (記載なし). ``source``: the document it comes from, when another
    than the item's.
    """

    name: str
    label: str
    required: bool = field(default=False, kw_only=True)
    shows_nothing: bool = field(default=False, kw_only=True)
    source: str = field(default="", kw_only=True)

    type_name = ""

    def parse(self, raw: str) -> Any:
        """The value of a text that is not empty. Raises FieldError."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """The value as it stands in a file."""
        return str(value)

    def show(self, value: Any) -> str:
        """The value as people read it."""
        return str(value)

    def note(self) -> str:
        """What may stand in the column, for the page of layouts."""
        return ""


@dataclass(frozen=True, slots=True)
class Text(Field):
    """Free text, kept exactly as received."""

    max_length: int = 100
    type_name = "文字"

    def parse(self, raw: str) -> str:
        check_text(raw, self.max_length)
        return raw

    def note(self) -> str:
        return f"{self.max_length}文字まで"


@dataclass(frozen=True, slots=True)
class Number(Text):
    """A number that names something (an office, a case): letters and digits of one length or up to ``max_length``."""

    pattern: str = r"[0-9A-Za-z-]+"
    form: str = "半角の英数字とハイフン"
    kind: str = ""  # of registry.numbers, for those it knows
    type_name = "番号"

    def parse(self, raw: str) -> str:
        raw = raw.strip()
        refuse_personal_number(raw)
        if self.kind:
            try:
                raw = tidied(self.kind, raw)
            except NumberSlipError as slip:
                raise FieldError(slip.reason, slip.remedy) from None
        if len(raw) > self.max_length or not re.fullmatch(self.pattern, raw, re.ASCII):
            raise FieldError("番号の形ではありません。", f"{self.form}({self.max_length}文字まで)で書いてください。")
        return raw

    def note(self) -> str:
        return f"{self.form}、{self.max_length}文字まで"


@dataclass(frozen=True, slots=True)
class Date(Field):
    """A day."""

    type_name = "日付"

    def parse(self, raw: str) -> str:
        return parse_day(raw).isoformat()

    def show(self, value: Any) -> str:
        return wareki.to_wareki_full(date.fromisoformat(value))

    def note(self) -> str:
        return "20260401、2026-04-01、令和8年4月1日 など"


@dataclass(frozen=True, slots=True)
class PartialDate(Field):
    """A day, a month, a year, or 不詳: a birth, when an illness began."""

    type_name = "日付(年・年月だけ、不詳も可)"

    def parse(self, raw: str) -> str:
        return parse_partial(raw)

    def write(self, value: Any) -> str:
        return "不詳" if value == "unknown" else str(value)

    def show(self, value: Any) -> str:
        if value == "unknown":
            return "不詳"
        parts = [int(part) for part in value.split("-")]
        if len(parts) == 3:
            return wareki.to_wareki_full(date(*parts))
        year, *month = parts
        return f"{wareki.to_wareki_month(year, *month) if month else wareki.to_wareki_year(year)}({year}年)頃"

    def note(self) -> str:
        return "2026-04-01、2026-04、2026、20260400、昭和15年、不詳 など"


@dataclass(frozen=True, slots=True)
class Code(Field):
    """One of a list of codes, each with its Japanese words."""

    codes: Mapping[str, str] = field(default_factory=dict)
    type_name = "コード"

    def parse(self, raw: str) -> str:
        return find_code(self.codes, raw)

    def show(self, value: Any) -> str:
        return self.codes.get(value, f"{value}(不明なコード)")

    def note(self) -> str:
        return "、".join(f"{code} {word}" for code, word in self.codes.items())


@dataclass(frozen=True, slots=True)
class Integer(Field):
    """A whole number from ``least`` to ``most``."""

    least: int = 0
    most: int = 9_999_999
    unit: str = ""
    type_name = "整数"

    def parse(self, raw: str) -> int:
        raw = raw.strip()
        if not re.fullmatch(r"-?\d{1,12}", raw, re.ASCII):
            raise FieldError("整数ではありません。", "半角の数字だけで書いてください(カンマや単位は不要です)。")
        value = int(raw)
        if not self.least <= value <= self.most:
            raise FieldError("範囲の外の数です。", f"{self.least}から{self.most}までで書いてください。")
        return value

    def show(self, value: Any) -> str:
        return f"{value:,}{self.unit}"

    def note(self) -> str:
        return f"{self.least}〜{self.most}{self.unit and f'({self.unit})'}"


@dataclass(frozen=True, slots=True)
class Decimal(Field):
    """A number with decimals, kept as written (``45.0``)."""

    digits: int = 5
    places: int = 1
    unit: str = ""
    type_name = "小数"

    def parse(self, raw: str) -> str:
        raw = raw.strip()
        if not re.fullmatch(rf"\d{{1,{self.digits}}}(\.\d{{1,{self.places}}})?", raw, re.ASCII):
            raise FieldError(
                "数ではありません。", f"整数{self.digits}けた、小数{self.places}けたまでの半角の数字で書いてください。"
            )
        return raw

    def show(self, value: Any) -> str:
        return f"{value}{self.unit}"

    def note(self) -> str:
        return f"整数{self.digits}けた、小数{self.places}けたまで{self.unit and f'({self.unit})'}"


@dataclass(frozen=True, slots=True)
class Flag(Field):
    """Yes or no."""

    words: tuple[str, str] = ("あり", "なし")
    type_name = "区分"

    def parse(self, raw: str) -> bool:
        plain = unicodedata.normalize("NFKC", raw).strip()
        if plain not in ("0", "1"):
            raise FieldError("1か0ではありません。", f"1({self.words[0]})か0({self.words[1]})で書いてください。")
        return plain == "1"

    def write(self, value: Any) -> str:
        return "1" if value else "0"

    def show(self, value: Any) -> str:
        return self.words[0 if value else 1]

    def note(self) -> str:
        return f"1 {self.words[0]}、0 {self.words[1]}"


@dataclass(frozen=True, slots=True)
class Choices(Field):
    """Any number of a list of codes, in the order of the list."""

    codes: Mapping[str, str] = field(default_factory=dict)
    type_name = "コード(複数)"

    def parse(self, raw: str) -> list[str]:
        chosen = {find_code(self.codes, part) for part in raw.split(CELL) if part.strip()}
        return [code for code in self.codes if code in chosen]

    def write(self, value: Any) -> str:
        return CELL.join(value)

    def show(self, value: Any) -> str:
        return "、".join(self.codes.get(code, f"{code}(不明なコード)") for code in value)

    def note(self) -> str:
        listed = "、".join(f"{code} {word}" for code, word in self.codes.items())
        return f"「{CELL}」で区切って並べる: {listed}"


@dataclass(frozen=True, slots=True)
class Rows(Field):
    """A table inside the record: rows separated by ``|``, cells by ``;``, these two and ``\\`` escaped by ``\\``."""

    fields: tuple[Field, ...] = ()
    most: int = 200
    type_name = "表"

    def parse(self, raw: str) -> list[dict[str, Any]]:
        lines = [cells for cells in _split(raw) if any(cell.strip() for cell in cells)]
        if len(lines) > self.most:
            raise FieldError("行が多すぎます。", f"{self.most}行までにしてください。")
        return [self._row(cells) for cells in lines]

    def _row(self, cells: list[str]) -> dict[str, Any]:
        if len(cells) > len(self.fields):
            raise FieldError(
                "表の欄が多すぎます。",
                f"1行は{len(self.fields)}欄です。文章の中の「;」「|」は「\\;」「\\|」と書いてください。",
            )
        row: dict[str, Any] = {}
        for column, cell in zip(self.fields, cells, strict=False):
            if cell.strip():
                try:
                    row[column.name] = column.parse(cell)
                except FieldError as error:
                    raise FieldError(f"表の「{column.label}」: {error.reason}", error.remedy) from None
            elif column.required:
                raise FieldError(f"表の「{column.label}」がありません。", "書き加えてください。")
        missing = [column.label for column in self.fields[len(cells) :] if column.required]
        if missing:
            raise FieldError(f"表の「{missing[0]}」がありません。", "書き加えてください。")
        return row

    def write(self, value: Any) -> str:
        return ROW.join(
            CELL.join(
                re.sub(r"([;|\\])", r"\\\1", column.write(row[column.name])) if column.name in row else ""
                for column in self.fields
            )
            for row in value
        )

    def show(self, value: Any) -> str:
        return " / ".join("、".join(cell for cell in cells if cell) for cells in self.table(value))

    def table(self, value: Any) -> list[list[str]]:
        """Shown cells, row by row, in the order of ``fields``."""
        return [
            [column.show(row[column.name]) if column.name in row else "" for column in self.fields] for row in value
        ]

    def note(self) -> str:
        cells = CELL.join(f"{column.label}" for column in self.fields)
        return f"行を「{ROW}」、欄を「{CELL}」で区切る({cells})。{self.most}行まで"


def _split(raw: str) -> list[list[str]]:
    """Rows of cells; a character after ``\\`` stands for itself."""
    rows: list[list[str]] = [[""]]
    position = 0
    while position < len(raw):
        character = raw[position]
        if character == ROW:
            rows.append([""])
        elif character == CELL:
            rows[-1].append("")
        elif character == ESCAPE and position + 1 < len(raw):
            position += 1
            rows[-1][-1] += raw[position]
        else:
            rows[-1][-1] += character
        position += 1
    return rows
