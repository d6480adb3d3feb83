"""Several files against each other, and their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiban.formats.careplan.checks import Report
from kiban.formats.careplan.layouts import Code, Kind, Readings, Severity, Strictness, Who, names, samples
from kiban.formats.careplan.layouts.samples import SCENE
from tests.formats.careplan.making import cell, changed, check, content, name_of, places_and_codes, raw, rows_of

E, W = Severity.ERROR, Severity.WARNING
K = Kind


def only(report: Report, code: Code) -> list[tuple[str, int | None, int | None]]:
    """Kind of file, line and column of the findings with a code."""
    return [(kind, line, column) for kind, line, column, found in places_and_codes(report) if found is code]


# Names --------------------------------------------------------------------------------------------------------------

GOOD = "UPPLAN_202610_1370000010_43_1370000028_11_20260925093000.CSV"
NAMES = [
    (GOOD.replace(".CSV", ".csv"), Code.NAME_EXTENSION, W, Who.SENDER),
    (GOOD.replace(".CSV", ".txt"), Code.NAME_EXTENSION, W, Who.SENDER),
    (GOOD.replace("UPPLAN", "upplan"), Code.NAME_CASE, W, Who.SENDER),
    (GOOD.replace(".CSV", " (1).CSV"), Code.NAME_COPY, W, Who.US),
    (GOOD.replace(".CSV", " - コピー.CSV"), Code.NAME_COPY, W, Who.US),
    (GOOD.replace("_", "\u0332"), Code.NAME_SEPARATOR, W, Who.SENDER),
    (GOOD.replace("1370000010", "370000010"), Code.NAME_OFFICE, E, Who.SENDER),
    (GOOD.replace("1370000028", "1370000010"), Code.NAME_TO_ITSELF, E, Who.SENDER),
    (GOOD.replace("_43_", "_431_"), Code.NAME_SERVICE_3, E, Who.SENDER),
    (GOOD.replace("_43_", "_4_"), Code.NAME_SERVICE, E, Who.SENDER),
    (GOOD.replace("_43_", "_").replace("_11_", "_"), Code.NAME_WITHOUT_SERVICE, W, Who.SENDER),
    (GOOD.replace("202610", "202613"), Code.NAME_MONTH, E, Who.SENDER),
    (GOOD.replace("202610", "000000"), Code.NAME_MONTH, E, Who.SENDER),
    (GOOD.replace("20260925093000", "202609250930001"), Code.NAME_SEQUENCE, E, Who.SENDER),
    (GOOD.replace("20260925093000", "20260925093060"[:12] + "99"), Code.NAME_SEQUENCE, E, Who.SENDER),
    (GOOD.replace("_202610", ""), Code.NAME_MONTH, E, Who.SENDER),
    ("UPPLAN_202610.CSV", Code.FILE_NAME, E, Who.SENDER),
    ("予定10月.CSV", Code.FILE_NAME, E, Who.SENDER),
    ("UPJSK_202610_1370000010_43_1370000028_11_20260925093000.CSV", Code.NAME_SWAPPED, W, Who.SENDER),
    ("UPKIHON_IMAGE_1370000010_43_1370000028_11_20260925093000.jpg", Code.FILE_NAME, E, Who.SENDER),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "severity", "who"), NAMES)
def test_a_wrong_name(name: str, code: Code, severity: Severity, who: Who) -> None:
    _, problems = names.parse(name)
    assert (code, severity, who) in [(problem.code, problem.severity, problem.who) for problem in problems]


def test_a_wrong_name_is_told_of_a_file_that_can_be_read() -> None:
    report = check({"10月分.CSV": content(K.ACTUAL)})
    assert [(finding.file, finding.line, finding.code) for finding in report.findings] == [
        ("10月分.CSV", None, Code.FILE_NAME)
    ]
    assert report.rows == len(rows_of(K.ACTUAL))


def test_a_file_under_the_name_of_another_kind() -> None:
    files = samples.unit("schedule")
    name, other = name_of(K.SCHEDULE), name_of(K.BENEFIT)
    files[name], files[other] = files[other], files[name]
    report = check(files)
    assert only(report, Code.KIND_DIFFERS) == [("UPPLAN", None, None), ("UPSIKYU", None, None)]
    assert "第7表" in next(finding.message for finding in report.findings if finding.code is Code.KIND_DIFFERS)


# Units --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["plan", "schedule"])
def test_a_file_of_the_unit_is_missing(unit: str) -> None:
    whole = samples.unit(unit)
    for name in whole:
        report = check({other: data for other, data in whole.items() if other != name})
        found = [finding for finding in report.findings if finding.code is Code.UNIT_INCOMPLETE]
        assert len(found) == 1
        assert name.split("_")[0] in found[0].message
        assert (found[0].line, found[0].column, found[0].severity) == (None, None, E)


def test_sheet_3_belongs_to_the_unit_unless_a_reading_says_otherwise() -> None:
    files = {name: data for name, data in samples.unit("plan").items() if not name.startswith("UP3KYO")}
    assert only(check(files), Code.UNIT_INCOMPLETE) == [("UP1KYO", None, None)]
    assert check(files, Readings(plan_unit_with_sheet3=Strictness.IGNORE)).findings == []


def test_sub_tables_do_not_travel_without_their_parent() -> None:
    files = samples.unit("prevention")
    files = {name: data for name, data in files.items() if name.startswith("UPYOBO_SUB")}
    assert "UPYOBO_" in check(files).findings[0].message
    files = {name: data for name, data in samples.unit("basic").items() if not name.startswith("UPKIHON_1")}
    assert Code.UNIT_INCOMPLETE in [finding.code for finding in check(files).findings]


def test_files_with_different_sequences_are_different_units() -> None:
    later = replace(SCENE, sequence="20260925093001")
    files = samples.unit("schedule")
    files[name_of(K.BENEFIT, later)] = files.pop(name_of(K.BENEFIT))
    assert only(check(files), Code.UNIT_INCOMPLETE) == [
        ("UPPLAN", None, None), ("UPSIKYU", None, None), ("UPSIKYU", None, None),
    ]  # fmt: skip


def test_two_units_under_one_sequence() -> None:
    report = check({**samples.unit("schedule"), **samples.unit("plan")})
    assert only(report, Code.UNIT_MIXED) != []
    assert {finding.code for finding in report.findings} == {Code.UNIT_MIXED}


def test_the_same_kind_twice_under_one_sequence() -> None:
    november = replace(SCENE, month="202611")
    report = check({**samples.unit("actual"), **samples.unit("actual", november)})
    assert only(report, Code.UNIT_TWICE) == [("UPJSK", None, None)]


def test_months_of_the_names_of_a_unit_differ() -> None:
    files = samples.unit("schedule")
    november = replace(SCENE, month="202611")
    del files[name_of(K.BENEFIT)]
    files[name_of(K.BENEFIT, november)] = content(K.BENEFIT, november)
    assert ("UPSIKYU", None, None) in only(check(files), Code.TWO_MONTHS)


def test_one_sequence_for_two_receivers() -> None:
    other = replace(SCENE, service_office="1370000036")
    report = check({**samples.unit("schedule"), **samples.unit("schedule", other)})
    assert {finding.code for finding in report.findings} == {Code.SEQUENCE_REPEATED}
    assert report.findings[0].severity is W


# Keys ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("child", "column", "value"),
    [
        (K.PLAN2, 5, "20260926"), (K.PLAN3, 3, "0000000099"), (K.BENEFIT, 2, "131130"),
        (K.BASIC_DAY, 4, "20260926"), (K.BASIC_HISTORY, 4, "20260926"), (K.PREVENTION_LINES, 4, "20260926"),
    ],
)  # fmt: skip
def test_a_row_whose_parent_is_not_there(child: Kind, column: int, value: str) -> None:
    report = check(cell(child, 1, column, value, lines=1))
    found = only(report, Code.KEY_ORPHAN)
    assert [(kind, line) for kind, line, _ in found] == [(child.value, 1)]


def test_a_user_without_the_rows_that_go_with_it() -> None:
    report = check(changed(K.USER, lambda rows: rows.pop()))
    assert [(finding.code, finding.severity) for finding in report.findings] == [(Code.KEY_MISSING, E)]
    assert places_and_codes(report)[0][:3] == ("UPPLAN", 9, 3)
    report = check(changed(K.PLAN2, lambda rows: rows.__delitem__(slice(0, 4))))
    assert [(finding.code, finding.severity, finding.line) for finding in report.findings] == [(Code.KEY_MISSING, W, 1)]


def test_a_user_who_is_none_of_the_receivers() -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows[4:8]:
            row[19] = "1370000099"

    files = changed(K.SCHEDULE, change)
    report = check(files)
    assert places_and_codes(report) == [("UPPLAN", 5, 20, Code.USER_NOT_OF_RECEIVER)]
    assert report.findings[0].severity is E
    assert check(files, Readings(receiver_of_user=Strictness.IGNORE)).findings == []

    def one_line(rows: list[list[str]]) -> None:
        for row in rows[4:7]:
            row[19] = "1370000099"

    assert check(changed(K.SCHEDULE, one_line)).findings == [], "a plan shows the services of all offices"


def test_images_and_the_rows_that_name_them() -> None:
    files = samples.unit("basic")
    image = next(name for name in files if "IMAGE" in name)
    report = check({name: data for name, data in files.items() if name != image})
    assert [(finding.code, finding.column) for finding in report.findings] == [(Code.IMAGE_MISSING, 62)]
    rows = list(samples.rows(samples.kinds.layout(K.BASIC), images=True))
    rows[0][61] = ""
    report = check({**files, samples.file_name(K.BASIC): raw(K.BASIC, rows)})
    assert [(finding.file, finding.code) for finding in report.findings] == [(image, Code.IMAGE_NOT_NAMED)]
    assert check({**files, image: b"not a picture"}).exit_code == 2
    assert [finding.code for finding in check({**files, image: files[image][:-2]}).findings] == [Code.CUT_OFF]


# Totals of 第7表 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [17, 18, 22, 24, 26, 28])
def test_a_wrong_grand_total(column: int) -> None:
    report = check(cell(K.BENEFIT, 6, column, "12345"))
    assert places_and_codes(report) == [("UPSIKYU", 6, column, Code.TOTAL_WRONG)]
    assert "12,345" in report.findings[0].message


def test_a_wrong_subtotal_and_a_wrong_line() -> None:
    assert ("UPSIKYU", 5, 18, Code.SUBTOTAL_WRONG) in places_and_codes(check(cell(K.BENEFIT, 5, 18, "1")))
    assert places_and_codes(check(cell(K.BENEFIT, 2, 18, "1")))[0] == ("UPSIKYU", 5, 18, Code.SUBTOTAL_WRONG)


def test_lines_without_total_or_subtotal() -> None:
    assert places_and_codes(check(changed(K.BENEFIT, lambda rows: rows.pop(5)))) == [
        ("UPSIKYU", 1, 9, Code.TOTAL_MISSING)
    ]
    report = check(changed(K.BENEFIT, lambda rows: rows.pop(4)))
    assert ("UPSIKYU", 1, 9, Code.SUBTOTAL_MISSING) in places_and_codes(report)
    report = check(changed(K.BENEFIT, lambda rows: rows.insert(6, [*rows[5][:32], "1", *rows[5][33:]])))
    assert places_and_codes(report) == [("UPSIKYU", 7, 9, Code.TOTAL_TWICE)]


def test_a_user_in_two_places_of_the_file() -> None:
    report = check(changed(K.BENEFIT, lambda rows: rows.append([*rows[0][:8], "119999", *rows[0][9:]])))
    assert places_and_codes(report) == [("UPSIKYU", 19, 9, Code.TOTAL_MISSING)]
    assert report.findings[0].severity is W


def _amounts(rows: list[list[str]], *lines: tuple[str, str, str, str, str]) -> None:
    """Replace the first user's lines: code, 単位金額, 給付管理単位数, 区分内, 30日超."""
    pattern = rows[0]
    new = []
    for code, units, managed, inside, over in lines:
        row = [*pattern]
        for at in (*range(16, 32),):
            row[at] = ""
        row[6] = "9999999999" if code == "999999" else row[6]
        row[8], row[16], row[17], row[21], row[32] = code, units, managed, inside, over
        new.append(row)
    rows[0:6] = new


