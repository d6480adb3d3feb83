"""端末: from registering to revoking in a real browser, at both widths and on paper."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at
from tests.world import hours

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
    page.get_by_label("管理する人").select_option(town.manager.name)
    looked_at(page, f"terminals-change-{width}")
    page.get_by_role("button", name="変える").click()
    page.get_by_text("端末の登録内容を変えました。").wait_for()

    page.get_by_role("button", name="証明書を発行する").click()
    page.get_by_role("heading", name="発行しました").wait_for()
    looked_at(page, f"terminals-issued-{width}")
    password = page.locator("b.kb-number").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="ファイルを受け取る", exact=True).click()
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


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_a_terminal_checks_itself(town, at_terminal, size):
    page, width = at_terminal(town.manager, signed_in=False, size=size), size["width"]
    page.goto("/check/")
    page.locator("[data-kb-clock] .kb-status--good").wait_for()  # server and browser share a clock here
    page.get_by_role("button", name="カードリーダーを確かめる").click()
    page.get_by_text("カード読み取りソフト(kiban-card)が動いていません").first.wait_for()
    looked_at(page, f"check-{width}")
    page.get_by_role("button", name="この結果を台帳に残す").click()
    page.get_by_text("直すところがあります").wait_for()

    administrator = at_terminal(town.administrator, size=size)
    administrator.goto(f"/terminals/{town.manager.terminal_id}/")
    administrator.get_by_text("カードリーダー: カード読み取りソフト(kiban-card)が動いていません").wait_for()
    looked_at(administrator, f"checked-{width}")


def test_a_clock_that_is_wrong_is_told_with_what_to_do(town, at_terminal):
    page = at_terminal(town.manager, signed_in=False)
    page.clock.install()
    page.clock.set_system_time(hours(3))
    page.goto("/check/")
    page.get_by_text("約3時間進んでいます").wait_for()
    assert page.get_by_text("時刻を自動で合わせてください").is_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_check_helps_where_no_certificate_is(at_terminal, size):
    page = at_terminal(None, size=size)
    page.goto("/")
    page.get_by_role("link", name="この端末を点検する").click()
    page.get_by_text("結果は残りません").wait_for()
    looked_at(page, f"check-unregistered-{size['width']}")
