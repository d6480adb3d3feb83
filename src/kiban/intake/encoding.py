"""From the cells of a row to a line of COPY text, fast: what a cell was found to mean is remembered per column.

Most columns hold few different values (codes, dates), so a row costs one dictionary look-up per cell. Only when a
look-up fails is the row gone through cell by cell for everything that is wrong with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from operator import getitem, itemgetter
from typing import Any, Protocol

from kiban.intake.refusals import Fault, RowError, value_class
from kiban.records.fields import Field, FieldError, Number
from kiban.records.items import Check, Item, Sender
from kiban.registry.numbers import insured_key

REMEMBERED = 4_000  # values per column: bounds memory when every value is another
SHORT = 64  # characters; longer texts are not worth remembering
NULL = r"\N"

INSURER_NO = Number(
    "insurer_no", "保険者番号", required=True, max_length=6, pattern=r"[0-9]{6}", form="6けたの数字(先頭の0も書く)"
)
INSURED_NO = Number(
    "insured_no",
    "被保険者番号",
    required=True,
    max_length=10,
    pattern=r"[0-9H][0-9]{9}",
    form="10けたの数字(先頭の0も書く)、またはHと数字9けた",
)


class Encoder(Protocol):
    """Turns rows of one file into lines for the staging table."""

    def encode(self, line: int, cells: list[str]) -> tuple[str, str]:
        """What the row is about (rows with the same identity are merged in file order) and its COPY text without
        the last column. Raises RowError."""


class Remembered(dict[str, Any]):
    """Cell text → what it means, worked out at the first meeting. Raises FieldError for a text without meaning."""

    def __init__(self, field: Field, render: Callable[[Any], Any], empty: Any) -> None:
        super().__init__()
        self.field, self.render, self.empty = field, render, empty

    def __missing__(self, raw: str) -> Any:
        if raw.strip():
            meaning = self.render(self.field.parse(raw))
        elif self.field.required:
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        else:
            meaning = self.empty
        if len(raw) <= SHORT:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = meaning
        return meaning


class Heading:
    """Which column of this file holds which field."""

    def __init__(self, fields: Sequence[Field], positions: dict[str, int], width: int) -> None:
        self.fields = [field for field in fields if field.name in positions]
        self.positions = positions
        self.width = width

    def picker(self, names: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
        """Takes the cells of these fields out of a row."""
        indexes = [self.positions[name] for name in names]
        if not indexes:
            return lambda cells: ()
        if len(indexes) == 1:
            only = indexes[0]
            return lambda cells: (cells[only],)
        return itemgetter(*indexes)


class RowReader:
    """What every layout's encoder shares: the key of the person, the checks, and finding everything that is wrong."""

    def __init__(
        self, heading: Heading, checks: Sequence[Check], insurer: str | None, known_insurers: frozenset[str]
    ) -> None:
        self.heading = heading
        self.insurer = insurer
        self.known_insurers = known_insurers
        self._insurer_at = heading.positions["insurer_no"]
        self._insured_at = heading.positions["insured_no"]
        self.values = {field.name: Remembered(field, lambda value: value, None) for field in heading.fields}
        pairs, others = [], []
        for check in checks:
            columns = [(self.values[name], heading.positions[name]) for name in check.fields if name in self.values]
            if len(columns) == len(check.fields) == 2:
                pairs.append((check, check.holds, *columns[0], *columns[1]))
            else:
                others.append((check, columns))
        self._pairs, self._others = pairs, others

    def key(self, cells: list[str]) -> int:
        """The person's key. Raises FieldError."""
        insurer, number = cells[self._insurer_at], cells[self._insured_at]
        if insurer != self.insurer and (self.insurer or insurer not in self.known_insurers):
            insurer = self._insurer(insurer)
        if len(number) == 10 and number.isascii() and number.isdigit():
            return int(insurer + number)
        if not number.strip():
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        return insured_key(insurer, INSURED_NO.parse(number))

    def _insurer(self, raw: str) -> str:
        if not raw.strip():
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        number = INSURER_NO.parse(raw)
        if self.insurer and number != self.insurer:
            raise FieldError(
                f"このファイルの保険者({self.insurer})と違う保険者の行です。",
                "保険者ごとにファイルを分けてください。",
            )
        if not self.insurer and number not in self.known_insurers:
            raise FieldError("この番号の保険者は登録されていません。", "保険者番号を確かめてください。")
        return number

    def broken(self, cells: list[str]) -> Check | None:
        """The first rule across fields that does not hold."""
        # Nearly all rules are about two fields; every row comes by here.
        for check, holds, one, at, other, other_at in self._pairs:
            if not holds(one[cells[at]], other[cells[other_at]]):
                return check
        for check, columns in self._others:
            given = {values.field.name: values[cells[at]] for values, at in columns}
            # A column the file does not have is a value that is not given.
            if not check.holds(*(given.get(name) for name in check.fields)):
                return check
        return None

    def width_error(self, line: int, cells: list[str]) -> RowError:
        """The row has another number of cells than the heading."""
        reason = f"列の数が見出しと違います(見出し{self.heading.width}列、この行{len(cells)}列)。"
        remedy = '文章の中のコンマは、欄全体を「"」で囲んでください。列が欠けていないか確かめてください。'
        return RowError([Fault(line, 0, "", "", reason, remedy)])

    def faults(self, line: int, cells: list[str]) -> RowError:
        """Everything wrong with a row that could not be encoded."""
        found = []
        for field in self.heading.fields:
            raw = cells[self.heading.positions[field.name]]
            try:
                if field is INSURER_NO or field is INSURED_NO:
                    self._one_number(field, raw)
                else:
                    self.values[field.name][raw]
            except FieldError as error:
                found.append(self.fault(line, field, raw, error.reason, error.remedy))
        check = None if found else self.broken(cells)
        if check:
            name = next(name for name in reversed(check.fields) if name in self.values)
            raw = cells[self.heading.positions[name]]
            found.append(self.fault(line, self.values[name].field, raw, check.reason, check.remedy))
        return RowError(found)

    def _one_number(self, field: Field, raw: str) -> None:
        if field is INSURER_NO:
            if raw != self.insurer and (self.insurer or raw not in self.known_insurers):
                self._insurer(raw)
        elif not raw.strip():
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        else:
            INSURED_NO.parse(raw)

    def fault(self, line: int, field: Field, raw: str, reason: str, remedy: str) -> Fault:
        """A fault at one column of this file."""
        return Fault(line, self.heading.positions[field.name] + 1, field.label, value_class(raw), reason, remedy)


