"""From the cells of rows to lines of COPY text, fast: what a cell was found to mean is remembered per column.

Most columns hold few different values (codes, dates), so a cell costs one dictionary look-up. Blocks of rows are
turned into columns and looked up column by column, which is several times quicker than row by row. Only a row for
which a look-up fails is gone through cell by cell for everything that is wrong with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kiban.formats.leftovers import fitted
from kiban.intake.refusals import Fault, value_class
from kiban.intake.rows import Row
from kiban.records.fields import Field, Number
from kiban.records.items import Check, Item, Sender
from kiban.records.parsing import FieldError
from kiban.registry.numbers import insured_key

REMEMBERED = 4_000  # values per column: bounds memory when every value is another
SHORT = 64  # characters; longer texts are not worth remembering
FAULTS_OF_A_ROW = 20  # more do not help anybody
NULL = r"\N"
BACKSLASH, TWO = "\\", "\\\\"
UNCLOSED = (
    '引用符「"」が閉じていないか、列の数が合いません。',
    '文章の中の「"」は「""」と2つ書き、欄全体を「"」で囲んでください。',
)

NAMELESS = ("見出しのない列に内容があります。", "要らない内容なら消し、要るものなら1行目に見出しを書いてください。")

INSURER_NO = Number(
    "insurer_no",
    "保険者番号",
    required=True,
    max_length=6,
    pattern=r"[0-9]{6}",
    form="6けたの数字(先頭の0も書く)",
    kind="保険者番号",
)
INSURED_NO = Number(
    "insured_no",
    "被保険者番号",
    required=True,
    max_length=10,
    pattern=r"[0-9H][0-9]{9}",
    form="10けたの数字(先頭の0も書く)、またはHと数字9けた",
    kind="被保険者番号",
)


@dataclass
class Encoded:
    """The good rows of a block, and what is wrong with the others.

    identities: what each row is about (rows with the same identity are merged in file order).
    texts: COPY text of each row without the last column.
    """

    identities: list[Hashable]
    texts: list[str]
    faults: list[Fault]


class Encoder(Protocol):
    """Turns rows of one file into lines for the staging table."""

    def encode(self, block: Sequence[Row]) -> Encoded:
        """Rows with their lines, in the order of the file."""


class Remembered(dict[str, Any]):
    """Cell text → what it means, worked out at the first meeting; None for a text without meaning."""

    def __init__(self, field: Field, render: Callable[[Any], Any], empty: Any) -> None:
        super().__init__()
        self.field, self.render, self.empty = field, render, empty
        self.met_bad = False

    def __missing__(self, raw: str) -> Any:
        try:
            meaning = self.meaning(raw)
        except FieldError:
            meaning, self.met_bad = None, True
        if len(raw) <= SHORT:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = meaning
        return meaning

    def meaning(self, raw: str) -> Any:
        """What a text means. Raises FieldError when it has no meaning in this column."""
        if raw.strip():
            return self.render(self.field.parse(raw))
        if self.field.required:
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        return self.empty


class Heading:
    """Which column of this file holds which field."""

    def __init__(self, fields: Sequence[Field], positions: dict[str, int], width: int, widest: int) -> None:
        self.fields = [field for field in fields if field.name in positions]
        self.positions = positions
        self.width = width
        self.widest = max(width, widest)  # with the empty columns that Excel put into every row
        self.nameless = [at for at in range(width) if at not in positions.values()]


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
        self._checks = [(check, [name for name in check.fields if name in self.values]) for check in checks]

    def encode(self, block: Sequence[Row]) -> Encoded:
        """See ``Encoder``."""
        faults: list[Fault] = []
        rows = []
        for line, cells in block:
            fault = self._misshapen(line, cells)
            if fault:
                faults.append(fault)
            elif cells is not None:
                rows.append((line, fitted(cells, self.heading.width)))
        if not rows:
            return Encoded([], [], faults)
        columns = Columns(list(zip(*[cells for _, cells in rows], strict=True)), len(rows))
        keys = list(map(self._key, columns.all[self._insurer_at], columns.all[self._insured_at]))
        columns.note(keys)
        identities, texts = self._texts([line for line, _ in rows], keys, columns)
        self._note_broken(columns)
        if columns.bad:
            for at in sorted(columns.bad):
                faults += self._faults(*rows[at])
            identities = [identity for at, identity in enumerate(identities) if at not in columns.bad]
            texts = [text for at, text in enumerate(texts) if at not in columns.bad]
        return Encoded(identities, texts, faults)

    def _texts(self, lines: list[int], keys: list[int | None], columns: Columns) -> tuple[list[Hashable], list[str]]:
        """Identity and COPY text of every row; what comes of bad rows is thrown away."""
        raise NotImplementedError

    def _key(self, insurer: str, number: str) -> int | None:
        """The person's key; None when the numbers are not good."""
        ours = insurer == self.insurer or (not self.insurer and insurer in self.known_insurers)
        if ours and len(number) == 10 and number.isascii() and number.isdigit():
            return int(insurer + number)
        try:
            return insured_key(self._insurer(insurer), self._insured(number))
        except FieldError:
            return None

    def _insurer(self, raw: str) -> str:
        """Raises FieldError."""
        if not raw.strip():
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        number: str = INSURER_NO.parse(raw)
        if self.insurer and number != self.insurer:
            raise FieldError(
                f"このファイルの保険者({self.insurer})と違う保険者の行です。",
                "保険者ごとにファイルを分けてください。",
            )
        if not self.insurer and number not in self.known_insurers:
            raise FieldError("この番号の保険者は登録されていません。", "保険者番号を確かめてください。")
        return number

    def _insured(self, raw: str) -> str:
        """Raises FieldError."""
        if not raw.strip():
            raise FieldError("空白です。", "必ず書く欄です。書き加えてください。")
        return INSURED_NO.parse(raw)

    def _note_broken(self, columns: Columns) -> None:
        """Rows that break a rule across fields. A column the file does not have is a value that is not given."""
        meanings = {
            name: columns.look_up(self.values[name], self.heading.positions[name], bad=False)
            for name in {name for _, names in self._checks for name in names}
        }
        absent = [None] * columns.count
        for check, names in self._checks:
            if names:
                columns.note(map(check.holds, *(meanings.get(name, absent) for name in check.fields)), wrong=False)

    def _misshapen(self, line: int, cells: list[str] | None) -> Fault | None:
        """What is wrong with a row before its cells are looked at."""
        width = self.heading.width
        if cells is None:
            return Fault(line, 0, "", "", *UNCLOSED)
        if len(cells) != width and (len(cells) != self.heading.widest or len(fitted(cells, width)) != width):
            reason = f"列の数が見出しと違います(見出し{width}列、この行{len(cells)}列)。"
            remedy = '文章の中のコンマは、欄全体を「"」で囲んでください。列が欠けていないか確かめてください。'
            return Fault(line, 0, "", "", reason, remedy)
        for at in self.heading.nameless:
            if cells[at].strip():
                return Fault(line, at + 1, "", value_class(cells[at]), *NAMELESS)
        return None

    def _faults(self, line: int, cells: list[str]) -> list[Fault]:
        """Everything wrong with a row that could not be encoded."""
        faults = []
        given = {}
        for field in self.heading.fields:
            raw = cells[self.heading.positions[field.name]]
            try:
                if field is INSURER_NO:
                    self._insurer(raw)
                elif field is INSURED_NO:
                    self._insured(raw)
                else:
                    given[field.name] = self.values[field.name].meaning(raw)
            except FieldError as error:
                faults.append(self._fault(line, field, raw, error.reason, error.remedy))
        if faults:
            return faults[:FAULTS_OF_A_ROW]
        for check, names in self._checks:
            if names and not check.holds(*(given.get(name) for name in check.fields)):
                field = self.values[names[-1]].field
                raw = cells[self.heading.positions[field.name]]
                faults.append(self._fault(line, field, raw, check.reason, check.remedy))
        return faults

    def _fault(self, line: int, field: Field, raw: str, reason: str, remedy: str) -> Fault:
        return Fault(line, self.heading.positions[field.name] + 1, field.label, value_class(raw), reason, remedy)


