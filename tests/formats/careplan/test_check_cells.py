"""One cell wrong at a time → exactly the finding that says so."""

from __future__ import annotations

import itertools

import pytest

from kiban.formats.careplan.layouts import Code, Kind, Readings, Severity, Strictness, Who, layout, samples
from tests.formats.careplan.making import (
    cell,
    changed,
    check,
    content,
    name_of,
    places_and_codes,
    raw,
    rows_of,
    with_content,
)

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741
K = Kind


@pytest.mark.parametrize("unit", samples.UNITS)
def test_nothing_is_found_in_a_sample(unit: str) -> None:
    report = check(samples.unit(unit))
    assert report.findings == []
    assert report.exit_code == 0
    assert report.rows > 0


# kind, row, column, value → code, severity, a word of the message
CELLS: list[tuple[Kind, int, int, str, Code, Severity, str]] = [
    (K.SCHEDULE, 2, 3, "", Code.REQUIRED, E, "空白"),
    (K.SCHEDULE, 2, 4, "", Code.REQUIRED, E, "空白"),
    (K.SCHEDULE, 2, 14, "　", Code.REQUIRED, E, "空白"),
    (K.SCHEDULE, 2, 6, "", Code.REQUIRED, W, "読み取りが確かでない"),
    (K.PLAN2, 2, 4, "", Code.REQUIRED, W, "読み取りが確かでない"),
    (K.PLAN1, 1, 9, "", Code.REQUIRED, E, "空白"),
    (K.PREVENTION, 1, 6, "", Code.REQUIRED, W, "読み取りが確かでない"),
    (K.BENEFIT, 1, 33, "", Code.REQUIRED, E, "空白"),
    (K.SCHEDULE, 3, 2, "13113", Code.FORM, E, "6けたの保険者番号"),
    (K.PLAN1_DELETE, 1, 3, "H12345", Code.FORM, E, "Hと9けた"),
    (K.SCHEDULE, 3, 10, "20261032", Code.DATE_IMPOSSIBLE, E, "「20261032」は、暦にない日"),
    (K.PLAN1, 2, 18, "20260229", Code.DATE_IMPOSSIBLE, E, "暦にない日"),
    (K.PLAN1, 2, 18, "2026/9/1", Code.FORM, E, "「20261005」のような8けた"),
    (K.PLAN1, 2, 18, "２０２６０９０１", Code.FULL_WIDTH, E, "全角"),
    (K.PLAN1, 2, 18, " 20260901", Code.FORM, E, "空白が付いて"),
    (K.ACTUAL, 1, 12, "2560", Code.TIME_IMPOSSIBLE, E, "時刻としてありえません"),
    (K.ACTUAL, 1, 13, "2400", Code.TIME_IMPOSSIBLE, W, "24時"),
    (K.ACTUAL, 1, 12, "9:00", Code.FORM, E, "4けたの時刻"),
    (K.PLAN1, 1, 21, "99", Code.CODE_UNKNOWN, E, "「99」は、決められたコードにありません"),
    (K.USER, 1, 18, "6", Code.CODE_UNKNOWN, E, "先頭の0がありません。「06」"),
    (K.BASIC, 1, 23, "06", Code.CODE_UNKNOWN, E, "決められたコード"),
    (K.PREVENTION, 1, 14, "12", Code.CODE_UNKNOWN, E, "決められたコード"),
    (K.PLAN2, 1, 15, "Ｙ", Code.FULL_WIDTH, E, "半角"),
    (K.PLAN3, 1, 7, "0", Code.CODE_UNKNOWN, E, "決められたコード"),
    (K.SCHEDULE, 1, 8, "1234567", Code.LENGTH, E, "7文字あります"),
    (K.SCHEDULE, 1, 8, "10.0", Code.FORM, E, "コンマや小数点のない"),
    (K.USER, 1, 12, "03-0000-0000-0000-0", Code.FORM, E, "15文字以内"),
    (K.USER, 1, 9, "1500001", Code.FORM, E, "郵便番号"),
    (K.USER, 1, 62, "1", Code.NOT_USED, W, "使わないことになっている"),
    (K.PLAN2, 1, 6, "0", Code.FORM, E, "1から99まで"),
    (K.SCHEDULE, 1, 11, "1" * 30, Code.FORM, E, "31文字"),
    (K.SCHEDULE, 1, 15, "331111", Code.SERVICE_OUT_OF_SCOPE, W, "特定施設入居者生活介護"),
    (K.SCHEDULE, 1, 15, "991111", Code.SERVICE_UNKNOWN, W, "対象サービスにない種類"),
    (K.SCHEDULE, 1, 15, "11121", Code.FORM, E, "6けたのサービスコード"),
    (K.ACTUAL_DELETE, 1, 6, "43", Code.SERVICE_UNKNOWN, W, "対象サービスにない種類"),
    (K.SCHEDULE, 1, 16, "1-10", Code.FORM, E, "TAISコード"),
    (K.BENEFIT, 1, 23, "11,4", Code.COLUMN_COUNT, E, "の数が違います"),
    (K.BENEFIT, 1, 23, "1140", Code.FORM, E, "単価"),
    (K.BENEFIT, 1, 34, "1234567890", Code.FORM, E, "9999999999"),
    # Several columns of a row
    (K.PLAN1, 1, 20, "20250101", Code.DATE_ORDER, E, "認定有効期間終了日が、開始日より前"),
    (K.PLAN1, 1, 15, "20270101", Code.DATE_ORDER, E, "初回の作成日より前"),
    (K.PLAN1, 1, 25, "3", Code.DETAIL_MISSING, W, "理由が書かれていません"),
    (K.USER, 1, 15, "20200101", Code.DATE_ORDER, E, "開始年月日より前"),
    (K.BASIC, 1, 8, "03", Code.DETAIL_MISSING, W, "相談方法"),
    (K.SCHEDULE, 1, 10, "20261101", Code.DAY_NOT_IN_MONTH, E, "11月で、対象年月(令和8年10月(2026年))"),
    (K.SCHEDULE, 1, 12, "9999", Code.TIME_HALF, E, "片方だけが9999"),
    (K.SCHEDULE, 1, 13, "0100", Code.TIME_ORDER, I, "開始時刻より前"),
    (K.SCHEDULE, 1, 19, "1", Code.LINE_NUMBER, W, "福祉用具貸与だけ"),
    (K.BENEFIT, 1, 7, "9999999999", Code.GRAND_TOTAL_OFFICE, E, "片方だけ"),
]  # fmt: skip
# A rule over two columns is shown at the second of them.
SHOWN_AT = {(K.PLAN1, 15): 14, (K.SCHEDULE, 12): 13, (K.BENEFIT, 7): 9}
OVER_TWO = {Code.DATE_ORDER, Code.TIME_HALF, Code.GRAND_TOTAL_OFFICE}


