"""Values of the files as paper shows them: dates in 和暦, codes in words, several lines kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kiban.formats.careplan.layouts import Document, Kind
from kiban.formats.careplan.layouts import codes as tables
from kiban.formats.careplan.layouts.forms import day_of, month_of
from kiban.terms import wareki

Row = dict[str, str]
User = tuple[str, str]


def rows(documents: Iterable[Document], kind: Kind) -> Iterator[Row]:
    """The rows of a kind by column name; of two columns with one name (第3表) the second is ``活動`` and the name."""
    for document in documents:
        if document.layout.kind is kind:
            names = document.layout.names
            single = [f"活動{name}" if name in names[:at] else name for at, name in enumerate(names)]
            for row in document.rows:
                yield {name: text(value) for name, value in zip(single, row, strict=True)}


def user_of(row: Row) -> User:
    """Whose row it is."""
    return row["保険者番号"], row["被保険者番号"]


def text(value: str) -> str:
    """Line ends as the template expects them."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def day(value: str) -> str:
    """YYYYMMDD as 令和…; empty for what is no day."""
    found = day_of(value)
    return wareki.to_wareki(found) if found else ""


def month(value: str) -> str:
    """YYYYMM as 令和8年10月分."""
    found = month_of(value)
    if found is None:
        return ""
    named = day(f"{found[0]:04}{found[1]:02}01")
    return f"{named.rsplit('月', 1)[0]}月分"


def period(first: str, last: str) -> str:
    """A period in words; empty without a beginning and an end."""
    return f"{day(first)} から {day(last)}" if first or last else ""


def coded(value: str, table: Mapping[str, str]) -> str:
    """The code in words; one that is not in the table as it is."""
    return table.get(value, value)


def number(value: str) -> str:
    """A whole number with its commas; anything else as it is."""
    return f"{int(value):,}" if value.isascii() and value.isdecimal() else value


def time(value: str) -> str:
    """HHMM as 9:00; empty for 9999."""
    return f"{int(value[:2])}:{value[2:]}" if len(value) == 4 and value.isdecimal() and value != "9999" else ""


def level(value: str) -> str:
    """要介護状態区分 in words."""
    return coded(value, tables.CARE_LEVEL)
