"""Every component in a real browser: nothing overflows or offends axe, keyboard and printer are served."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Page

from tests.browser.chromium import started

pytestmark = pytest.mark.browser

WIDTHS = {"desk": 1280, "phone": 390, "zoomed four times": 320}
TAP = 44  # CSS pixels

# links inside a sentence are as high as the sentence
SMALL_TARGETS = """tap => [...document
  .querySelectorAll('a, button, input:not([type=hidden]), select, summary, textarea')]
  .filter(e => e.offsetParent && !e.closest('p, dd, .kb-error-summary, .kb-skip'))
  .map(e => [e.outerHTML.slice(0, 80), (e.closest('label') || e).getBoundingClientRect().height])
  .filter(([, height]) => height < tap - 0.5)"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Not into the test's output."""


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def address(frame_only: None, settings: Any) -> Iterator[str]:
    settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE = "csrf", False  # plain HTTP here
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threaded, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with started() as browser:
        yield browser.new_page(base_url=address, locale="ja-JP")


def faults(page: Page) -> list[str]:
    return [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_pages_fit_their_width_and_please_axe(page: Page, width: int):
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/gallery?messages", "/gallery?aside=1", "/steps", "/nobody", "/no/such/page"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert faults(page) == [], path
    page.goto("/gallery")
    assert page.evaluate(SMALL_TARGETS, TAP) == []
    assert refused == []


def test_places_fold_into_one_button_on_a_phone(page: Page):
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 900})
    page.goto("/gallery")
    assert not page.get_by_role("link", name="今日").is_visible()
    page.get_by_text("行き先", exact=True).locator("visible=true").click()
    assert page.get_by_role("link", name="今日").locator("visible=true").count() == 1
    assert faults(page) == []


def test_the_first_tab_leads_past_the_frame(page: Page):
    page.goto("/gallery")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "本文へ移る"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "4px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_western_year_follows_the_typing_and_errors_come_first(page: Page):
    page.goto("/gallery")
    echo = page.locator("output").first
    page.select_option("#id_born_0", "昭和")
    page.fill("#id_born_1", "１５")
    page.fill("#id_born_2", "2")
    page.fill("#id_born_3", "30")
    assert echo.text_content() == ""
    page.fill("#id_born_3", "29")
    assert echo.text_content() == "= 1940年2月29日"
    page.fill("#id_born_2", "")
    assert echo.text_content() == ""
    page.get_by_role("button", name="登録する").click()
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "kb-error-summary"
    assert faults(page) == []
    page.get_by_role("link", name="生年月日: 月を入れてください。").click()
    assert page.evaluate("document.activeElement.id") == "id_born_0"


def test_paper_shows_the_content_and_who_printed_it_not_the_frame(page: Page):
    page.goto("/gallery")
    page.emulate_media(media="print")
    for hidden in (".kb-header", ".kb-places", ".kb-tabs", ".kb-search", ".kb-actions"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert "出力者: 介護支援専門員 試験 支援子" in page.locator("footer").inner_text()
    assert page.locator(".kb-table thead").first.evaluate("e => getComputedStyle(e).display") == "table-header-group"


def test_colours_forced_by_the_system_keep_shapes_and_words(page: Page):
    page.emulate_media(forced_colors="active")
    page.goto("/gallery")
    current = page.locator(".kb-tabs a[aria-current]")
    assert current.evaluate("e => getComputedStyle(e).borderTopWidth") == "3px"
    assert faults(page) == []
