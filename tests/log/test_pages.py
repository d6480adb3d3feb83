"""見た記録: who opened what about a person, on its page."""

from __future__ import annotations

from tests.cast import Cast, browser
from tests.pages import page, text


def test_the_log_is_for_administrators(town: Cast):
    browser(town.manager).get(page(town.person))
    shown = text(browser(town.administrator).get(page(town.person, "log/")))
    assert "試験\u00a0ケアマネ" in shown
    assert "情報を開いた" in shown
    assert browser(town.manager).get(page(town.person, "log/")).status_code == 403
    assert browser(town.administrator).get(page(town.stranger, "log/")).status_code == 404


def test_when_nobody_has_looked_it_says_where(town: Cast):
    nobody = "開かれた記録はありません。"
    assert f"この事業所で{nobody}" in text(browser(town.administrator).get(page(town.person, "log/")))
    told = text(browser(town.officer).get(page(town.stranger, "log/")))
    assert nobody in told and "この事業所" not in told
