"""Beside a file field: the limit, the size of what was chosen, and that it is being read."""

from __future__ import annotations

import pytest

from kiban.exchange.pages import uploads
from kiban.web.file_size import MB
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser


def given(name: str, size: int) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"x" * size}


def test_the_size_stands_there_before_anything_is_sent(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto("/exchange/")
    assert "5MBまで" in page.inner_text("#files-limit")
    page.set_input_files("#id_files", [given("a.csv", MB), given("b.csv", MB + 1)])
    assert page.get_by_text("選んだファイルの大きさ: 2.1MB").is_visible()
    page.set_input_files("#id_files", given("big.zip", uploads.LARGEST + 1))
    told = page.locator(".kb-error")
    assert "5.1MB" in told.inner_text() and "5.0MBを超えている" in told.inner_text()
    page.click("button:has-text('点検する')")
    assert page.locator(".kb-progress").count() == 0, "it is not sent"
    looked_at(page, "upload-too-large-1280")


def test_while_it_is_read_a_bar_says_so(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto("/exchange/")
    page.set_input_files("#id_files", given("UP1KYO.CSV", 2000))
    # held back: the bar stands as long as the server takes, and here it never gets anything
    page.evaluate("document.forms[document.forms.length - 1].addEventListener('submit', (e) => e.preventDefault())")
    assert page.evaluate("'kbReading' in document.forms[document.forms.length - 1].dataset")
    page.click("button:has-text('点検する')")
    page.wait_for_selector(".kb-progress progress")
    assert "2KB" in page.inner_text(".kb-progress")
    page.wait_for_selector("form[data-kb-reading] button:disabled")
    looked_at(page, "upload-reading-1280")
    page.reload()
    page.set_input_files("#id_files", given("UP1KYO.CSV", 2000))
    page.click("button:has-text('点検する')")
    page.wait_for_selector("caption:has-text('点検したファイル')", state="attached")
    assert page.locator(".kb-progress").count() == 0