class PlainEncoder(RowReader):
    """Rows whose columns go into staging columns one by one: persons, consents, identity, relations.

    Args:
        columns: fields in the order of the staging columns.
        renders, empty_texts, identity: see ``kiban.intake.layouts.Layout``.
    """

    def __init__(
        self,
        heading: Heading,
        checks: Sequence[Check],
        insurer: str | None,
        known_insurers: frozenset[str],
        *,
        columns: Sequence[Field],
        renders: dict[str, Callable[[Any], str]],
        empty_texts: dict[str, str],
        identity: Sequence[str],
    ) -> None:
        super().__init__(heading, checks, insurer, known_insurers)
        self._caches = [
            Remembered(field, renders.get(field.name, copy_text), empty_texts.get(field.name, NULL))
            for field in columns
        ]
        self._pick = heading.picker([field.name for field in columns])
        self._identity = [(self.values[name], heading.positions[name]) for name in identity]

    def encode(self, line: int, cells: list[str]) -> tuple[str, str]:
        if len(cells) != self.heading.width:
            raise self.width_error(line, cells)
        try:
            key = self.key(cells)
            texts = "\t".join(map(getitem, self._caches, self._pick(cells)))
        except FieldError:
            raise self.faults(line, cells) from None
        if self.broken(cells):
            raise self.faults(line, cells)
        about = "/".join([str(values[cells[at]]) for values, at in self._identity])
        return f"{key}/{about}", f"{line}\t{key}\t{texts}"


class RecordEncoder(RowReader):
    """Rows that become versions of a record: validity, content as canonical JSON, digest over both."""

    def __init__(
        self,
        heading: Heading,
        insurer: str | None,
        known_insurers: frozenset[str],
        *,
        item: Item,
        history_no: Field,
        reason: Field,
    ) -> None:
        super().__init__(heading, item.checks, insurer, known_insurers)
        names = sorted(field.name for field in item.fields if field.name in heading.positions)
        self._caches = [Remembered(item.by_name[name], _json_of(name), "") for name in names]
        self._pick = heading.picker(names)
        self._entry = [(self.values[name], heading.positions[name]) for name in item.entry]
        self._history = Remembered(history_no, str, "1"), heading.positions.get(history_no.name)
        self._reason = Remembered(reason, copy_text, ""), heading.positions.get(reason.name)
        self._from = self._day(item, item.valid_from, lambda day: day)
        self._until = self._day(item, item.valid_until, _next_day)
        self._source = _source_of(item, heading, insurer)

    def _day(self, item: Item, name: str, render: Callable[[Any], str]) -> tuple[Remembered, int] | None:
        if name not in self.heading.positions:
            return None
        return Remembered(item.by_name[name], render, ""), self.heading.positions[name]

    def encode(self, line: int, cells: list[str]) -> tuple[str, str]:
        if len(cells) != self.heading.width:
            raise self.width_error(line, cells)
        try:
            key = self.key(cells)
            content = "{" + ",".join(filter(None, map(getitem, self._caches, self._pick(cells)))) + "}"
            first = self._from[0][cells[self._from[1]]] if self._from else ""
            last = self._until[0][cells[self._until[1]]] if self._until else ""
            known, at = self._history
            history_no = known[cells[at]] if at is not None else "1"
            known, at = self._reason
            reason = known[cells[at]] if at is not None else ""
            entry = "/".join([str(values[cells[at]] or "") for values, at in self._entry]) if self._entry else ""
        except FieldError:
            raise self.faults(line, cells) from None
        if self.broken(cells):
            raise self.faults(line, cells)
        digest = hashlib.sha256(f"{first}|{last}|{content}".encode()).hexdigest()
        if "\\" in content:
            content = content.replace("\\", "\\\\")
        valid = f"{first or NULL}\t{last or NULL}"
        head = f"{line}\t{key}\t{entry}\t{history_no}\t{valid}\t{self._source(cells)}\t{reason}"
        return f"{key}/{history_no}/{entry}", f"{head}\t\\\\x{digest}\t{content}"


def copy_text(value: Any) -> str:
    """Text for a column of COPY."""
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _json_of(name: str) -> Callable[[Any], str]:
    return lambda value: f'"{name}":{json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))}'


def _next_day(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()


def _source_of(item: Item, heading: Heading, insurer: str | None) -> Callable[[list[str]], str]:
    if item.sender is Sender.LIFE:
        return lambda cells: "life"
    if item.sender is Sender.OFFICE:
        at = heading.positions[item.sender_field]
        return lambda cells: f"office:{cells[at].strip()}"
    return lambda cells: f"insurer:{insurer}"
