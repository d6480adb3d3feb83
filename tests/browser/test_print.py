"""On paper: the log begins on its first page, and what is folded on the screen is printed."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from kiban.web import opaque
from tests.browser.conftest import PHONE
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser


def printed(page, tmp_path):
    where = tmp_path / "printed.pdf"
    page.pdf(path=where, prefer_css_page_size=True)
    return PdfReader(where).pages


def plain(text: str) -> str:
    """Without blanks, and with the characters that were meant: a PDF of the browser names their radicals."""
    return unicodedata.normalize("NFKC", "".join(text.split()))


def test_the_log_begins_on_its_first_page_and_stands_across(town, at_terminal, tmp_path):
    page = at_terminal(town.administrator)
    page.goto(f"/people/{opaque.encode(town.person.key)}/")
    page.goto(f"/people/{opaque.encode(town.person.key)}/log/")
    first = printed(page, tmp_path)[0]
    assert first.mediabox.width > first.mediabox.height
    words = plain(first.extract_text())
    assert "見た記録" in words and "記録番号" in words and "表示した" in words


def test_what_is_folded_is_printed_and_help_is_not(town, at_terminal, tmp_path):
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.person.key)}/")
    page.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML(
            "beforeend", "<details><summary>ほか2名</summary><p>たたまれていた文</p></details>")"""
    )
    words = plain("".join(one.extract_text() for one in printed(page, tmp_path)))
    assert "たたまれていた文" in words
    assert "この画面の使い方" not in words
    assert not page.evaluate("document.querySelector('main > details').open")  # on the screen it is as it was


def test_a_letter_to_a_municipality_and_the_report_of_a_loss_are_one_page_each(town, at_terminal, tmp_path):
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.not_started.key)}/records/certification/on-paper/")
    looked_at(page, "paper-request-1280")
    assert len(printed(page, tmp_path)) == 1
    page = at_terminal(town.administrator)
    page.goto(f"/terminals/{town.manager.terminal_id}/lost/report/")
    looked_at(page, "loss-report-1280")
    assert len(printed(page, tmp_path)) == 1


def test_a_second_sheet_with_every_column_hides_nothing_at_1280(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    for name in ("need", "long_goal", "short_goal", "content", "long_period", "short_period", "frequency", "period",
                 "service", "provider"):  # fmt: skip
        page.fill(f"#id_services-0-{name}", f"試験の{name}の文がつづきます")
    for at, part in enumerate(("令和", "7", "4", "1")):
        box = page.locator(f"#id_first_made_on_{at}")
        box.select_option(part) if at == 0 else box.fill(part)
    page.keyboard.press("Control+s")
    page.locator("[data-kb-saved]").filter(has_text="保存済み").wait_for()
    page.locator("button[name=confirm]").last.click()
    page.wait_for_selector(".kb-table--cards")
    hidden = page.evaluate(
        """() => [...document.querySelectorAll(".kb-table--cards td")].filter(
            (cell) => cell.getBoundingClientRect().right > document.documentElement.clientWidth).length"""
    )
    assert hidden == 0
    looked_at(page, "plan-confirm-wide-1280")


def test_the_letter_of_an_invitation_is_one_page_also_with_a_long_name(town, at_terminal, tmp_path):
    page = at_terminal(town.administrator)
    page.goto("/staff/invitations/")
    page.get_by_role("link", name="職員を招待する").click()
    page.locator("main").get_by_label("氏名").fill("試験 " + "寿限無" * 13)
    page.get_by_label("職種").select_option("看護師")
    page.get_by_role("button", name="招待の手紙を作る").click()
    page.get_by_role("heading", name="職員登録のご案内").wait_for()
    assert len(printed(page, tmp_path)) == 1


@pytest.mark.parametrize(("style", "sheets"), [("", 2), ("?with=furigana", 2), ("?with=easy", 4)])
def test_the_consent_paper_is_as_many_sheets_as_its_button_says(town, at_terminal, tmp_path, style, sheets):
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.person.key)}/consent/form/{style}")
    looked_at(page, f"consent-paper-{style[6:] or 'usual'}-1280")
    assert f"{sheets}枚" in page.inner_text("[data-kb-print]")
    assert len(printed(page, tmp_path)) == sheets
    page.set_viewport_size(PHONE)
    looked_at(page, f"consent-paper-{style[6:] or 'usual'}-390")


def test_a_permission_to_act_is_one_page(town, at_terminal, tmp_path):
    ends_at = timezone.now() + timedelta(days=3)
    made = town.world.insert(
        "staff_delegation",
        actor_id=town.manager.account_id,
        absent_id=town.administrator.account_id,
        organisation_id=town.office.id,
        permitted_by_id=town.administrator.account_id,
        reason="研修で不在のため",
        starts_at=timezone.now(),
        ends_at=ends_at,
    )
    page = at_terminal(town.administrator)
    page.goto(f"/staff/delegations/{made}/sheet/")
    assert "代行の許可書" in page.inner_text("h1")
    looked_at(page, "delegation-sheet-1280")
    assert len(printed(page, tmp_path)) == 1
    page.set_viewport_size(PHONE)
    looked_at(page, "delegation-sheet-390")


def test_letters_to_a_whole_list_are_one_sheet_each(town, at_terminal, tmp_path):
    page = at_terminal(town.administrator)
    page.goto("/staff/lists/")
    rows = "\n".join(
        ["氏名,フリガナ,職種,採用日,退職日", *(f"試験 {name},,看護師,2020-04-01," for name in ("春子", "夏子"))]
    )
    listed = {"name": "meibo.csv", "mimeType": "text/csv", "buffer": f"{rows}\n".encode()}
    page.set_input_files("#id_file", listed)
    page.click("button:has-text('名簿と比べる')")
    page.wait_for_url("**/lists/*/")
    looked_at(page, "staff-list-together-1280")
    page.click("button:has-text('まとめて招待し')")
    page.wait_for_url("**/letters/")
    looked_at(page, "letters-1280")
    sheets = [plain(sheet.extract_text()) for sheet in printed(page, tmp_path)]
    assert len(sheets) == 2
    assert "試験春子様" in sheets[0] and "試験夏子様" in sheets[1]
