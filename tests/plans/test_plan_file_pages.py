"""計画書 out of the house: the files for another office, and the print."""

from __future__ import annotations

import io
import zipfile

import pytest

from kiban.formats.careplan.checks import check_sources
from kiban.formats.careplan.layouts import Kind, of_bytes, read_bytes
from kiban.formats.careplan.layouts.names import kind_of, parse
from kiban.paper import fonts
from kiban.plans.documents import read_plans
from tests.plans.hand import NUMBER, Hand, filled, stored

pytestmark = pytest.mark.database


def unzipped(hand: Hand) -> dict[str, bytes]:
    assert hand.response["Content-Type"] == "application/zip", hand.page
    with zipfile.ZipFile(io.BytesIO(hand.response.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_plan_becomes_files_the_check_finds_nothing_in(town):
    hand = stored(town).open(f"{NUMBER}/files/")
    number = town.counselor.organisation.number
    assert hand.typed["office"] == [f"{number}-15"]
    files = unzipped(hand.press("go"))
    assert {kind_of(name) for name in files} == {Kind.PLAN1, Kind.PLAN2, Kind.PLAN3, Kind.USER}
    names = [parse(name)[0] for name in files]
    assert {(one.sender, one.sender_service, one.receiver, one.receiver_service) for one in names if one} == {
        (town.office.number, "43", number, "15")
    }
    assert len({one.sequence for one in names if one}) == 1
    assert check_sources([of_bytes(name, data) for name, data in files.items()]).findings == []
    (plan,) = read_plans([read_bytes(data, name) for name, data in files.items()])
    assert plan.unplaced == []
    assert [{**row, "no": ""} for row in plan.content["services"]] == [
        {**row, "no": ""} for row in hand.content["services"]
    ]
    assert {**plan.content, "services": []} == {**hand.content, "services": []}
    assert (plan.user.name, plan.user.birth) == (town.person.name, "19400302")


def test_files_for_an_office_the_plan_does_not_name(town):
    hand = stored(town).open(f"{NUMBER}/files/").type(office="other").press("go")
    assert "ほかの事業所の番号: 事業所番号の形ではありません。10桁" in hand.page
    files = unzipped(hand.type(number="1370000028", service="11").press("go"))
    assert all("_1370000028_11_" in name for name in files)


def test_what_the_files_cannot_hold_is_said(town):
    hand = filled(Hand(town), policy="𠮷田さんと相談", week__0__weekdays=[], week__0__starts_at="", week__0__ends_at="",
                  week__0__content="", activities__0__starts_at="", activities__0__activity="",
                  other_services="").press("confirm")  # fmt: skip
    assert "総合的な援助の方針: 「𠮷」(U+20BB7)" in hand.page
    hand.press("store").open(f"{NUMBER}/files/").press("go")
    assert hand.response.status_code == 422
    assert "総合的な援助の方針" in hand.page
    assert "第3表もいっしょに送ります" in hand.page


def test_without_a_font_the_page_says_what_to_do(town, monkeypatch, tmp_path):
    hand = stored(town)
    assert hand.open(f"{NUMBER}/print/").response.content.startswith(b"%PDF")
    monkeypatch.setenv("KIBAN_FONTS", str(tmp_path))
    fonts.chosen.cache_clear()
    hand.open(f"{NUMBER}/print/")
    monkeypatch.undo()
    fonts.chosen.cache_clear()
    assert hand.response.status_code == 409
    assert "KIBAN_FONTS" in hand.page
