"""Search from every page, and going back to a list, in a real browser, also without JavaScript."""

from __future__ import annotations

import pytest

from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser


def test_the_slash_key_goes_to_the_search_of_every_page(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto(f"/people/{opaque.encode(town.without_consent.key)}/")
    page.keyboard.press("/")
    page.keyboard.type("花/子")  # while something is typed it is a letter
    assert page.input_value("#id_search") == "花/子"
    page.fill("#id_search", "花子")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")
    assert page.input_value("#id_q") == "花子"
    assert page.locator("tbody tr").count() == 1


def test_back_finds_the_list_as_it_was_left(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto("/people/")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("#id_q", "花子")
    page.locator("tbody tr").nth(1).wait_for(state="detached")
    page.click("tbody th a")
    page.go_back()
    assert page.input_value("#id_q") == "花子"
    assert page.locator("tbody tr").count() == 1


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_it_fits_also_when_it_is_large(town, at_terminal, size):
    page = at_terminal(town.administrator, size=size)
    for name, address in {
        "people": "/people/",
        "today": "/",
        "month": "/calendar/",
        "responsible": "/people/responsible/",
    }.items():
        page.goto(address)
        looked_at(page, f"{name}-{size['width']}")
        page.get_by_role("button", name="大きく").click()
        looked_at(page, f"{name}-large-{size['width']}")
        page.get_by_role("button", name="ふつうに").click()
    page.goto("/people/?lacks=waiting")
    looked_at(page, f"people-filtered-{size['width']}")
    page.goto(f"/people/{opaque.encode(town.person.key)}/assignment/")
    looked_at(page, f"assignment-{size['width']}")
