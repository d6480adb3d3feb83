"""計画書 typed in by hand in a real browser, at both widths."""

from __future__ import annotations

import pytest

from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser


def day(page, name, year, month, date):
    page.select_option(f"#id_{name}_0", "令和")
    for at, part in enumerate((year, month, date), 1):
        page.fill(f"#id_{name}_{at}", str(part))


def on(page, words):
    """The page with these words at its head has come."""
    page.wait_for_selector(f"h1:has-text('{words}')")
    page.wait_for_load_state()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_from_the_first_line_to_the_files(town, at_terminal, size):
    page = at_terminal(town.manager, size=size)
    width = size["width"]
    page.goto(f"/people/{opaque.encode(town.person.key)}/records/careplan/")
    page.click("text=計画書を入力する・直す")
    on(page, "さんの計画書")
    looked_at(page, f"plans-none-{width}")
    page.click("a:text-is('計画書を入力する')")
    on(page, "計画書を入力する")
    day(page, "first_made_on", 7, 4, 1)
    page.select_option("#id_plan_kind", "21")
    page.fill("#id_intention", "住み慣れた家で、できることを続けながら暮らしたい(本人)。\n転ばないか心配(長女)。")
    page.fill("#id_policy", "転倒を防ぎ、人と会う機会を増やします。緊急のときは長女に連絡します。")
    page.fill("#id_services-0-need", "転ばずに、家の中を歩きたい。")
    page.fill("#id_services-0-long_goal", "一人でトイレまで歩ける。")
    page.fill("#id_services-0-content", "歩行の訓練、見守り")
    page.fill("#id_services-0-provider", town.counselor.organisation.name)
    page.fill("#id_services-0-provider_number", town.counselor.organisation.number)
    page.locator("[data-kb-rows=services] [data-kb-add]").click()
    assert page.evaluate("document.activeElement.id") == "id_services-2-need"
    page.keyboard.type("人と話したい。")
    looked_at(page, f"plan-new-{width}")
    page.locator("#services-0 button[name=add]").click()  # below the first row, by the server
    assert page.input_value("#id_services-1-need") == ""
    assert page.input_value("#id_services-3-need") == "人と話したい。"
    page.check("#id_week-0-weekdays_1")
    page.fill("#id_week-0-starts_at", "930")
    page.keyboard.press("Enter")
    page.wait_for_selector(".kb-error-summary")
    looked_at(page, f"plan-errors-{width}")
    page.click(".kb-error-summary a")
    assert page.evaluate("document.activeElement.id") == "id_week-0-content"
    page.keyboard.type("通所介護")
    page.keyboard.press("Tab")
    page.locator("button[name=confirm]").last.click()
    on(page, "内容を確かめる")
    looked_at(page, f"plan-confirm-{width}")
    page.click("button:has-text('登録する')")
    on(page, "さんの計画書")
    looked_at(page, f"plans-{width}")
    page.click("a:has-text('同意を登録する')")
    on(page, "同意・確認用登録")
    looked_at(page, f"plan-agree-{width}")
    page.click("button:has-text('同意を登録する')")
    page.click("a:has-text('交付を登録する')")
    on(page, "交付用登録")
    looked_at(page, f"plan-deliver-{width}")
    page.click("button:has-text('交付を登録する')")
    page.click("a:has-text('標準仕様のファイルにする')")
    on(page, "標準仕様のファイルにする")
    looked_at(page, f"plan-files-{width}")
    with page.expect_download() as download:
        page.click("button:has-text('ファイルを作る')")
    assert download.value.suggested_filename.startswith("plan_")
    page.click("text=計画書の一覧に戻る")
    page.click("a:text-is('直す')")
    on(page, "計画書を直す")
    looked_at(page, f"plan-correct-{width}")


def test_a_locked_screen_gives_back_what_was_typed(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    page.fill("#id_policy", "電話が鳴るまで打っていた方針")
    page.click("button:has-text('ロック')")
    on(page, "ロック")
    town.world.run("UPDATE staff_session SET locked_at = NULL WHERE account_id = %s", town.manager.account_id)
    page.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    assert page.input_value("#id_policy") == "電話が鳴るまで打っていた方針"
    looked_at(page, "plan-draft-1280")


def test_another_window_that_locks_takes_nothing_that_was_typed(town, at_terminal):
    """The two stand side by side: whoever goes over to lock the other has left this one."""
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    other = page.context.new_page()
    other.goto("/")
    page.fill("#id_policy", "となりの窓でロックされた方針")
    page.evaluate("window.dispatchEvent(new Event('blur'))")  # a headless browser has the focus in every window
    page.wait_for_selector("[data-kb-saved]:has-text('保存済み')")
    other.click("button:has-text('ロック')")
    page.wait_for_url("**/locked/**")
    town.world.run("UPDATE staff_session SET locked_at = NULL WHERE account_id = %s", town.manager.account_id)
    page.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    assert page.input_value("#id_policy") == "となりの窓でロックされた方針"
