"""端末: ledger, set-up with its pictures, scenes and sheet, at both widths, by keyboard and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import A4, PICTURES, looked_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_set_up_from_step_to_step(town, at_terminal, size):
    town.of_one_corporation()
    page, width = at_terminal(town.administrator, size=size), size["width"]
    page.goto("/terminals/")
    looked_at(page, f"board-{width}")
    page.goto("/terminals/add/")
    page.get_by_label("端末の名前").fill("相談室PC")
    page.get_by_label("OS").select_option("Windows 11")
    page.get_by_label("ブラウザー").select_option("Microsoft Edge")
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("link", name="準備の続きをする").click()
    page.get_by_text("使える証明書がありません").wait_for()
    looked_at(page, f"set-up-without-certificate-{width}")
    page.get_by_role("button", name="証明書を発行する").click()
    page.get_by_role("link", name="端末に戻る").click()
    for step in ("証明書", "初期設定", "カードリーダー"):
        page.get_by_role("link", name="準備の続きをする").click()
        page.get_by_role("heading", level=1, name=step).wait_for()
        assert page.locator("ol.kb-steps svg").count() >= 3
        looked_at(page, f"set-up-{step}-{width}")
        page.get_by_role("button", name=f"{step}が済んだ").click()
        if step != "カードリーダー":
            page.get_by_role("link", name="あとで").click()
    page.get_by_text("3つとも済んでいます").wait_for()
    looked_at(page, f"set-up-done-{width}")
    here = page.url
    for name in ("change", "lost", "request"):
        page.goto(f"{here}{name}/")
        looked_at(page, f"terminal-{name}-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_scenes_and_the_pages_of_the_terminal_at_hand(town, at_terminal, size):
    page, width = at_terminal(town.administrator, size=size), size["width"]
    page.goto("/terminals/scenes/")
    looked_at(page, f"scenes-empty-{width}")
    page.get_by_role("link", name="自宅への訪問").click()
    page.get_by_label("見る職種").or_(page.get_by_role("group", name="見る職種")).first.wait_for()
    looked_at(page, f"scene-{width}")
    page.get_by_role("button", name="登録する").click()
    page.get_by_text("登録しました").wait_for()
    looked_at(page, f"scenes-{width}")
    for name, address in {"renew": "/terminals/renew/", "check": "/check/", "board": "/terminals/"}.items():
        page.goto(address)
        looked_at(page, f"{name}-{width}")


def test_every_step_is_done_by_keyboard(town, at_terminal):
    page = at_terminal(town.administrator)
    page.goto(f"/terminals/{town.manager.terminal_id}/set-up/settings/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("初期設定が済んだ"):
            break
    page.keyboard.press("Enter")
    page.get_by_text("「初期設定」が済みました。").wait_for()


@pytest.mark.parametrize("system", ["windows", "mac"])
@pytest.mark.parametrize("browser_name", ["edge", "chrome", "firefox"])
def test_the_sheet_is_one_page(town, at_terminal, tmp_path, system, browser_name):
    town.world.run(
        "UPDATE terminals_terminal SET name = %s, place = %s, custodian = %s WHERE id = %s",
        "相談室の窓ぎわの大きいパソコン" * 4,
        "本館二階の相談室の窓ぎわの机の上" * 3,
        "試験 花子０１" * 6,
        town.manager.terminal_id,
    )
    page = at_terminal(town.administrator)
    page.goto(f"/terminals/{town.manager.terminal_id}/sheet/?system={system}&browser={browser_name}")
    if browser_name == "edge":
        looked_at(page, f"sheet-{system}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round((210 - 28) / 25.4 * 96), "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert not page.get_by_role("button", name="印刷する").is_visible()
    where = Path(PICTURES or tmp_path) / f"sheet-{system}-{browser_name}.pdf"
    page.pdf(path=where, prefer_css_page_size=True)
    printed = where.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    [(across, down)] = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)", printed))
    assert (round(float(across) / 72 * 25.4), round(float(down) / 72 * 25.4)) == A4
