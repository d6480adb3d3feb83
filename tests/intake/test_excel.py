"""What Excel, a Mac and a USB stick add to a municipal file is passed over; a separator is named by what it is."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from kiban.intake.load import load_file
from kiban.intake.refusals import FileRefusedError
from tests.intake.conftest import Desk

EMPTY = ",,,,,,,,\r\n"


@pytest.mark.parametrize("empty", [EMPTY, '"","",,,,,,,\r\n', " ,　,,,,,,,\r\n", ",,\r\n", ",,,,,,,,,,,,\r\n"])
def test_rows_of_commas_are_passed_over(desk: Desk, empty: str) -> None:
    heading, *people = desk.text("persons", [desk.person(1), desk.person(2)]).splitlines(keepends=True)
    report = load_file(desk.file(f"{empty}{heading}{people[0]}{empty}{people[1]}{empty * 3}"))
    assert (report.exit_code, report.rows, report.added, report.faults) == (0, 2, 2, [])


def test_the_end_record_does_not_count_them_and_is_found_before_them(desk: Desk) -> None:
    text = desk.text("persons", [desk.person(1)])
    assert load_file(desk.file(f"{text}{EMPTY}#END,1,,,,,,,\r\n{EMPTY * 3000}")).rows == 1
    with pytest.raises(FileRefusedError, match="件数が合いません"):
        load_file(desk.file(f"{text}{EMPTY}#END,2\r\n"))


def test_columns_without_heading_and_content_are_passed_over(desk: Desk) -> None:
    heading, *people = desk.text("persons", [desk.person(1), desk.person(2)]).splitlines()
    wide = "\r\n".join([f"{heading},,", f"{people[0]},,", people[1], ""])
    assert load_file(desk.file(wide)).added == 2
    number, *rest = heading.split(",")
    inside = f"{number},,{','.join(rest)}\r\n{desk.insurer},,{people[0].split(',', 1)[1]}\r\n"
    report = load_file(desk.file(inside))
    assert (report.exit_code, report.unchanged) == (0, 1)


def test_content_in_a_column_without_a_heading_is_a_fault(desk: Desk) -> None:
    heading, person = desk.text("persons", [desk.person(1)]).splitlines()
    number, *rest = heading.split(",")
    inside = f"{number},,{','.join(rest)}\r\n{desk.insurer},メモ,{person.split(',', 1)[1]}\r\n"
    report = load_file(desk.file(inside))
    assert [(fault.line, fault.column, fault.reason) for fault in report.faults] == [
        (2, 2, "見出しのない列に内容があります。")
    ]
    after = load_file(desk.file(f"{heading},,\r\n{person},,メモ\r\n"))
    assert "列の数が見出しと違います" in after.faults[0].reason


def test_a_comma_too_many_in_a_text_is_no_empty_column(desk: Desk) -> None:
    heading, person = desk.text("persons", [desk.person(1, address="東町1")]).splitlines()
    report = load_file(desk.file(f"{heading}\r\n{person.replace('東町1', '東町1,2')}\r\n"))
    assert "列の数が見出しと違います" in report.faults[0].reason


def test_a_heading_with_line_breaks_in_its_cells(desk: Desk) -> None:
    text = desk.text("persons", [desk.person(1)]).replace("被保険者番号", '"被保険者\n番号"', 1)
    assert load_file(desk.file(text)).added == 1


@pytest.mark.parametrize(("separator", "name"), [("\t", "タブ"), (";", "セミコロン(;)")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_another_separator_is_named_with_how_to_save(desk: Desk, separator: str, name: str, encoding: str) -> None:
    text = desk.text("persons", [desk.person(1)]).replace(",", separator)
    with pytest.raises(FileRefusedError) as caught:
        load_file(desk.file(text, encoding=encoding))
    assert str(caught.value).startswith(f"コンマではなく{name}で区切られています。")
    assert "CSV UTF-8(コンマ区切り)" in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16-le", "UTF-16"), ("euc_jp", "EUC-JP"), ("iso2022_jp", "JIS(ISO-2022-JP)")]
)
def test_another_encoding_is_named(desk: Desk, encoding: str, name: str) -> None:
    with pytest.raises(FileRefusedError) as caught:
        load_file(desk.file(desk.text("persons", [desk.person(1)]), encoding=encoding))
    assert name in str(caught.value)


def test_files_a_mac_put_beside_are_passed_over(desk: Desk) -> None:
    file = desk.file(desk.text("persons", [desk.person(1)]), name="persons.csv")
    strays = [desk.file(b"\x00\x05\x16\x07rest", name=name) for name in ("._persons.csv", ".DS_Store", "Thumbs.db")]
    call_command("load", str(file), *map(str, strays), "--yes")
    assert [row[0] for row in desk.state()] == ["person"]
    with pytest.raises(CommandError, match="取り込むCSVがありません"):
        call_command("load", *map(str, strays), "--yes")
