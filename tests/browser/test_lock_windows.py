"""Several windows, and one of them is locked: what was typed in the others is kept as well."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password

from kiban.web import opaque

pytestmark = pytest.mark.browser

PASSWORD = "asagao-no-hana-2"


def unlock(page):
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('ロックを解く')")


def locked_from_the_first(page, other):
    page.bring_to_front()
    page.click("form[data-kb-lock] button")
    for window in (page, other):
        window.wait_for_url("**/locked/**", timeout=15_000)


def test_each_window_has_its_own_text_again(town, at_terminal):
    actor = town.world.actor(town.office, "manager", level="administrator", password=make_password(PASSWORD))
    page = at_terminal(actor)
    page.goto("/staff/invitations/add/")
    other = page.context.new_page()
    other.goto("/staff/add/")
    other.fill("#id_name", "試験 もうひとつ")
    page.fill("#id_name", "試験 こちら")
    locked_from_the_first(page, other)
    for window, name in ((page, "試験 こちら"), (other, "試験 もうひとつ")):
        unlock(window)
        window.wait_for_url("**/add/")
        assert window.input_value("#id_name") == name


def test_a_plan_that_was_not_saved_yet_stands_there_with_its_rows(town, at_terminal):
    known = make_password(PASSWORD)
    town.world.run("UPDATE staff_account SET password = %s WHERE id = %s", known, town.manager.account_id)
    page = at_terminal(town.manager)
    page.goto("/own/")
    other = page.context.new_page()
    other.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    rows = int(other.input_value("[name=services-count]"))
    other.locator("[data-kb-rows=services] [data-kb-add]").click()
    other.fill(f"#id_services-{rows}-need", "夜も安心して眠りたい。")
    locked_from_the_first(page, other)
    unlock(other)
    other.wait_for_url("**/plan/new/")
    assert other.input_value(f"#id_services-{rows}-need") == "夜も安心して眠りたい。"
