"""Generated rows of obviously fake persons: for ``kiban load --template``, tests and benchmarks."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import Any, TextIO

from kiban.intake.encoding import INSURED_NO, INSURER_NO
from kiban.intake.layouts import Layout
from kiban.records.fields import Choices, Code, Date, Decimal, Field, Flag, Integer, Number, PartialDate, Rows, Text

INSURER = "131136"
FIRST_DAY = dt.date(2026, 1, 5)
_DIGITS = "０１２３４５６７８９"


def rows(layout: Layout, count: int, *, insurer: str = INSURER, seed: int = 1) -> Iterator[list[str]]:
    """Rows of a layout, without heading; the first columns are insurer and insured number (1, 2, 3 …)."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    for number in range(1, count + 1):
        yield [_cell(field, number, insurer, chance) for field in layout.fields]


def write(file: TextIO, layout: Layout, lines: Iterable[list[str]]) -> None:
    """A whole CSV file with heading and end record."""
    writer = csv.writer(file)
    writer.writerow([field.label for field in layout.fields])
    count = 0
    for line in lines:
        writer.writerow(line)
        count += 1
    writer.writerow(["#END", count])


def _cell(field: Field, number: int, insurer: str, chance: random.Random) -> str:
    fixed = {
        INSURER_NO.name: insurer,
        INSURED_NO.name: f"{number:010}",
        "history_no": "1",
        "reason": "",
        "name": f"試験 花子{''.join(_DIGITS[int(digit)] for digit in f'{number:02}')}",
        "kana": "シケン ハナコ",
        "birth": f"19{chance.randint(25, 55)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}",
        "died_on": "",
        "act": "give",
        "taker": "",
    }
    if field.name in fixed and field.name in _NAMED:
        return fixed[field.name]
    value = example(field, chance)
    return "" if value is None else field.write(value)


_NAMED = {
    INSURER_NO.name,
    INSURED_NO.name,
    "history_no",
    "reason",
    "name",
    "kana",
    "birth",
    "died_on",
    "act",
    "taker",
}


@singledispatch
def example(field: Field, chance: random.Random) -> Any:
    """A value the field takes. Raises LookupError for a type it does not know."""
    raise LookupError(type(field).__name__)


@example.register
def _(field: Text, _chance: random.Random) -> str:
    return f"試験 {field.label}"[: field.max_length]


@example.register
def _(field: Number, chance: random.Random) -> str:
    if field.max_length == 4:
        return f"{chance.randint(8, 17):02}00"
    if field.max_length == 2:
        return "15"
    if field.max_length == 8:
        return "123-4567" if re.fullmatch(field.pattern, "123-4567", re.ASCII) else "1-1-2"
    return f"13799{chance.randint(1, 99999):05}" if field.max_length == 10 else f"{chance.randint(1, 99999)}"


@example.register
def _(field: Date, _chance: random.Random) -> str:
    # From left to right on the form later things happen later; a last day lies far enough ahead.
    ends = field.name.endswith(("until", "ends_on", "expires_on", "left_on"))
    return (FIRST_DAY + dt.timedelta(days=365 if ends else 0)).isoformat()


@example.register
def _(_field: PartialDate, chance: random.Random) -> str:
    return f"{chance.randint(2000, 2025)}-{chance.randint(1, 12):02}"


@example.register
def _(field: Code, chance: random.Random) -> str:
    return chance.choice(list(field.codes))


@example.register
def _(field: Integer, chance: random.Random) -> int:
    return field.most if field.name == "limit" else chance.randint(field.least, min(field.most, 90_000))


@example.register
def _(field: Decimal, chance: random.Random) -> str:
    return f"{chance.randint(1, 9)}.{chance.randint(0, 9)}"


@example.register
def _(_field: Flag, chance: random.Random) -> bool:
    return chance.random() < 0.5


@example.register
def _(field: Choices, chance: random.Random) -> list[str]:
    return [code for code in field.codes if chance.random() < 0.3] or [next(iter(field.codes))]


@example.register
def _(field: Rows, chance: random.Random) -> list[dict[str, Any]]:
    return [{column.name: example(column, chance) for column in field.fields}]
