"""What the list says of a person as cells of a file."""

from __future__ import annotations

from kiban.terms import partial_days
from kiban.terms.care_levels import CARE_LEVELS
from kiban.terms.wareki import to_wareki
from kiban.viewing.worklist import Row

HEAD = (
    "氏名",
    "フリガナ",
    "生年月日",
    "要介護度",
    "認定の開始日",
    "認定の最終日",
    "負担割合",
    "保険者",
    "被保険者番号の下4桁",
    "担当ケアマネ",
    "足りないもの",
)


def cells(row: Row) -> tuple[str, ...]:
    """Of one person, in the order of ``HEAD``; days in 和暦, as on the page."""
    return (
        row.name,
        row.kana,
        partial_days.in_words(row.birth),
        CARE_LEVELS.get(row.care_level, row.care_level),
        to_wareki(row.valid_from) if row.valid_from else "",
        to_wareki(row.last_day) if row.last_day else "",
        f"{row.burden_ratio}割" if row.burden_ratio else "",
        row.insurer_name,
        row.insured_tail,
        row.responsible,
        "、".join(missing.text for missing in row.missing),
    )