@pytest.mark.parametrize("wrong", CELLS, ids=lambda wrong: f"{wrong[0].value}-{wrong[2]}-{wrong[4].value}-{wrong[3]}")
def test_a_wrong_value_is_found_at_its_place(wrong: tuple[Kind, int, int, str, Code, Severity, str]) -> None:
    kind, row, column, value, code, severity, words = wrong
    files = cell(kind, row, column, value)
    if code is Code.DETAIL_MISSING:  # the explanation is there in the sample: take it away

        def explained_not(rows: list[list[str]]) -> None:
            rows[row - 1][column - 1], rows[row - 1][column] = value, ""

        files = changed(kind, explained_not)
    report = check(files)
    found = [finding for finding in report.findings if finding.code is code]
    assert found, report.findings
    finding = found[0]
    assert finding.severity is severity
    assert words in finding.message
    assert finding.file == name_of(kind)
    assert finding.line is not None
    if code is Code.COLUMN_COUNT:
        assert (finding.column, finding.column_name) == (None, None)
    elif code is not Code.DETAIL_MISSING:
        place = SHOWN_AT.get((kind, column), column) if code in OVER_TWO else column
        assert (finding.column, finding.column_name) == (place, layout(kind).column(place).name)
    assert finding.remedy.endswith("。")
    assert report.exit_code == (0 if severity is I else 1)


