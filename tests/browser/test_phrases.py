"""文例 in a real browser, with and without a script."""

from __future__ import annotations

import pytest

from kiban.plans import phrases
from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_a_sentence_is_put_into_a_row_that_was_just_added(town, at_terminal, size):
    page = at_terminal(town.manager, size=size)
    page.goto(f"/people/{opaque.encode(town.person.key)}/plan/new/")
    page.locator("[data-kb-rows=services] [data-kb-add]").click()
    page.fill("#id_services-2-need", "人と話したい。")
    page.locator("button[name=phrases][value=services-2-long_goal]").click()
    page.wait_for_selector(".kb-phrases__list")
    looked_at(page, f"plan-phrases-{size['width']}")
    sentence = phrases.BUILT_IN["long_goal-6"][1]
    page.click(f"button[name=phrase]:has-text('{sentence}')")
    page.wait_for_selector(".kb-phrases__list", state="detached")
    assert page.input_value("#id_services-2-long_goal") == sentence
    assert page.input_value("#id_services-2-need") == "人と話したい。"
    page.goto("/plan/phrases/")
    looked_at(page, f"phrase-list-{size['width']}")