@pytest.mark.parametrize(
    "lines",
    [
        # a line outside 区分支給限度 (managed blank), its subtotal left out
        [("111211", "100", "100", "", "0"), ("111212", "50", "50", "", "0"), ("116275", "20", "", "", "0"),
         ("11AAAA", "150", "150", "150", "0"), ("999999", "170", "150", "150", "0")],
        # all three subtotals
        [("211211", "100", "100", "", "0"), ("216275", "20", "", "", "0"), ("211213", "30", "30", "", "1"),
         ("21AAAA", "100", "100", "100", "0"), ("21EEEE", "20", "", "", "0"), ("21ZZZZ", "30", "30", "", "1"),
         ("999999", "150", "130", "100", "0")],
        # one line, no subtotal
        [("111211", "100", "100", "100", "0"), ("999999", "100", "100", "100", "0")],
        # 給付管理単位数 left out everywhere, as a simple case may
        [("111211", "100", "", "100", "0"), ("999999", "0", "", "100", "0")],
        # the subtotal is of everything
        [("111211", "100", "100", "", "0"), ("116275", "20", "", "", "0"),
         ("11AAAA", "120", "100", "100", "0"), ("999999", "120", "100", "100", "0")],
    ],
)  # fmt: skip
def test_every_reading_of_the_lines_is_taken(lines: list[tuple[str, str, str, str, str]]) -> None:
    assert check(changed(K.BENEFIT, lambda rows: _amounts(rows, *lines))).findings == []


def test_the_quick_look_and_the_close_one_agree() -> None:
    """Users in the middle of a file are looked at quickly; the first and the last closely."""
    scene = replace(SCENE, users=9)
    for user in range(9):
        report = check(changed(K.BENEFIT, lambda rows, at=user: rows[6 * at + 5].__setitem__(23, "1"), scene))  # type: ignore[misc]
        assert places_and_codes(report) == [("UPSIKYU", 6 * user + 6, 24, Code.TOTAL_WRONG)]
        report = check(changed(K.BENEFIT, lambda rows, at=user: rows[6 * at + 4].__setitem__(17, "1"), scene))  # type: ignore[misc]
        assert (places_and_codes(report)[0][1:]) == (6 * user + 5, 18, Code.SUBTOTAL_WRONG)
