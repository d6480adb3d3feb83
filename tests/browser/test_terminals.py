"""端末: from registering to revoking in a real browser, at both widths and on paper."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_looks import looked_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_register_issue_fetch_and_revoke(town, at_terminal, size):
    page, width = at_terminal(town.administrator, size=size), size["width"]
    page.goto("/terminals/")
    page.locator("a.kb-button", has_text="端末を登録する").click()
    page.get_by_role("button", name="登録する").click()
    page.locator(".kb-error-summary").wait_for()
    looked_at(page, f"terminals-add-error-{width}")
    page.get_by_label("端末の名前").fill("訪問用タブレット1")
    page.get_by_label("使いみち").select_option("訪問先での閲覧")
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("heading", name="訪問用タブレット1").wait_for()
    looked_at(page, f"terminals-new-{width}")
    page.get_by_role("link", name="登録内容を変える").click()
    page.get_by_label("管理する人").fill("試験 花子０１")
    looked_at(page, f"terminals-change-{width}")
    page.get_by_role("button", name="変える").click()
    page.get_by_text("端末の登録内容を変えました。").wait_for()

    page.get_by_role("button", name="証明書を発行する").click()
    page.get_by_role("heading", name="発行しました").wait_for()
    looked_at(page, f"terminals-issued-{width}")
    password = page.locator("b.kb-number").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="ファイルを受け取る").click()
    assert pkcs12.load_pkcs12(download.value.path().read_bytes(), password.encode()).cert is not None

    page.get_by_role("link", name="端末に戻る").click()
    page.get_by_role("link", name="失効させる").wait_for()
    looked_at(page, f"terminals-one-{width}")
    page.get_by_role("link", name="失効させる").click()
    page.get_by_label("失効の理由").wait_for()
    looked_at(page, f"terminals-revoke-{width}")
    page.get_by_label("失効の理由").fill("試験のため")
    page.get_by_role("button", name="失効させる").click()
    page.locator("td .kb-status", has_text="失効").last.wait_for()
    looked_at(page, f"terminals-revoked-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_page_of_an_unregistered_terminal(at_terminal, size):
    page = at_terminal(None, size=size)
    page.goto("/")
    looked_at(page, f"not-registered-{size['width']}")
    assert page.locator("ol.kb-steps svg").count() == 3


def test_the_board_on_paper(town, at_terminal):
    page = at_terminal(town.administrator)
    page.goto("/terminals/")
    page.emulate_media(media="print")
    looked_at(page, "terminals-print")
    assert not page.locator("a.kb-button", has_text="端末を登録する").is_visible()
    assert "出力者" in page.locator("footer").inner_text()