class Columns:
    """The columns of a block, and which of its rows were found to be bad."""

    def __init__(self, columns: list[tuple[str, ...]], count: int) -> None:
        self.all = columns
        self.count = count
        self.bad: set[int] = set()

    def look_up(self, known: Remembered, at: int, bad: bool = True) -> list[Any]:
        """What the cells of a column mean; rows with a cell that means nothing are bad."""
        meanings = list(map(known.__getitem__, self.all[at]))
        if bad and known.met_bad and None in meanings:
            self.note(meanings)
            return ["" if meaning is None else meaning for meaning in meanings]
        return meanings

    def note(self, answers: Iterable[Any], wrong: bool | None = None) -> None:
        """Rows for which the answer is the wrong one are bad."""
        answers = list(answers)
        if wrong in answers:
            self.bad.update(at for at, answer in enumerate(answers) if answer is wrong)


class PlainEncoder(RowReader):
    """Rows whose columns go into staging columns one by one: persons, consents, identity, assignments.

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
            (
                Remembered(field, renders.get(field.name, copy_text), empty_texts.get(field.name, NULL)),
                heading.positions[field.name],
            )
            for field in columns
        ]
        self._identity = [(self.values[name], heading.positions[name]) for name in identity]

    def _texts(self, lines: list[int], keys: list[int | None], columns: Columns) -> tuple[list[Hashable], list[str]]:
        rendered = [columns.look_up(known, at) for known, at in self._caches]
        texts = [
            f"{line}\t{key}\t{text}"
            for line, key, text in zip(lines, keys, map("\t".join, zip(*rendered, strict=True)), strict=True)
        ]
        about = [columns.look_up(values, at, bad=False) for values, at in self._identity]
        return list(zip(keys, *about, strict=True)), texts


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
        self._members = [(Remembered(item.by_name[name], _member(name), ""), heading.positions[name]) for name in names]
        self._entry = [(Remembered(item.by_name[name], str, ""), heading.positions[name]) for name in item.entry]
        self._history = Remembered(history_no, str, ""), heading.positions[history_no.name]
        self._reason = self._column(reason, copy_text)
        self._from = self._column(item.by_name.get(item.valid_from), str)
        self._until = self._column(item.by_name.get(item.valid_until), _next_day)
        self._sender = self._column(item.by_name.get(item.sender_field), lambda number: f"office:{number}")
        self._source = "life" if item.sender is Sender.LIFE else f"insurer:{insurer}"

    def _column(self, field: Field | None, render: Callable[[Any], str]) -> tuple[Remembered, int] | None:
        """A column that may be missing from the file."""
        if field is None or field.name not in self.heading.positions:
            return None
        return Remembered(field, render, ""), self.heading.positions[field.name]

    def _texts(self, lines: list[int], keys: list[int | None], columns: Columns) -> tuple[list[Hashable], list[str]]:
        def optional(column: tuple[Remembered, int] | None, absent: str = "") -> list[str]:
            return columns.look_up(*column) if column else [absent] * columns.count

        members = [columns.look_up(known, at) for known, at in self._members]
        contents = ["{" + content[:-1] + "}" for content in map("".join, zip(*members, strict=True))]
        first, last = optional(self._from), optional(self._until)
        history_no = columns.look_up(*self._history)
        entry = [columns.look_up(known, at) for known, at in self._entry]
        entries = list(map("/".join, zip(*entry, strict=True))) if entry else [""] * columns.count
        heads = zip(
            lines, keys, entries, history_no, optional(self._sender, self._source), optional(self._reason), strict=True
        )
        texts = []
        for (line, key, about, number, source, reason), begins, ends, content in zip(
            heads, first, last, contents, strict=True
        ):
            digest = hashlib.sha256(f"{begins}|{ends}|{content}".encode(errors="replace")).hexdigest()
            texts.append(
                f"{line}\t{key}\t{about}\t{number}\t{begins or NULL}\t{ends or NULL}\t{source}\t{reason}"
                f"\t\\\\x{digest}\t{content if BACKSLASH not in content else content.replace(BACKSLASH, TWO)}"
            )
        return list(zip(keys, history_no, entries, strict=True)), texts


def copy_text(value: Any) -> str:
    """Text for a column of COPY."""
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _member(name: str) -> Callable[[Any], str]:
    """A member of the canonical JSON, with the comma after it."""
    return lambda value: f'"{name}":{json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))},'


def _next_day(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
