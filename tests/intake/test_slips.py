"""Slips of municipal files that have a name: years no era has, midnight behind a day, numbers Excel or claims spoil."""

from __future__ import annotations

import pytest

from kiban.intake.load import load_file, plan
from kiban.intake.refusals import FileRefusedError
from tests.intake.conftest import Desk
from tests.world import office_number


@pytest.mark.parametrize(
    ("birth", "reason"),
    [
        ("昭和70年1月1日", "昭和は64年までです。"),
        ("S65.3.3", "昭和は64年までです。"),
        ("大正20年4月1日", "大正は15年までです。"),
        ("明治46年1月1日", "明治は45年までです。"),
        ("平成40年1月1日", "平成は31年までです。"),
        ("1940/4/1 10:15", "日付のあとに時刻が付いています。"),
    ],
)
def test_a_birth_in_a_year_the_era_never_had(desk: Desk, birth: str, reason: str) -> None:
    report = desk.bring("persons", desk.person(1, birth=birth))
    assert [(fault.heading, fault.reason) for fault in report.faults] == [("生年月日", reason)]
    assert desk.state() == []


@pytest.mark.parametrize("birth", ["1940/4/1 0:00", "1940-04-01 00:00:00", "1940-04-01T00:00:00", "S15.4.1 0:00:00"])
def test_midnight_says_nothing(desk: Desk, birth: str) -> None:
    assert desk.bring("persons", desk.person(1, birth=birth)).added == 1
    assert desk.world.one("SELECT birth::text FROM care.person WHERE insured_key = %s", desk.key(1)) == "1940-04-01"


@pytest.mark.parametrize("birth", ["平成31年5月1日", "昭和64年1月8日", "昭和元年12月25日", "令和元年5月1日", "R1.4.30"])
def test_the_edges_of_an_era_are_taken(desk: Desk, birth: str) -> None:
    assert desk.bring("persons", desk.person(1, birth=birth)).added == 1


@pytest.mark.parametrize(
    ("layout", "column", "row"),
    [
        ("consents", "day", {"act": "give", "text_version": "2026-10", "signer": "self"}),
        ("assignments", "viewing_from", {"capacity": "plan"}),
        ("identity", "confirmed_on", {"method": "card"}),
        ("certification.result", "decided_on", {"applied_on": "20260301", "application_kind": "2", "state": "2"}),
    ],
)
def test_other_days_likewise(desk: Desk, layout: str, column: str, row: dict[str, str]) -> None:
    desk.people(1)
    if layout in ("assignments", "identity"):
        row = {**row, "number": desk.world.organisation("43").number}
    report = desk.bring(layout, {"insured_no": "0000000001", **row, column: "平成33年4月1日"})
    assert "平成は31年までです。" in [fault.reason for fault in report.faults]


def test_an_insurer_number_of_eight_digits(desk: Desk) -> None:
    text = desk.text("persons", [desk.person(1)]).replace(desk.insurer, f"00{desk.insurer}")
    path = desk.file(text)
    assert load_file(path).added == 1
    assert plan(path, f"00{desk.insurer}").insurer == desk.insurer


def test_full_width_and_small_letters_in_numbers(desk: Desk) -> None:
    wide = str.maketrans("0123456789Hh", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff28\uff48")
    row = desk.person(1, insurer_no=desk.insurer.translate(wide), insured_no="h000000001".translate(wide))
    report = desk.bring("persons", row)
    assert (report.exit_code, report.added) == (0, 1)


@pytest.mark.parametrize(("number", "words"), [("12345", "先頭の0が落ちたようです"), ("9.9E+09", "Excelが番号を")])
def test_insured_numbers_excel_spoilt(desk: Desk, number: str, words: str) -> None:
    report = desk.bring("persons", desk.person(1, insured_no=number))
    assert words in report.faults[0].reason


def test_insurer_numbers_excel_cut(desk: Desk) -> None:
    text = desk.text("persons", [desk.person(1)]).replace(desk.insurer, "11002")
    with pytest.raises(FileRefusedError, match="先頭の0が落ちたようです"):
        load_file(desk.file(text))


def test_an_office_number_with_a_letter(desk: Desk) -> None:
    desk.people(1)
    office = desk.world.organisation("AF", number=office_number("A"))
    row = {"insured_no": "0000000001", "number": office.number.lower(), "confirmed_on": "20260101", "method": "card"}
    assert desk.bring("identity", row).added == 1
    assert desk.world.one("SELECT organisation_id FROM care.identity WHERE insured_key = %s", desk.key(1)) == office.id
