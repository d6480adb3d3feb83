"""Rows that do not fit each other, floods of findings, and their order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiban.formats.careplan.checks import check_sources
from kiban.formats.careplan.checks.collecting import EACH
from kiban.formats.careplan.layouts import Code, Kind, Severity, Who, of_bytes, samples
from tests.formats.careplan.making import (
    cell,
    changed,
    check,
    content,
    name_of,
    places_and_codes,
)

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741
K = Kind


@pytest.mark.parametrize(
    ("kind", "severity"), [(K.PLAN1, E), (K.PLAN2, W), (K.ACTUAL, W), (K.SCHEDULE_DELETE, E), (K.PLAN1_DELETE, E)]
)
def test_a_row_that_stands_there_twice(kind: Kind, severity: Severity) -> None:
    report = check(changed(kind, lambda rows: rows.append(rows[0])))
    assert [(finding.code, finding.severity) for finding in report.findings] == [(Code.DUPLICATE, severity)]
    assert report.findings[0].line == len(content(kind).splitlines()) + 1


def test_rows_of_sheet_2_without_numbers_are_no_duplicates() -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows:
            row[5] = row[7] = row[12] = ""

    assert check(changed(K.PLAN2, change)).findings == []


def test_a_gap_in_the_slots_and_a_row_of_sheet_3_with_nothing() -> None:
    assert places_and_codes(check(cell(K.USER, 1, 24, "15"))) == [("UPHOSOKU", 1, 20, Code.SLOT_GAP)]

    def empty(rows: list[list[str]]) -> None:
        rows[0][5:13] = [""] * 8

    assert places_and_codes(check(changed(K.PLAN3, empty))) == [("UP3KYO", 1, 6, Code.GROUP_EMPTY)]


def test_actuals_of_another_office_or_kind_of_service() -> None:
    assert places_and_codes(check(cell(K.ACTUAL, 2, 20, "1370000099"))) == [("UPJSK", 2, 20, Code.OFFICE_NOT_SENDER)]
    assert places_and_codes(check(cell(K.ACTUAL, 2, 15, "151111"))) == [("UPJSK", 2, 15, Code.SERVICE_NOT_SENDER)]


def test_unknown_offices_are_told_when_there_is_a_list() -> None:
    known = {samples.SCENE.plan_office, samples.SCENE.service_office}
    assert check(samples.unit("schedule"), known=known.__contains__).findings == []
    report = check(cell(K.SCHEDULE, 2, 20, "1370000099"), known=known.__contains__)
    assert places_and_codes(report) == [("UPPLAN", 2, 20, Code.OFFICE_UNKNOWN)]
    assert report.findings[0].who is Who.US
    report = check(samples.unit("actual"), known={samples.SCENE.plan_office}.__contains__)
    assert report.findings[0].line is None and report.findings[0].code is Code.OFFICE_UNKNOWN


def test_a_fault_in_every_row_is_told_a_hundred_times_and_counted() -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows:
            row[22] = "9"

    scene = replace(samples.SCENE, lines=40)
    report = check(changed(K.ACTUAL, change, scene))
    found = [finding for finding in report.findings if finding.code is Code.CODE_UNKNOWN]
    assert len(found) == EACH
    more = report.findings[-1]
    assert (more.code, more.column, more.severity) == (Code.MORE, 23, E)
    assert f"ほかにも{3 * 40 - EACH}か所" in more.message


def test_findings_are_in_the_order_of_file_line_and_column() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[2][22], rows[2][11], rows[0][13] = "9", "9:00", "x"

    report = check(changed(K.ACTUAL, change))
    assert [(finding.line, finding.column) for finding in report.findings] == [(1, 14), (3, 12), (3, 23)]


def test_an_unreadable_file_is_a_finding_and_the_others_are_checked() -> None:
    def gone() -> None:
        raise PermissionError(13, "no")

    broken = of_bytes("x.CSV", b"")
    object.__setattr__(broken, "open", gone)
    good = of_bytes(name_of(K.ACTUAL), content(K.ACTUAL))
    report = check_sources([broken, good])
    assert [finding.code for finding in report.findings] == [Code.NOT_READABLE]
    assert "読む権限がありません" in report.findings[0].message
    assert (report.exit_code, report.rows) == (2, 12)


def test_every_code_of_a_finding_is_reached_by_a_test() -> None:
    """The tables here and in the sibling tests name every code: a new rule comes with its wrong file."""
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    missing = [code.name for code in Code if f"Code.{code.name}" not in texts]
    assert missing == []
