"""What the files of a month say of each user, put together for the checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kiban.exchange.claims.ledgers import User
from kiban.exchange.layouts import Document
from kiban.exchange.layouts.rules import EMPTY_MONTH, GRAND_TOTAL
from kiban.exchange.matching import Month

Service = tuple[str, str, str]  # office, サービスコード, day (YYYYMMDD)


@dataclass
class UserMonth:
    """One user's month.

    Attributes:
        month: YYYYMM. about: 利用者補足情報 by column name; empty without one.
        services: planned or done, each once. planner: プラン担当業者コード, where it is filled.
        total: the grand total of 第7表 by column name. rates: 給付率 of its lines.
        compared: the same month as 突合 sees it; ``None`` when only one side is there.
    """

    user: User
    month: str
    about: dict[str, str] = field(default_factory=dict)
    services: set[Service] = field(default_factory=set)
    planner: str = ""
    total: dict[str, str] = field(default_factory=dict)
    rates: set[str] = field(default_factory=set)
    compared: Month | None = None


def put_together(
    sheets: Iterable[Document], benefits: Iterable[Document], users: Iterable[Document], compared: Iterable[Month]
) -> list[UserMonth]:
    """Users by number and month, as far as they have a row in ``sheets`` (第6表, 予定 and 実績 alike)."""
    found: dict[tuple[User, str], UserMonth] = {}
    for document in sheets:
        for row in _named(document):
            user, month = _of(row)
            one = found.setdefault((user, month), UserMonth(user, month))
            one.services.add((row["サービス事業者コード"], row["サービスコード"], row["サービス利用日"]))
            one.planner = one.planner or row["プラン担当業者コード"]
    for document in benefits:
        for row in _named(document):
            if (known := found.get(_of(row))) is not None:
                if row["サービスコード"] == GRAND_TOTAL:
                    known.total = row
                if row["給付率"]:
                    known.rates.add(row["給付率"])
    for document in users:
        for row in _named(document):
            if row["対象年月"] != EMPTY_MONTH and (known := found.get(_of(row))) is not None:
                known.about = row
    for month_compared in compared:
        if (known := found.get((month_compared.user, month_compared.month))) is not None:
            known.compared = month_compared
    return [found[key] for key in sorted(found)]


def _named(document: Document) -> Iterator[dict[str, str]]:
    names = document.layout.names
    for row in document.rows:
        yield dict(zip(names, row, strict=True))


def _of(row: dict[str, str]) -> tuple[User, str]:
    return (row["保険者番号"], row["被保険者番号"]), row["対象年月"]
