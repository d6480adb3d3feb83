"""Files dropped beside the box are caught, a second drop adds to the first, and nothing is sent before the button."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

DROP = """([name, selector]) => {
    const moved = new DataTransfer();
    moved.items.add(new File(["x"], name));
    const event = new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true });
    return !document.querySelector(selector).dispatchEvent(event);
}"""
CHOSEN = "() => [...document.querySelector('#id_files').files].map((file) => file.name)"


def test_dropped_files_are_gathered_and_wait(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto("/exchange/")
    assert page.evaluate(DROP, ["UP1KYO.CSV", "h1"])  # the browser does not open it in place of the page
    assert page.evaluate(DROP, ["UP2KYO.CSV", "form"])
    assert page.evaluate(DROP, ["UP2KYO.CSV", "form"])  # the same once more is the same
    assert page.evaluate(CHOSEN) == ["UP1KYO.CSV", "UP2KYO.CSV"]
    assert page.get_by_text("2個: UP1KYO.CSV、UP2KYO.CSV").is_visible()
    assert page.get_by_role("button", name="点検する").is_visible()


def test_beside_any_box_the_page_stays(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto("/people/")
    assert page.evaluate(DROP, ["scan.pdf", "h1"])