def test_the_line_is_that_of_the_row_also_after_texts_over_several_lines() -> None:
    rows = rows_of(K.PLAN3)
    rows[7][6] = "9"  # eight rows on; those before have texts over two lines
    report = check(with_content(K.PLAN3, raw(K.PLAN3, rows)))
    before = sum(1 + row[12].count("\r\n") for row in rows[:7])
    assert [(finding.line, finding.column, finding.code) for finding in report.findings] == [
        (before + 1, 7, Code.CODE_UNKNOWN)
    ]


def test_values_about_a_person_are_never_repeated() -> None:
    for column, value in ((3, "1234"), (8, "19350230"), (9, "999-99999"), (12, "090ー1234")):
        report = check(cell(K.USER, 1, column, value))
        of_column = [finding for finding in report.findings if finding.column == column]
        assert of_column
        assert not any(value in finding.message + finding.remedy for finding in report.findings)


@pytest.mark.parametrize(
    ("service", "tais", "notified", "fault"),
    [
        ("171011", "", "", True),
        ("671011", "", "", True),
        ("171011", "00001-000010", "", False),
        ("171011", "", "ABC1", False),
    ],
)
def test_equipment_needs_one_of_two_codes(service: str, tais: str, notified: str, fault: bool) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[0][14:17] = [service, tais, notified]

    report = check(changed(K.SCHEDULE, change))
    assert [finding.code for finding in report.findings] == ([Code.TAIS_MISSING] if fault else [])
    if fault:
        files = changed(K.SCHEDULE, change)
        assert check(files, Readings(tais=Strictness.IGNORE)).exit_code == 0
        assert check(files, Readings(tais=Strictness.WARNING)).findings[0].severity is W


def test_readings_decide_what_a_doubtful_blank_is() -> None:
    files = cell(K.SCHEDULE, 1, 8, "")
    assert check(files).findings == []
    assert check(files, Readings(sheet6_units=Strictness.ERROR)).findings[0].column == 8
    files = cell(K.SCHEDULE, 1, 6, "")
    assert check(files, Readings(doubtful_marks=Strictness.IGNORE)).findings == []
    assert check(files, Readings(doubtful_marks=Strictness.ERROR)).findings[0].severity is E
    files = cell(K.SCHEDULE, 1, 19, "123")
    assert places_and_codes(check(files, Readings(line_number_length=2)))[0][2:] == (19, Code.LENGTH)
    files = cell(K.BENEFIT, 1, 30, "123")
    assert check(files).findings == []
    assert places_and_codes(check(files, Readings(sheet7_days_before=2)))[0][2:] == (30, Code.LENGTH)


def test_characters_outside_ms932_one_by_one_with_their_place() -> None:
    text = content(K.PLAN1).decode("cp932").replace("試験用の利用者住所１", "𠮷田鷗町")
    report = check(with_content(K.PLAN1, text.encode()))
    own = [finding for finding in report.findings if finding.code is Code.CHARACTER]
    assert [(finding.line, finding.column, finding.message[:4]) for finding in own[:2]] == [
        (1, 6, "1文字目"),
        (1, 6, "3文字目"),
    ]
    assert "「𠮷」(U+20BB7)" in own[0].message and "「鷗」(U+9DD7)" in own[1].message
    assert len(own) == 2 * 3
    assert all(finding.severity is E and finding.who is Who.SENDER for finding in own)


def test_external_and_broken_characters() -> None:
    data = content(K.PLAN1).replace("試験用の利用者住所１".encode("cp932"), b"A\xf0\x40B", 1)
    data = data.replace("試験用の利用者住所２".encode("cp932"), b"A\x81 B", 1)
    report = check(with_content(K.PLAN1, data))
    assert [(finding.line, finding.column, finding.code) for finding in report.findings if finding.line] == [
        (1, 6, Code.CHARACTER_EXTERNAL),
        (1, 7, Code.CHARACTER_BROKEN),
    ]
    assert "2文字目" in report.findings[0].message and "外字" in report.findings[0].message


def test_the_table_of_wrong_values_has_no_double() -> None:
    for wrong, other in itertools.combinations(CELLS, 2):
        assert wrong[:4] != other[:4]
