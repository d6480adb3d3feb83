"""同意 in a real browser: from saying yes to taking it back, the papers on A4, the text in large type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import A4, PICTURES, looked_at
from tests.consent import papers

pytestmark = pytest.mark.browser

POINT = 96 / 72  # CSS pixels

# What is wider than its box, or lies outside of the sheet.
CUT = """() => [...document.querySelectorAll('.kb-paper *')]
  .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => e.outerHTML.slice(0, 90))"""
SMALL = """points => [...document.querySelectorAll('.kb-paper :is(p, li, dt, dd, small)')]
  .filter(e => e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < points - 0.1)
  .map(e => e.outerHTML.slice(0, 90))"""


def consent_page(person, rest=""):
    return f"/people/{opaque.encode(person.key)}/consent/{rest}"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_given_with_a_paper_and_taken_back(town, at_terminal, size):
    page, width = at_terminal(town.manager, size=size), size["width"]
    person = town.without_consent
    page.goto(consent_page(person))
    looked_at(page, f"consent-none-{width}")
    page.get_by_role("link", name="同意を登録する", exact=True).click()
    page.get_by_role("button", name="同意を登録する").click()
    page.locator(".kb-error-summary").wait_for()
    looked_at(page, f"consent-give-error-{width}")
    page.get_by_label("説明文をご本人に示して").check()
    page.get_by_label("家族").check()
    page.get_by_label("署名した人の名前").fill("長女 試験 花子")
    page.get_by_role("button", name="同意を登録する").click()
    page.get_by_text("包括的同意を登録しました。").wait_for()
    page.get_by_role("link", name="書面を付ける").click()
    paper = {"name": "IMG_0001.jpg", "mimeType": "image/png", "buffer": b"MZ" + bytes(100)}
    page.get_by_label("読み取った書面").set_input_files(paper)
    page.get_by_role("button", name="付ける").click()
    page.locator(".kb-error-summary").wait_for()
    looked_at(page, f"consent-attach-error-{width}")
    page.get_by_label("読み取った書面").set_input_files({**paper, "buffer": papers.png(200, 60)})
    page.get_by_role("button", name="付ける").click()
    page.get_by_text("書面を付けました。").wait_for()
    looked_at(page, f"consent-given-{width}")
    page.get_by_role("link", name="書面1(PNG)を開く").click()
    assert page.evaluate("document.images[0].naturalWidth") == 200
    page.go_back()
    page.get_by_role("link", name="別の同意を登録する").click()
    page.get_by_label("認定申請書の同意欄").wait_for()
    looked_at(page, f"consent-other-{width}")
    page.get_by_label("認定申請書の同意欄").check()
    page.get_by_label("本人", exact=True).check()
    page.get_by_role("button", name="別の同意を登録する").click()
    page.get_by_role("link", name="同意の撤回を登録する").click()
    page.get_by_label("本人", exact=True).wait_for()
    looked_at(page, f"consent-withdraw-{width}")
    page.get_by_label("本人", exact=True).check()
    page.get_by_role("button", name="同意の撤回を登録する").click()
    page.get_by_text("同意の撤回を登録しました。").wait_for()
    looked_at(page, f"consent-withdrawn-{width}")
    page.goto(consent_page(person, "refuse/"))
    looked_at(page, f"consent-refuse-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_papers_on_the_screen(town, at_terminal, size):
    page = at_terminal(town.manager, size=size)
    for name, address in {
        "paper": consent_page(town.person, "form/"),
        "paper-empty": "/consent/form/",
        "paper-withdrawal": consent_page(town.person, "form/withdrawal/"),
        "text": "/consent/text/",
        "text-older": "/consent/text/2026-11/",
    }.items():
        page.goto(address)
        looked_at(page, f"consent-{name}-{size['width']}")


@pytest.mark.parametrize(("rest", "sheets"), [("form/", 2), ("form/withdrawal/", 1)], ids=["consent", "withdrawal"])
def test_the_form_on_a4(town, at_terminal, tmp_path, rest, sheets):
    page = at_terminal(town.manager)
    for name, address in {"named": consent_page(town.person, rest), "empty": f"/consent/{rest}"}.items():
        page.goto(address)
        where = Path(PICTURES or tmp_path) / f"consent-{rest.replace('/', '-')}{name}.pdf"
        printed_well(page, where, sheets)


def printed_well(page, where, sheets):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round((210 - 28) / 25.4 * 96), "height": 1000})  # the width between the margins
    assert page.evaluate(SMALL, 14 * POINT) == []
    assert page.evaluate(CUT) == []
    assert not page.get_by_role("button", name="印刷する").is_visible()
    page.pdf(path=where, prefer_css_page_size=True)
    printed = where.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == sheets
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)", printed)
    assert {(round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4)) for width, height in boxes} == {A4}
