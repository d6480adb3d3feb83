"""Where the standard is silent, unsure or contradicts itself: each reading has a name and a default.

A supplement with questions and answers of 2026-09-01 settles some of them; its text is not known here. When it is, a
default changes in this module and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Strictness(StrEnum):
    """How a rule is applied whose ground is unsure."""

    ERROR = "error"
    WARNING = "warning"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Readings:
    """The disputed readings.

    Attributes:
        doubtful_marks: a blank where the 必須 mark was reconstructed (grade B) or is unsure (第6表 No. 6 and 7).
        sheet6_units: a blank 第6表 No. 8 単位数, at which no mark is seen. The prose makes it optional in 実績 for
            percentage add-ons only.
        sheet7_days_before: length of 第7表 No. 30 前月までの利用日数. The body says V3.2 widened it to 5, the table
            prints 2.
        line_number_length: length of 第6表 No. 19 明細判別コード; None: unknown, any length is taken.
        tais: 福祉用具貸与 without TAIS code and without 届出コード. That the column may stay blank for now
            (2025-03-06) is said of the form, for offices that do not exchange files.
        swapped_services: UPJSK and DLTJSK names with 43 beside the service office, as in the standard's own examples.
        plan_unit_with_sheet3: 第3表 belongs to the unit of a plan.
        sheet2_numbers_unique: (課題NO, 援助目標NO, 援助内容NO) is unique in a plan.
        receiver_of_user: in the 予定 for a service office, a user with no line of that office.
        bare_text: free text without quotation marks.
        record_end: records that do not end with CR LF. The standard names no record end.
    """

    doubtful_marks: Strictness = Strictness.WARNING
    sheet6_units: Strictness = Strictness.IGNORE
    sheet7_days_before: int = 5
    line_number_length: int | None = None
    tais: Strictness = Strictness.ERROR
    swapped_services: Strictness = Strictness.WARNING
    plan_unit_with_sheet3: Strictness = Strictness.ERROR
    sheet2_numbers_unique: Strictness = Strictness.WARNING
    receiver_of_user: Strictness = Strictness.ERROR
    bare_text: Strictness = Strictness.IGNORE
    record_end: Strictness = Strictness.WARNING


PLAIN = Readings()
