"""第1表 to 第7表 and サービス提供票 on paper: what stands there, on how many pages, and what may not."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from kiban.exchange.sheets import delivery_sheets, slip_sheets
from kiban.formats.careplan.layouts import read_bytes, sample_month, samples
from kiban.paper import fonts
from kiban.plans.sheets import plan_sheets
from tests.cast import browser
from tests.exchange.town import unit_of
from tests.paper.printed import pages

EVIL = '#panic("x") $1+1$ *太* _斜_ <a> @b [c] \\ ` // = 見出し \n- 箇条'


def documents(*units: str, scene: samples.Scene = samples.SCENE):
    files = {name: content for unit in units for name, content in samples.unit(unit, scene).items()}
    return [read_bytes(content, name) for name, content in files.items()]


def changed(found, prefix: str, column: str, value: str):
    """The documents with another value in the first row of one of them."""
    result = []
    for document in found:
        first, *others = document.rows
        if document.layout.kind == prefix:
            at = document.layout.number(column) - 1
            first = (*first[:at], value, *first[at + 1 :])
        result.append(replace(document, rows=[first, *others]))
    return result


def test_a_plan_is_three_sheets_a_user():
    shown = pages(plan_sheets(documents("plan")))
    assert len(shown) == 9
    for at, title in enumerate(["居宅サービス計画書(1)", "居宅サービス計画書(2)", "週間サービス計画表"] * 3):
        assert title in shown[at]
        assert f"{at + 1}/9" in shown[at]
        assert "試験居宅介護支援事業所みほん" in shown[at] and "試験出力者令和8年11月23日(2026年)13:05" in shown[at]
    assert "試験花子０１様" in shown[0] and "昭和10年4月1日" in shown[0]
    assert "9:00~10:00訪問介護" in shown[2] and "14:00散歩,買い物" in shown[2]


def test_sheet_3_is_one_page_from_four_to_four_with_the_night():
    found = documents("plan", scene=replace(samples.SCENE, users=1))
    night = changed(changed(found, "UP3KYO", "開始時間", "2200"), "UP3KYO", "終了時間", "0600")
    shown = pages(plan_sheets(night))
    assert len(shown) == 3
    assert "4:00" in shown[2] and "翌3:00" in shown[2] and "22:00~6:00" in shown[2] and "(続き~6:00)" in shown[2]


def test_lines_to_sign_stand_below_sheet_1_where_they_are_asked_for():
    plain, signed = (pages(plan_sheets(documents("plan"), signatures=asked))[0] for asked in (False, True))
    assert "説明・同意日" in signed and "利用者氏名" in signed and "代筆した方" in signed and "1/9" in signed
    assert "説明・同意日" not in plain


def test_a_slip_shows_planned_and_done_and_the_benefit_sheet():
    shown = pages(slip_sheets(documents("schedule", "actual")))
    assert len(shown) == 6
    assert "サービス利用票" in shown[0] and "令和8年10月分" in shown[0] and "予定" in shown[0] and "実績" in shown[0]
    assert "サービス利用票別表" in shown[1] and "11小計" in shown[1] and "合計" in shown[1]


def test_the_recipient_gets_its_own_lines_only():
    month = sample_month.made(["1370000010", "1370000028", "1370000036"], 1, 1, 3, 1)
    (planner,), (first, second) = month.planners, month.providers
    user = month.users[0]
    user.providers = [first, second]
    user.planned = [(first.number, "111211", 5), (second.number, "131111", 6)]
    found = [
        read_bytes(content, name)
        for name, content in sample_month.schedule(planner, first, [user], planner.sequence()).items()
    ]
    whole, own = ("".join(pages(sheets)) for sheets in (slip_sheets(found), delivery_sheets(found, first.number)))
    assert "131111" in whole and second.title in whole
    assert "サービス提供票" in own and "111211" in own and first.title in own
    assert "131111" not in own and second.title not in own and second.number not in own
    assert delivery_sheets(found, "9999999993") == []


@pytest.mark.parametrize(
    ("units", "prefix", "column", "sheets"),
    [
        ("plan", "UP1KYO", "総合的な援助の方針", plan_sheets),
        ("plan", "UP2KYO", "サービス内容", plan_sheets),
        ("plan", "UPHOSOKU", "利用者氏名", plan_sheets),
        ("schedule", "UPPLAN", "サービス事業所名", slip_sheets),
    ],
)
def test_what_is_printed_is_never_read_as_markup(units, prefix, column, sheets):
    shown = "".join(pages(sheets(changed(documents(units), prefix, column, EVIL))))
    assert "".join(EVIL.split()) in shown


def test_names_beyond_the_first_plane_are_printed():
    assert "𠮷田花子" in pages(plan_sheets(changed(documents("plan"), "UPHOSOKU", "利用者氏名", "𠮷田 花子")))[0]


def test_the_address_is_that_of_the_user_file_before_that_of_the_plan():
    with_address = changed(documents("plan"), "UPHOSOKU", "利用者住所１", "補足の住所")
    both = changed(with_address, "UP1KYO", "利用者住所１", "計画の住所")
    shown = pages(plan_sheets(both))[0]
    assert "補足の住所" in shown and "計画の住所" not in shown


def test_a_long_text_goes_over_the_page_and_nothing_is_lost():
    text = "。".join(f"{number}番目の文" for number in range(900))
    shown = pages(plan_sheets(changed(documents("plan"), "UP1KYO", "総合的な援助の方針", text)))
    assert len(shown) > 9
    missing = [number for number in range(900) if f"{number}番目の文" not in "".join(shown)]
    assert len(missing) <= len(shown) - 9  # torn where a page ends: its foot stands between


def test_many_services_repeat_the_head_of_the_table():
    scene = replace(samples.SCENE, lines=100, users=1)
    shown = pages(plan_sheets(documents("plan", scene=scene)))
    assert all("試験花子０１様" in page for page in shown)  # a loose page says whose it is
    second = [page for page in shown if "援助内容" in page]
    assert len(second) > 1
    assert all("生活全般の解決すべき" in page for page in second)


def test_a_form_no_font_has_is_named_in_the_foot_of_its_sheets():
    name, plain = "葛\U000e0105 花子", "葛\U000e0101 花子"
    first, *others = pages(plan_sheets(changed(documents("plan"), "UPHOSOKU", "利用者氏名", name)))[::3]
    assert "印刷できていない文字:葛" in first and "(U+845BU+E0105)" in first
    assert all("印刷できていない" not in page for page in others)
    assert "印刷できていない" not in "".join(
        pages(plan_sheets(changed(documents("plan"), "UPHOSOKU", "利用者氏名", plain)))
    )


@pytest.mark.parametrize(
    ("unit", "prefix", "column", "sheets"),
    [
        ("plan", "UP3KYO", "曜日", plan_sheets),
        ("plan", "UP3KYO", "開始時間", plan_sheets),
        ("schedule", "UPPLAN", "サービス利用日", slip_sheets),
        ("schedule", "UPPLAN", "サービス回数", slip_sheets),
        ("schedule", "UPPLAN", "サービス開始時刻", slip_sheets),
    ],
)
def test_signs_that_only_look_like_figures_stop_nothing(unit, prefix, column, sheets):
    for value in ("①", "①②③④", "²" * 8):
        assert pages(sheets(changed(documents(unit), prefix, column, value)))


def post(client, files, **more):
    chosen = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post("/exchange/print/", {"files": chosen, **more})


@pytest.mark.database
def test_chosen_files_become_a_pdf_and_nothing_is_kept(town, world):
    client = browser(town.actors["planner"])
    response = post(client, samples.unit("schedule"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Cache-Control"] == "no-store"
    assert len(PdfReader(io.BytesIO(response.content)).pages) == 6
    wrong = post(client, {"photo.txt": b"not such a file"})
    assert wrong.status_code == 422
    assert "印刷できるもの" in wrong.content.decode()
    none = post(client, samples.unit("schedule"), office="9999999993")
    assert none.status_code == 422 and "9999999993" in none.content.decode()


@pytest.mark.database
def test_a_unit_is_a_delivery_slip_to_its_receiver(town):
    number = town.send(town.planner, unit_of("schedule", town.scene()))
    address = f"/exchange/units/{number}/print/"
    for who, title in (("planner", "サービス利用票"), ("provider", "サービス提供票")):
        response = browser(town.actors[who]).get(address)
        assert response.status_code == 200
        assert title in "".join(PdfReader(io.BytesIO(response.content)).pages[0].extract_text().split())
    assert browser(town.actors["outsider"]).get(address).status_code == 404


@pytest.mark.database
def test_a_unit_with_nothing_to_print_or_no_font_says_so(town, monkeypatch, tmp_path):
    client = browser(town.actors["planner"])
    scene = town.scene()
    number = town.send(town.planner, unit_of("schedule", scene))
    monkeypatch.setenv("KIBAN_FONTS", str(tmp_path))
    fonts.chosen.cache_clear()
    without_font = client.get(f"/exchange/units/{number}/print/")
    monkeypatch.undo()
    fonts.chosen.cache_clear()
    assert without_font.status_code == 409 and "KIBAN_FONTS" in without_font.content.decode()
    deletion = town.send(town.planner, unit_of("schedule_delete", town.later(scene)))
    nothing = client.get(f"/exchange/units/{deletion}/print/")
    assert nothing.status_code == 422 and "印刷できるもの" in nothing.content.decode()
