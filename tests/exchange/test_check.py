"""One thing wrong at a time → exactly the finding that says so."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiban.formats.careplan.checks import check_sources
from kiban.formats.careplan.checks.collecting import EACH
from kiban.formats.careplan.layouts import Code, Kind, Readings, Severity, Strictness, Who, layout, of_bytes, samples
from tests.exchange.making import cell, changed, check, content, name_of, raw, rows_of, told, with_content

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
    (K.SCHEDULE, 1, 10, "20261101", Code.DAY_NOT_IN_MONTH, E, "11月で、対象年月(2026年10月)"),
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
    found = [one for one in report.findings if one.code is code]
    assert found, report.findings
    one = found[0]
    assert one.severity is severity
    assert words in one.message
    assert one.file == name_of(kind)
    assert one.line is not None
    if code is Code.COLUMN_COUNT:
        assert (one.column, one.column_name) == (None, None)
    elif code is not Code.DETAIL_MISSING:
        place = SHOWN_AT.get((kind, column), column) if code in OVER_TWO else column
        assert (one.column, one.column_name) == (place, layout(kind).column(place).name)
    assert one.remedy.endswith("。")
    assert report.exit_code == (0 if severity is I else 1)


def test_the_line_is_that_of_the_row_also_after_texts_over_several_lines() -> None:
    rows = rows_of(K.PLAN3)
    rows[7][6] = "9"  # eight rows on; those before have texts over two lines
    report = check(with_content(K.PLAN3, raw(K.PLAN3, rows)))
    before = sum(1 + row[12].count("\r\n") for row in rows[:7])
    assert [(one.line, one.column, one.code) for one in report.findings] == [(before + 1, 7, Code.CODE_UNKNOWN)]


def test_values_about_a_person_are_never_repeated() -> None:
    for column, value in ((3, "1234"), (8, "19350230"), (9, "999-99999"), (12, "090ー1234")):
        report = check(cell(K.USER, 1, column, value))
        told_of = [one for one in report.findings if one.column == column]
        assert told_of
        assert not any(value in one.message + one.remedy for one in report.findings)


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
    assert [one.code for one in report.findings] == ([Code.TAIS_MISSING] if fault else [])
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
    assert told(check(files, Readings(line_number_length=2)))[0][2:] == (19, Code.LENGTH)
    files = cell(K.BENEFIT, 1, 30, "123")
    assert check(files).findings == []
    assert told(check(files, Readings(sheet7_days_before=2)))[0][2:] == (30, Code.LENGTH)


# Characters ---------------------------------------------------------------------------------------------------------


def test_characters_outside_ms932_one_by_one_with_their_place() -> None:
    text = content(K.PLAN1).decode("cp932").replace("試験用の利用者住所１", "𠮷田鷗町")
    report = check(with_content(K.PLAN1, text.encode()))
    own = [one for one in report.findings if one.code is Code.CHARACTER]
    assert [(one.line, one.column, one.message[:4]) for one in own[:2]] == [(1, 6, "1文字目"), (1, 6, "3文字目")]
    assert "「𠮷」(U+20BB7)" in own[0].message and "「鷗」(U+9DD7)" in own[1].message
    assert len(own) == 2 * 3
    assert all(one.severity is E and one.who is Who.SENDER for one in own)


def test_external_and_broken_characters() -> None:
    data = content(K.PLAN1).replace("試験用の利用者住所１".encode("cp932"), b"A\xf0\x40B", 1)
    data = data.replace("試験用の利用者住所２".encode("cp932"), b"A\x81 B", 1)
    report = check(with_content(K.PLAN1, data))
    assert [(one.line, one.column, one.code) for one in report.findings if one.line] == [
        (1, 6, Code.CHARACTER_EXTERNAL),
        (1, 7, Code.CHARACTER_BROKEN),
    ]
    assert "2文字目" in report.findings[0].message and "外字" in report.findings[0].message


# The file as a whole ------------------------------------------------------------------------------------------------


def _text(kind: Kind) -> str:
    return content(kind).decode("cp932")


VARIANTS: list[tuple[Callable[[], bytes], Code, Severity, str]] = [
    (lambda: _text(K.ACTUAL).encode(), Code.UTF8, W, "UTF-8です"),
    (lambda: _text(K.ACTUAL).encode("utf-8-sig"), Code.UTF8, W, "BOM付き"),
    (lambda: content(K.ACTUAL).replace(b"\r\n", b"\n"), Code.LINE_END, W, "LFだけ"),
    (lambda: content(K.ACTUAL).replace(b"\r\n", b"\r"), Code.LINE_END, W, "CRだけ"),
    (lambda: content(K.ACTUAL)[:-2], Code.LAST_LINE_END, I, "改行がありません"),
    (
        lambda: ",".join(layout(K.ACTUAL).names).encode("cp932") + b"\r\n" + content(K.ACTUAL),
        Code.HEADER_LINE, W, "見出し",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code", "severity", "words"), VARIANTS)
def test_variants_are_read_with_a_word_about_them(
    data: Callable[[], bytes], code: Code, severity: Severity, words: str
) -> None:
    report = check(with_content(K.ACTUAL, data()))
    assert [one.code for one in report.findings] == [code]
    assert report.findings[0].severity is severity
    assert words in report.findings[0].message
    assert report.rows == len(rows_of(K.ACTUAL))


def test_quoted_codes_old_end_mark_and_blank_lines_are_taken() -> None:
    data = content(K.ACTUAL).replace(b"202407,131136", b'"202407","131136"').replace(b"\r\n", b"\r\n\r\n") + b"\x1a"
    assert check(with_content(K.ACTUAL, data)).findings == []


def test_bare_free_text_is_taken_and_told_of_on_demand() -> None:
    data = content(K.ACTUAL).replace(b'"', b"")
    assert check(with_content(K.ACTUAL, data)).findings == []
    report = check(with_content(K.ACTUAL, data), Readings(bare_text=Strictness.WARNING))
    assert told(report) == [("UPJSK", 1, 7, Code.BARE_TEXT)]
    assert check(samples.unit("plan"), Readings(bare_text=Strictness.WARNING)).findings == []


NOT_SUCH_FILES = [
    (b"", Code.EMPTY_FILE), (b"\r\n\r\n", Code.EMPTY_FILE), (b"\xef\xbb\xbf", Code.EMPTY_FILE),
    (b"PK\x03\x04xl/workbook", Code.NOT_EXCHANGE_FILE), (b"%PDF-1.7", Code.NOT_EXCHANGE_FILE),
    (b"\xff\xd8\xff\xe0", Code.NOT_EXCHANGE_FILE), ("名前,住所\r\n".encode("cp932"), Code.NOT_EXCHANGE_FILE),
    (b"\xff\xfea\0b\0", Code.NOT_EXCHANGE_FILE), (b"<html>", Code.NOT_EXCHANGE_FILE),
    (b'{"a":1}', Code.NOT_EXCHANGE_FILE),
    (b"a\0b", Code.NOT_EXCHANGE_FILE), (b"x" * 3_000_000, Code.NOT_EXCHANGE_FILE),
    ("\r\n".join([",".join(["202407"] + ["1"] * 48)] * 3).encode(), Code.NOT_EXCHANGE_FILE),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), NOT_SUCH_FILES)
@pytest.mark.parametrize("name", [None, "リスト.csv"])
def test_what_is_no_such_file_at_all(data: bytes, code: Code, name: str | None) -> None:
    report = check({name or name_of(K.ACTUAL): data})
    assert [(one.code, one.line, one.column) for one in report.findings] == [(code, None, None)]
    assert report.exit_code == 2


def test_23_columns_called_sheet_1_are_named_as_such() -> None:
    report = check({name_of(K.PLAN1): "\r\n".join([",".join(["202410"] + ["1"] * 22)] * 2).encode("utf-8-sig")})
    assert "標準は28列、このファイルは23列" in report.findings[0].message
    assert report.exit_code == 2


def test_a_file_cut_off_is_told_at_its_last_line() -> None:
    data = content(K.ACTUAL)
    report = check(with_content(K.ACTUAL, data[: data.rfind(b",0,")]))
    assert [one.code for one in report.findings] == [Code.COLUMN_COUNT, Code.CUT_OFF]
    assert {one.line for one in report.findings} == {len(rows_of(K.ACTUAL))}
    first = check({name_of(K.ACTUAL): data[: data.find(b",,0,")]})
    assert [one.code for one in first.findings] == [Code.COLUMN_COUNT, Code.CUT_OFF]
    inside_text = data[: data.rfind("試験用のサービス事業所名".encode("cp932")) + 5]
    assert Code.CUT_OFF in [one.code for one in check(with_content(K.ACTUAL, inside_text)).findings]


@pytest.mark.parametrize("size", range(0, 700, 7))
def test_half_a_file_never_breaks_the_check(size: int) -> None:
    part = content(K.ACTUAL)[:size]
    report = check({name_of(K.ACTUAL): part})
    assert report.exit_code in (1, 2) or report.rows == part.count(b"202407,131136,")


def test_a_mark_that_is_never_closed_costs_its_own_row_only() -> None:
    data = content(K.PLAN2).replace('"試験用の課題"'.encode("cp932"), '"試験用の課題'.encode("cp932"), 1)
    report = check(with_content(K.PLAN2, data))
    assert [(one.line, one.code) for one in report.findings if one.code is not Code.KEY_MISSING] == [(1, Code.QUOTES)]
    assert report.rows == len(rows_of(K.PLAN1)) * 2 + len(rows_of(K.PLAN3)) + len(rows_of(K.PLAN2)) - 1


def test_a_mark_inside_a_text_that_is_not_doubled() -> None:
    data = content(K.PLAN2).replace("試験用の課題".encode("cp932"), '試験"用の"課題'.encode("cp932"), 1)
    report = check(with_content(K.PLAN2, data))
    assert [(one.line, one.code) for one in report.findings] == [(1, Code.QUOTES)]


@pytest.mark.parametrize(("sign", "words"), [(",", "コンマ"), ("\r\n", "改行")])
def test_bare_text_with_a_comma_or_line_end_is_explained(sign: str, words: str) -> None:
    data = content(K.PLAN2).replace('"試験用の課題"'.encode("cp932"), f"試験用{sign}課題".encode("cp932"), 1)
    report = check(with_content(K.PLAN2, data))
    found = [one for one in report.findings if one.code is Code.COLUMN_COUNT]
    assert found[0].line == 1
    assert words in found[0].remedy


# Versions and months ------------------------------------------------------------------------------------------------


def _version(version: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        for row in rows:
            row[0] = version

    return change


@pytest.mark.parametrize(
    ("version", "code", "severity", "words"),
    [
        ("202410", Code.VERSION_UNKNOWN, E, "202407"),
        ("202404", Code.VERSION_UNKNOWN, E, "例にある誤り"),
        ("202504", Code.OLD_VERSION, W, "4.0版"),
        ("209912", Code.VERSION_UNKNOWN, E, "どの版の番号でもありません"),
    ],
)
def test_other_versions(version: str, code: Code, severity: Severity, words: str) -> None:
    report = check(changed(K.ACTUAL, _version(version)))
    assert [(one.line, one.column, one.code, one.severity) for one in report.findings] == [(1, 1, code, severity)]
    assert words in report.findings[0].message


@pytest.mark.parametrize(("kind", "dropped"), [(K.ACTUAL, slice(15, 18)), (K.BENEFIT, slice(9, 12))])
def test_v3_2_is_read_by_version_and_column_count(kind: Kind, dropped: slice) -> None:
    rows = rows_of(kind)
    for row in rows:
        row[0] = "202208"
        del row[dropped]
    data = "".join(",".join(row) + "\r\n" for row in rows).encode("cp932")
    report = check({name_of(kind).replace("_43", "").replace("_11", ""): data})
    codes = {one.code for one in report.findings if one.code is not Code.UNIT_INCOMPLETE}
    assert codes == {Code.OLD_VERSION, Code.NAME_WITHOUT_SERVICE}
    assert report.rows == len(rows)
    assert "推定" in next(one.message for one in report.findings if one.code is Code.OLD_VERSION)


def test_version_and_column_count_that_disagree() -> None:
    rows = rows_of(K.ACTUAL)
    for row in rows:
        del row[15:18]
    data = "".join(",".join(row) + "\r\n" for row in rows).encode("cp932")
    report = check({name_of(K.ACTUAL): data})
    assert told(report) == [("UPJSK", 1, 1, Code.VERSION_LAYOUT)]
    assert ("UPJSK", 1, 1, Code.VERSION_LAYOUT) in told(check(changed(K.ACTUAL, _version("202208"))))


def test_mixed_versions_in_one_file() -> None:
    report = check(cell(K.ACTUAL, 3, 1, "202208"))
    assert told(report) == [("UPJSK", 3, 1, Code.MIXED_VERSIONS)]
    old = rows_of(K.ACTUAL)[2]
    del old[15:18]
    data = content(K.ACTUAL) + ",".join(["202208", *old[1:]]).encode("cp932") + b"\r\n"
    assert (("UPJSK", 13, None, Code.MIXED_VERSIONS)) in told(check({name_of(K.ACTUAL): data}))


def test_two_months_in_one_file() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[5][4], rows[5][9] = "202611", "20261105"

    report = check(changed(K.ACTUAL, change))
    assert told(report) == [("UPJSK", 6, 5, Code.TWO_MONTHS)]
    assert "2026年10月と2026年11月" in report.findings[0].message


def test_another_month_than_in_the_name() -> None:
    name = name_of(K.ACTUAL).replace("202610", "202609")
    assert told(check({name: content(K.ACTUAL)})) == [("UPJSK", 1, 5, Code.MONTH_NOT_NAME)]


def test_the_set_a_supplement_goes_with() -> None:
    def both(rows: list[list[str]]) -> None:
        rows[0][3] = "20260925"

    assert ("UPHOSOKU", 1, 63, Code.SET_MARK) in told(check(changed(K.USER, both)))


# Several rows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "severity"), [(K.PLAN1, E), (K.PLAN2, W), (K.ACTUAL, W), (K.SCHEDULE_DELETE, E), (K.PLAN1_DELETE, E)]
)
def test_a_row_that_stands_there_twice(kind: Kind, severity: Severity) -> None:
    report = check(changed(kind, lambda rows: rows.append(rows[0])))
    assert [(one.code, one.severity) for one in report.findings] == [(Code.DUPLICATE, severity)]
    assert report.findings[0].line == len(content(kind).splitlines()) + 1


def test_rows_of_sheet_2_without_numbers_are_no_duplicates() -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows:
            row[5] = row[7] = row[12] = ""

    assert check(changed(K.PLAN2, change)).findings == []


def test_a_gap_in_the_slots_and_a_row_of_sheet_3_with_nothing() -> None:
    assert told(check(cell(K.USER, 1, 24, "15"))) == [("UPHOSOKU", 1, 20, Code.SLOT_GAP)]

    def empty(rows: list[list[str]]) -> None:
        rows[0][5:13] = [""] * 8

    assert told(check(changed(K.PLAN3, empty))) == [("UP3KYO", 1, 6, Code.GROUP_EMPTY)]


def test_actuals_of_another_office_or_kind_of_service() -> None:
    assert told(check(cell(K.ACTUAL, 2, 20, "1370000099"))) == [("UPJSK", 2, 20, Code.OFFICE_NOT_SENDER)]
    assert told(check(cell(K.ACTUAL, 2, 15, "151111"))) == [("UPJSK", 2, 15, Code.SERVICE_NOT_SENDER)]


def test_unknown_offices_are_told_when_there_is_a_list() -> None:
    known = {samples.SCENE.plan_office, samples.SCENE.service_office}
    assert check(samples.unit("schedule"), known=known.__contains__).findings == []
    report = check(cell(K.SCHEDULE, 2, 20, "1370000099"), known=known.__contains__)
    assert told(report) == [("UPPLAN", 2, 20, Code.OFFICE_UNKNOWN)]
    assert report.findings[0].who is Who.US
    report = check(samples.unit("actual"), known={samples.SCENE.plan_office}.__contains__)
    assert report.findings[0].line is None and report.findings[0].code is Code.OFFICE_UNKNOWN


# Floods and order ---------------------------------------------------------------------------------------------------


def test_a_fault_in_every_row_is_told_a_hundred_times_and_counted() -> None:
    def change(rows: list[list[str]]) -> None:
        for row in rows:
            row[22] = "9"

    scene = replace(samples.SCENE, lines=40)
    report = check(changed(K.ACTUAL, change, scene))
    found = [one for one in report.findings if one.code is Code.CODE_UNKNOWN]
    assert len(found) == EACH
    more = report.findings[-1]
    assert (more.code, more.column, more.severity) == (Code.MORE, 23, E)
    assert f"ほかにも{3 * 40 - EACH}か所" in more.message


def test_findings_are_in_the_order_of_file_line_and_column() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[2][22], rows[2][11], rows[0][13] = "9", "9:00", "x"

    report = check(changed(K.ACTUAL, change))
    assert [(one.line, one.column) for one in report.findings] == [(1, 14), (3, 12), (3, 23)]


def test_an_unreadable_file_is_a_finding_and_the_others_are_checked() -> None:
    def gone() -> None:
        raise PermissionError(13, "no")

    broken = of_bytes("x.CSV", b"")
    object.__setattr__(broken, "open", gone)
    good = of_bytes(name_of(K.ACTUAL), content(K.ACTUAL))
    report = check_sources([broken, good])
    assert [one.code for one in report.findings] == [Code.NOT_READABLE]
    assert "読む権限がありません" in report.findings[0].message
    assert (report.exit_code, report.rows) == (2, 12)


def test_every_code_of_a_finding_is_reached_by_a_test() -> None:
    """The tables here and in the sibling tests name every code: a new rule comes with its wrong file."""
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    missing = [code.name for code in Code if f"Code.{code.name}" not in texts]
    assert missing == []


def test_the_table_of_wrong_values_has_no_double() -> None:
    for one, other in itertools.combinations(CELLS, 2):
        assert one[:4] != other[:4]
