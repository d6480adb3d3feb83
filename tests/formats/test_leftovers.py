"""What Excel, a Mac and a USB stick add is known for what it is; what people wrote is not taken for it."""

from __future__ import annotations

import pytest

from kiban.formats.kinds_of_file import other_encoding, other_format, separated_otherwise
from kiban.formats.leftovers import fitted, is_blank, is_stray, without_blank_lines


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store",
        "10月分/.DS_Store",
        "__MACOSX/10月分/._UPPLAN_202610_1370000010_43_1370000028_11_20260925090000.CSV",
        "._persons.csv",
        "USB\\Thumbs.db",
        "THUMBS.DB",
        "a/Desktop.ini",
        "System Volume Information/WPSettings.dat",
        "$RECYCLE.BIN/S-1-5/persons.csv",
        ".Trashes/501/persons.csv",
        "~$名簿.csv",
    ],
)
def test_files_a_system_made_for_itself(name: str) -> None:
    assert is_stray(name)


@pytest.mark.parametrize(
    "name", ["UPPLAN.CSV", "10月分/persons.csv", "_a.csv", "DS_Store.csv", ".hidden.csv", "thumbs.csv"]
)
def test_files_of_people(name: str) -> None:
    assert not is_stray(name)


def test_rows_and_cells_without_content() -> None:
    assert is_blank([]) and is_blank(["", " ", "　", "\t"]) and is_blank(["\x1a"])
    assert not is_blank(["", "0"]) and not is_blank(["\x1a", ""])
    assert fitted(["1", "2", "", " "], 2) == ["1", "2"]
    assert fitted(["1", "2", "", "3"], 2) == ["1", "2", "", "3"], "content is never cut away"
    assert fitted(["1"], 2) == ["1"]


def test_lines_without_content_at_the_end_of_a_file() -> None:
    assert without_blank_lines(b'a,b\r\n#END,1\r\n,,\r\n"",\r\n\r\n\x1a') == b"a,b\r\n#END,1"
    assert without_blank_lines(b"a,,\n") == b"a,,"
    assert without_blank_lines(b",") == b","


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("番号,氏名\r\n1,花\r\n".encode("utf-16"), "UTF-16"),
        ("番号,氏名\r\n1,花\r\n".encode("utf-16-le"), "UTF-16"),
        ("番号,氏名\r\n1,花\r\n".encode("utf-16-be"), "UTF-16"),
        ("番号,氏名\r\n".encode("utf-32"), "UTF-32"),
        ("番号,氏名\r\n".encode("iso2022_jp"), "JIS"),
        (b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "Macが自分のために作る"),
        (b"PK\x03\x04....xl/workbook.xml", "Excelのファイル(.xlsx)"),
        (b"abc\0\1\2\n", "文字でない"),
    ],
)
def test_what_a_file_is_by_its_first_bytes(head: bytes, what: str) -> None:
    found = other_format(head)
    assert found is not None
    assert what in found.what
    assert found.remedy.endswith("。")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_text_that_is_read_is_no_other_format(encoding: str) -> None:
    assert other_format("番号,氏名\r\n1,花\r\n".encode(encoding)) is None


def test_an_encoding_is_named() -> None:
    found = other_encoding("番号,氏名,フリガナ".encode("euc_jp"))
    assert found is not None and "EUC-JP" in found.what
    assert other_encoding(b"plain") is None and other_encoding(b"\x81\xff") is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("番号\t氏名\t住所", "タブ"),
        ("番号;氏名;住所", "セミコロン(;)"),
        ('"a,b"\t"c,d"', "タブ"),
        ("番号、氏名、住所", "読点(、)"),
        ("番号\uff0c氏名\uff0c住所", "全角のコンマ(\uff0c)"),
        ("番号|氏名", "縦棒(|)"),
    ],
)
def test_a_separator_is_named_by_what_it_is(line: str, name: str) -> None:
    assert separated_otherwise(line) == f"コンマではなく{name}で区切られています。"


def test_commas_are_not_named() -> None:
    assert separated_otherwise("番号,氏名;別名,住所") == "" == separated_otherwise("番号")
