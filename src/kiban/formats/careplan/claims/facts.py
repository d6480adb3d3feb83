"""What the files of a month say of each user, put together for the checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kiban.formats.careplan.claims.ledgers import User
from kiban.formats.careplan.layouts import Document
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH, GRAND_TOTAL, SUBTOTALS
from kiban.formats.careplan.matching import Month

Service = tuple[str, str, str]  # office, サービスコード, day (YYYYMMDD)


@dataclass
class UserMonth:
    """One user's month.

    Attributes:
        month: YYYYMM. about: 利用者補足情報 by column name; empty without one.
        services: planned or done, each once. planner: プラン担当業者コード, where it is filled.
        within: units within 区分支給限度 by 第7表: of the grand total, else added up; ``None``: not written.
        rates: 給付率 of its lines, without 総合事業 (whose rate is the municipality's).
        compared: the same month as 突合 sees it; ``None`` when only one side is there.
    """

    user: User
    month: str
    about: dict[str, str] = field(default_factory=dict)
    services: set[Service] = field(default_factory=set)
    planner: str = ""
    within: int | None = None
    rates: set[str] = field(default_factory=set)
    compared: Month | None = None

    @property
    def changes_within(self) -> bool:
        """Whether the care level changes on a day of this month."""
        return self.about.get("要介護状態変更日", "").startswith(self.month)


def put_together(
    sheets: Iterable[Document], benefits: Iterable[Document], users: Iterable[Document], compared: Iterable[Month]
) -> list[UserMonth]:
    """Users by number and month, as far as they have a row in ``sheets`` (第6表, 予定 and 実績 alike)."""
    user_months: dict[tuple[User, str], UserMonth] = {}
    for document in sheets:
        for row in _named(document):
            user, month = _of(row)
            user_month = user_months.setdefault((user, month), UserMonth(user, month))
            user_month.services.add((row["サービス事業者コード"], row["サービスコード"], row["サービス利用日"]))
            user_month.planner = user_month.planner or row["プラン担当業者コード"]
    bills: dict[tuple[User, str], list[dict[str, str]]] = {}
    for document in benefits:
        for row in _named(document):
            bills.setdefault(_of(row), []).append(row)
    for key, rows in bills.items():
        if (known_month := user_months.get(key)) is not None:
            known_month.within = _within(rows)
            known_month.rates = {
                row["給付率"] for row in rows if row["給付率"] and not row["サービスコード"].startswith("A")
            }
    for document in users:
        for row in _named(document):
            if row["対象年月"] != EMPTY_MONTH and (known_month := user_months.get(_of(row))) is not None:
                known_month.about = row
    for month_compared in compared:
        if (known_month := user_months.get((month_compared.user, month_compared.month))) is not None:
            known_month.compared = month_compared
    return [user_months[key] for key in sorted(user_months)]


def _within(rows: list[dict[str, str]]) -> int | None:
    """区分支給限度基準内単位数 (No. 22), else 給付管理単位数 (No. 18): of the newest grand total, else of the lines
    that are no subtotal."""
    totals = [row for row in rows if row["サービスコード"] == GRAND_TOTAL]
    wanted = totals[-1:] or [row for row in rows if row["サービスコード"][2:] not in SUBTOTALS]
    units = [whole(row["区分支給限度基準内単位数"] or row["給付管理単位数"]) for row in wanted]
    return (
        sum(number for number in units if number is not None) if any(number is not None for number in units) else None
    )


def whole(text: str | None) -> int | None:
    """A whole number of the files; ``None`` for a blank and for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() else None


def _named(document: Document) -> Iterator[dict[str, str]]:
    names = document.layout.names
    for row in document.rows:
        yield dict(zip(names, row, strict=True))


def _of(row: dict[str, str]) -> tuple[User, str]:
    return (row["保険者番号"], row["被保険者番号"]), row["対象年月"]
