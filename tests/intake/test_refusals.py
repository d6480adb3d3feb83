"""A wrong file is refused as a whole, with a sentence a clerk understands, and nothing of it is written."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from kiban.intake.load import load_file
from kiban.intake.refusals import FileRefusedError
from tests.intake.conftest import Desk


def refusal(path: Path, insurer: str | None = None) -> str:
    with pytest.raises(FileRefusedError) as caught:
        load_file(path, insurer=insurer)
    return str(caught.value)


def _zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "中身がありません"),
        (b"\xef\xbb\xbf\r\n", "中身がありません"),
        (_zipped("[Content_Types].xml"), "Excelのファイル(.xlsx)"),
        (_zipped("data.csv"), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "Excelのファイル(.xls)"),
        (b"%PDF-1.7\n", "PDF"),
        (gzip.compress(b"x", mtime=0), "gz"),
        ("保険者番号,被保険者番号\r\n".encode("utf-16"), "UTF-16"),
        (b"<!DOCTYPE html><html></html>\n", "Webページ"),
        (b'{"insured": 1}\n', "JSON"),
        (b"abc\0\1\2\n", "CSVではありません"),
        (b"\xff\xfe\xfd\xfc,\xff\n1,2\n", "UTF-16"),
        (b"\x81\xff\x80\xa0,\xff\n1,2\n", "文字コード"),
        (b"131136,0000000001,20260401\n", "1行目に見出し"),
        (b"SERVICE_USER_INFO_2021\ncare_facility_id\n", "LIFEのCSV"),
        ((",".join(["202407", *"123456789abc"]) + "\r\n").encode(), "ケアプランデータ連携"),
        (b"1,1,0,100,711,0,131136,0,13,1,202604,1\r\n", "国保連"),
    ],
)
def test_other_kinds_of_file(desk: Desk, content: bytes, sentence: str) -> None:
    assert sentence in refusal(desk.file(content))


def test_a_folder_and_a_missing_file(desk: Desk) -> None:
    assert "ファイルではありません" in refusal(desk.folder)
    assert "開けません(そのファイルかフォルダがありません)" in refusal(desk.folder / "none.csv")


@pytest.mark.parametrize("ending", ["", "\r\n131136,00000"])
def test_a_file_cut_off_in_the_last_line(desk: Desk, ending: str) -> None:
    whole = desk.text("persons", [desk.person(1)]).removesuffix("\r\n")
    assert "途中で切れています" in refusal(desk.file(whole + ending))
    assert desk.state() == []


@pytest.mark.parametrize("declared", [1, 3])
def test_an_end_record_finds_any_missing_row(desk: Desk, declared: int) -> None:
    text = desk.text("persons", [desk.person(1), desk.person(2, name='試験\n"花子"')])
    assert "件数が合いません" in refusal(desk.file(f"{text}#END,{declared}\r\n"))
    assert desk.state() == []
    assert load_file(desk.file(f"{text}#END,2")).added == 2, "with the end record the last line end may be missing"


def test_an_end_record_before_a_dos_end_of_file(desk: Desk) -> None:
    text = desk.text("persons", [desk.person(1)])
    assert load_file(desk.file(f"{text}#END,1\r\n\x1a")).rows == 1
    assert load_file(desk.file(f"{text}\r\n\r\n#END,1\r\n\r\n")).rows == 1


def test_two_gigabytes_on_one_line(desk: Desk) -> None:
    path = desk.folder / "line.csv"
    with path.open("wb") as file:
        file.write(desk.text("persons", [desk.person(1)]).encode())
        file.write(b"x" * 3_000_000)
        file.truncate(2 << 30)
    assert "1行が長すぎます" in refusal(path)


def test_a_line_just_too_long_and_just_not(desk: Desk) -> None:
    text = desk.text("persons", [desk.person(1)])
    assert "1行が長すぎます" in refusal(desk.file(text + "x" * ((1 << 20) + 1) + "\r\n"))
    assert load_file(desk.file(text + "x" * ((1 << 20) - 10) + "\r\n")).faulty == 1


def test_a_file_of_another_insurer(desk: Desk) -> None:
    other = desk.world.insurer()
    path = desk.file(desk.text("persons", [desk.person(1)]))
    sentence = refusal(path, insurer=other)
    assert f"ほかの保険者({desk.insurer})のファイル" in sentence
    assert desk.state() == []
    assert load_file(path, insurer=desk.insurer).added == 1


def test_an_insurer_nobody_knows(desk: Desk) -> None:
    text = desk.text("persons", [{**desk.person(1), "insurer_no": "138888"}])
    assert "保険者番号138888は登録されていません" in refusal(desk.file(text))
    assert "登録されていません" in refusal(desk.file(text), insurer="138888")


def test_insurer_numbers_that_lost_their_zeros(desk: Desk) -> None:
    text = desk.text("persons", [{**desk.person(1), "insurer_no": "11002"}])
    assert "先頭の0" in refusal(desk.file(text))


def test_a_heading_alone(desk: Desk) -> None:
    assert "取り込む行がありません" in refusal(desk.file(desk.text("persons", [])))


def test_a_file_that_changes_while_it_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiban.intake.source import Source

    monkeypatch.setattr(Source, "changed", lambda self: True)
    assert "書き換わりました" in refusal(desk.file(desk.text("persons", [desk.person(1)])))
