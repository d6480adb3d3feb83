"""The worked examples the standard prints, as far as they are text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.formats.careplan.layouts import Code, Kind, names, samples
from tests.formats.careplan.making import cell, changed, check

FIVE_ROWS = [("1", "1", "1"), ("1", "1", "2"), ("1", "1", "3"), ("1", "2", "1"), ("2", "1", "1")]


def test_sheet_2_with_five_rows() -> None:
    """A new short-term goal keeps 援助目標NO; what repeats is blank; two lines are not insured."""

    def change(rows: list[list[str]]) -> None:
        new = []
        for user in range(3):
            for at, numbers in enumerate(FIVE_ROWS):
                row = [*rows[4 * user]]
                row[5], row[7], row[12] = numbers
                if at not in (0, 4):
                    row[6] = row[8] = ""
                if at in (1, 3):
                    row[14] = row[16] = ""
                new.append(row)
        rows[:] = new

    report = check(changed(Kind.PLAN2, change))
    assert report.findings == []


def test_the_numbers_of_sheet_2_are_unique_in_a_plan() -> None:
    report = check(cell(Kind.PLAN2, 2, 13, "1"))
    assert [(finding.code, finding.line) for finding in report.findings] == [(Code.DUPLICATE, 2)]


def test_sheet_3_with_six_records_two_of_each_kind() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[:3] = [[*row] for row in rows[:3] for _ in range(2)]

    assert check(changed(Kind.PLAN3, change)).findings == []


def test_pro_rata_days_one_to_five() -> None:
    assert check(cell(Kind.SCHEDULE, 1, 11, "1" * 5 + "0" * 26)).findings == []
    september = replace(samples.SCENE, month="202609")

    def change(rows: list[list[str]]) -> None:
        rows[0][10] = "1" * 31

    report = check(changed(Kind.ACTUAL, change, september))
    assert [(finding.code, finding.line, finding.column) for finding in report.findings] == [
        (Code.DAY_NOT_IN_MONTH, 1, 11)
    ]


def test_the_number_of_a_person_on_welfare_only() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[0][2] = "H123456789"

    assert check(changed(Kind.PLAN1_DELETE, change)).findings == []


@pytest.mark.parametrize(
    "name",
    [
        "UPPLAN_201912_0300000100_0300000005_20191025200201.CSV",
        "UP1KYO_0300000100_0300000005_20191025200201.CSV",
        "UPHOSOKU_000000_0300000100_0300000005_20191025200201.CSV",
    ],
)
def test_names_of_v3_2(name: str) -> None:
    found, problems = names.parse(name)
    assert found is not None and found.sender_service is None and found.sequence == "20191025200201"
    assert [problem.code for problem in problems] == [Code.NAME_WITHOUT_SERVICE]
    with pytest.raises(ValueError, match="旧版"):
        found.compose()


def test_both_ways_to_put_the_two_kinds_of_service_of_actuals() -> None:
    """The standard's own examples have the pair the wrong way round."""
    logical = "UPJSK_202610_0300000005_11_0300000100_43_20261105093000.CSV"
    printed = "UPJSK_202610_0300000005_43_0300000100_11_20261105093000.CSV"
    assert names.parse(logical)[1] == []
    found, problems = names.parse(printed)
    assert found is not None and found.sender == "0300000005"
    assert [problem.code for problem in problems] == [Code.NAME_SWAPPED]
