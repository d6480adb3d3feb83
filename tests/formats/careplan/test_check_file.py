"""A file of another shape than it should be → exactly the finding that says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiban.formats.careplan.layouts import Code, Kind, Readings, Severity, Strictness, layout, samples
from tests.formats.careplan.making import (
    cell,
    changed,
    check,
    content,
    name_of,
    places_and_codes,
    rows_of,
    with_content,
)

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741
K = Kind


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
    assert [finding.code for finding in report.findings] == [code]
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
    assert places_and_codes(report) == [("UPJSK", 1, 7, Code.BARE_TEXT)]
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
    assert [(finding.code, finding.line, finding.column) for finding in report.findings] == [(code, None, None)]
    assert report.exit_code == 2


def test_23_columns_called_sheet_1_are_named_as_such() -> None:
    report = check({name_of(K.PLAN1): "\r\n".join([",".join(["202410"] + ["1"] * 22)] * 2).encode("utf-8-sig")})
    assert "標準は28列、このファイルは23列" in report.findings[0].message
    assert report.exit_code == 2


def test_a_file_cut_off_is_told_at_its_last_line() -> None:
    data = content(K.ACTUAL)
    report = check(with_content(K.ACTUAL, data[: data.rfind(b",0,")]))
    assert [finding.code for finding in report.findings] == [Code.COLUMN_COUNT, Code.CUT_OFF]
    assert {finding.line for finding in report.findings} == {len(rows_of(K.ACTUAL))}
    first = check({name_of(K.ACTUAL): data[: data.find(b",,0,")]})
    assert [finding.code for finding in first.findings] == [Code.COLUMN_COUNT, Code.CUT_OFF]
    inside_text = data[: data.rfind("試験用のサービス事業所名".encode("cp932")) + 5]
    assert Code.CUT_OFF in [finding.code for finding in check(with_content(K.ACTUAL, inside_text)).findings]


@pytest.mark.parametrize("size", range(0, 700, 7))
def test_half_a_file_never_breaks_the_check(size: int) -> None:
    part = content(K.ACTUAL)[:size]
    report = check({name_of(K.ACTUAL): part})
    assert report.exit_code in (1, 2) or report.rows == part.count(b"202407,131136,")


def test_a_mark_that_is_never_closed_costs_its_own_row_only() -> None:
    data = content(K.PLAN2).replace('"試験用の課題"'.encode("cp932"), '"試験用の課題'.encode("cp932"), 1)
    report = check(with_content(K.PLAN2, data))
    assert [(finding.line, finding.code) for finding in report.findings if finding.code is not Code.KEY_MISSING] == [
        (1, Code.QUOTES)
    ]
    assert report.rows == len(rows_of(K.PLAN1)) * 2 + len(rows_of(K.PLAN3)) + len(rows_of(K.PLAN2)) - 1


def test_a_mark_inside_a_text_that_is_not_doubled() -> None:
    data = content(K.PLAN2).replace("試験用の課題".encode("cp932"), '試験"用の"課題'.encode("cp932"), 1)
    report = check(with_content(K.PLAN2, data))
    assert [(finding.line, finding.code) for finding in report.findings] == [(1, Code.QUOTES)]


@pytest.mark.parametrize(("sign", "words"), [(",", "コンマ"), ("\r\n", "改行")])
def test_bare_text_with_a_comma_or_line_end_is_explained(sign: str, words: str) -> None:
    data = content(K.PLAN2).replace('"試験用の課題"'.encode("cp932"), f"試験用{sign}課題".encode("cp932"), 1)
    report = check(with_content(K.PLAN2, data))
    found = [finding for finding in report.findings if finding.code is Code.COLUMN_COUNT]
    assert found[0].line == 1
    assert words in found[0].remedy


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
    assert [(finding.line, finding.column, finding.code, finding.severity) for finding in report.findings] == [
        (1, 1, code, severity)
    ]
    assert words in report.findings[0].message


@pytest.mark.parametrize(("kind", "dropped"), [(K.ACTUAL, slice(15, 18)), (K.BENEFIT, slice(9, 12))])
def test_v3_2_is_read_by_version_and_column_count(kind: Kind, dropped: slice) -> None:
    rows = rows_of(kind)
    for row in rows:
        row[0] = "202208"
        del row[dropped]
    data = "".join(",".join(row) + "\r\n" for row in rows).encode("cp932")
    report = check({name_of(kind).replace("_43", "").replace("_11", ""): data})
    codes = {finding.code for finding in report.findings if finding.code is not Code.UNIT_INCOMPLETE}
    assert codes == {Code.OLD_VERSION, Code.NAME_WITHOUT_SERVICE}
    assert report.rows == len(rows)
    assert "推定" in next(finding.message for finding in report.findings if finding.code is Code.OLD_VERSION)


def test_version_and_column_count_that_disagree() -> None:
    rows = rows_of(K.ACTUAL)
    for row in rows:
        del row[15:18]
    data = "".join(",".join(row) + "\r\n" for row in rows).encode("cp932")
    report = check({name_of(K.ACTUAL): data})
    assert places_and_codes(report) == [("UPJSK", 1, 1, Code.VERSION_LAYOUT)]
    assert ("UPJSK", 1, 1, Code.VERSION_LAYOUT) in places_and_codes(check(changed(K.ACTUAL, _version("202208"))))


def test_mixed_versions_in_one_file() -> None:
    report = check(cell(K.ACTUAL, 3, 1, "202208"))
    assert places_and_codes(report) == [("UPJSK", 3, 1, Code.MIXED_VERSIONS)]
    old = rows_of(K.ACTUAL)[2]
    del old[15:18]
    data = content(K.ACTUAL) + ",".join(["202208", *old[1:]]).encode("cp932") + b"\r\n"
    assert (("UPJSK", 13, None, Code.MIXED_VERSIONS)) in places_and_codes(check({name_of(K.ACTUAL): data}))


def test_two_months_in_one_file() -> None:
    def change(rows: list[list[str]]) -> None:
        rows[5][4], rows[5][9] = "202611", "20261105"

    report = check(changed(K.ACTUAL, change))
    assert places_and_codes(report) == [("UPJSK", 6, 5, Code.TWO_MONTHS)]
    assert "令和8年10月(2026年)と令和8年11月(2026年)" in report.findings[0].message


def test_another_month_than_in_the_name() -> None:
    name = name_of(K.ACTUAL).replace("202610", "202609")
    assert places_and_codes(check({name: content(K.ACTUAL)})) == [("UPJSK", 1, 5, Code.MONTH_NOT_NAME)]


def test_the_set_a_supplement_goes_with() -> None:
    def both(rows: list[list[str]]) -> None:
        rows[0][3] = "20260925"

    assert ("UPHOSOKU", 1, 63, Code.SET_MARK) in places_and_codes(check(changed(K.USER, both)))
