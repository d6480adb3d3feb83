"""The pages of 登録のまちがい and those shown once, at both widths: nothing overflows, axe finds nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from kiban.consent import acts
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at
from tests.cast import Cast
from tests.consent.papers import png
from tests.gate.acts import PURPOSE, give, register
from tests.pages import page as address

pytestmark = pytest.mark.browser


def recorded(town: Cast) -> None:
    """A consent and an identity, as the office recorded them."""
    give(town.manager, town.without_consent)
    register(town.manager, town.without_consent)
    connections.close_all()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_taking_back_and_shown_once(town, at_terminal, size):
    width = size["width"]
    with ThreadPoolExecutor(1) as pool:  # Django's database does not go with Playwright's loop in one thread
        pool.submit(recorded, town).result()
    page = at_terminal(town.administrator, size=size)
    page.goto(address(town.without_consent, "consent/"))
    page.click("a:has-text('登録のまちがい')")
    looked_at(page, f"mistake-{width}")
    page.click("button:has-text('まちがいとして取り消す')")
    assert page.title().startswith("エラー: ")
    page.fill("textarea", "同じ氏名の別の方に登録した")
    page.click("button:has-text('まちがいとして取り消す')")
    looked_at(page, f"consent-corrected-{width}")
    page.goto(address(town.without_consent, "assignment/"))
    looked_at(page, f"assignment-{width}")
    page.goto(f"/terminals/{town.manager.terminal_id}/")
    page.click("button:has-text('証明書を発行する')")
    looked_at(page, f"unused-certificate-{width}")
    page.click("button:has-text('失効させて、新しく出す')")
    assert "コピー" in page.inner_text("main")
    looked_at(page, f"issued-{width}")
    page.reload()
    assert "一度だけ表示します" in page.inner_text("main")


def test_a_date_pasted_whole_fills_its_boxes(town, at_terminal):
    page = at_terminal(town.manager)
    page.goto("/people/register/")
    page.fill("#id_birth_1", "Ｓ15.3.2")
    boxes = [page.input_value(f"#id_birth_{part}") for part in range(4)]
    assert boxes == ["昭和", "15", "3", "2"]
    assert "= 1940年3月2日" in page.inner_text("main")
    page.fill("#id_birth_1", "令和35年3月2日")
    assert "まだ来ていない日です" in page.inner_text("main")


def hidden(town: Cast) -> None:
    """A paper of somebody else, put beside a consent and hidden again; its office has a newcomer."""
    manager, key = town.manager, town.without_consent.key
    give(manager, town.without_consent)
    consent, scan = (f"SELECT max(id) FROM care.{table} WHERE insured_key = %s" for table in ("consent", "scan"))
    paper = {"number": town.world.one(consent, key), "media_type": "image/png", "content": png()}
    acts.attach_scan(manager.caller, key, PURPOSE, subject="consent", **paper)
    number = town.world.one(scan, key)
    acts.correct(manager.caller, key, PURPOSE, subject="scan", number=number, reason="同じ氏名の別の方の同意書を付けた")
    town.world.run("UPDATE staff_account SET created_at = now() WHERE id = %s", manager.account_id)
    connections.close_all()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_what_the_municipality_and_a_newcomer_are_told(town, at_terminal, size):
    width = size["width"]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(hidden, town).result()
    page = at_terminal(town.officer, size=size)
    page.goto("/")
    page.click("li:has-text('付けまちがいとして隠した書面') a")
    assert "同じ氏名の別の方の同意書を付けた" in page.inner_text("main")
    looked_at(page, f"hidden-papers-{width}")
    page = at_terminal(town.manager, size=size)
    page.goto("/")
    looked_at(page, f"today-newcomer-{width}")
    page.click("a:has-text('復旧コードを作る')")
    assert page.url.endswith("/own/#recovery")
