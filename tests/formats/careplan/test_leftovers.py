"""What Excel, a Mac and a USB stick add to files of the exchange is passed over, told in one line at most."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kiban.formats.careplan.checks import check_paths
from kiban.formats.careplan.layouts import Code, Kind, Severity, read_bytes, samples
from kiban.formats.careplan.layouts.faults import Who
from tests.formats.careplan.making import check, content, name_of, raw, rows_of, with_content

K = Kind


@pytest.mark.parametrize("kind", [K.PLAN1, K.PLAN2, K.SCHEDULE, K.BENEFIT, K.BASIC, K.PREVENTION])
def test_rows_of_commas_are_one_line(kind: Kind) -> None:
    data = content(kind)
    width = len(rows_of(kind)[0])
    spoilt = data + (b"," * (width - 1) + b"\r\n") * 2 + b",,\r\n\r\n" + b'"",\r\n'
    report = check(with_content(kind, spoilt))
    assert [(one.code, one.severity, one.line) for one in report.findings] == [
        (Code.EMPTY_ROWS, Severity.INFO, data.count(b"\r\n") + 1)
    ]
    assert "4行" in report.findings[0].message
    assert report.exit_code == 0
    assert read_bytes(spoilt, name_of(kind)).rows == read_bytes(data, name_of(kind)).rows
    assert read_bytes(spoilt, name_of(kind)).left_out == []


@pytest.mark.parametrize("kind", [K.ACTUAL, K.PLAN3, K.USER])
def test_empty_columns_after_the_last(kind: Kind) -> None:
    data = raw(kind, [[*row, "", ""] for row in rows_of(kind)])
    report = check(with_content(kind, data))
    assert [(one.code, one.severity) for one in report.findings] == [(Code.EMPTY_COLUMNS, Severity.INFO)]
    assert read_bytes(data, name_of(kind)).rows == read_bytes(content(kind), name_of(kind)).rows


def test_content_after_the_last_column_is_a_wrong_number_of_columns() -> None:
    data = content(K.ACTUAL).replace(b"\r\n", b",,x\r\n", 1)
    codes = [one.code for one in check(with_content(K.ACTUAL, data)).findings if one.severity is Severity.ERROR]
    assert codes[0] is Code.COLUMN_COUNT


@pytest.mark.parametrize(("separator", "name"), [(b"\t", "タブ"), (b";", "セミコロン(;)")])
@pytest.mark.parametrize("file", ["", "neu.csv"])
def test_a_separator_is_named_and_nobody_else_blamed(separator: bytes, name: str, file: str) -> None:
    data = content(K.ACTUAL).replace(b",", separator)
    named = file or name_of(K.ACTUAL)
    report = check({named: data})
    (finding,) = [one for one in report.findings if one.file == named]
    assert finding.code is Code.NOT_EXCHANGE_FILE
    assert f"コンマではなく{name}で区切られています" in finding.message
    assert "CSV(コンマ区切り)" in finding.remedy
    assert "ソフトの会社" not in finding.remedy
    assert finding.who is Who.US


def test_a_zip_from_a_mac_and_a_stick(tmp_path: Path) -> None:
    files = samples.unit("actual")
    packed = tmp_path / "mac.zip"
    with zipfile.ZipFile(packed, "w") as into:
        for name, data in files.items():
            into.writestr(f"10月分/{name}", data)
            into.writestr(f"__MACOSX/10月分/._{name}", b"\x00\x05\x16\x07")
        into.writestr("10月分/.DS_Store", b"\0\0\0\1Bud1")
        into.writestr("11月分/.DS_Store", b"\0\0\0\1Bud1")
    folder = tmp_path / "usb"
    (folder / "System Volume Information").mkdir(parents=True)
    for name in ("Thumbs.db", "desktop.ini", "System Volume Information/x.csv", f"._{next(iter(files))}"):
        (folder / name).write_bytes(b"\0")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for path in (packed, folder):
        report = check_paths([path])
        assert report.findings == []
        assert len(report.files) == len(files)
