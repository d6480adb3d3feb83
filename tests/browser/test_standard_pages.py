"""運営基準の記録 in a real browser, at both widths: from the month's list to a visit that was entered; and on paper."""

from __future__ import annotations

import unicodedata

import pytest
from pypdf import PdfReader

from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at
from tests.evidence.operating_standard.standing_days import last_month
from tests.gate.acts import plan
from tests.world import days

pytestmark = pytest.mark.browser


def visited(town):
    """A visit of the last month, as the gate keeps it (which is not called beside a running browser)."""
    day = last_month().replace(day=15)
    town.world.insert("care.standard_fact", insured_key=town.person.key, organisation_id=town.office.id,
                      kind="monitoring", way="visit", ticks=["user_met"], happened_on=day, written_on=day,
                      recorded_by=town.manager.account_id)  # fmt: skip


def planned(town):
    """A plan of the last month that was agreed to and not handed over."""
    made = last_month().replace(day=1)
    content = plan(town.manager, made_on=made, agreed_on=f"{last_month():%Y-%m}-02", agreed_by="self")
    entry = f"{town.office.number}/{made}"
    town.world.record(town.person, "careplan.plan", content, entry=entry, valid_from=made)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_from_the_list_to_the_visit(town, at_terminal, size):
    width = size["width"]
    visited(town)
    planned(town)
    page = at_terminal(town.manager, size=size)
    page.goto(f"/standard/?month={last_month():%Y-%m}")
    looked_at(page, f"standard-month-{width}")
    page.click("text=花子")
    page.wait_for_selector("h1:has-text('さんの運営基準の記録')")
    looked_at(page, f"standard-person-{width}")
    page.locator("a:text-is('モニタリング')").click()
    page.wait_for_selector("h1:has-text('入力する')")
    looked_at(page, f"standard-record-{width}")
    page.select_option("#id_on_0", "西暦")
    for at, part in enumerate((days(0).year, days(0).month, days(0).day), 1):
        page.fill(f"#id_on_{at}", str(part))
    page.check("text=自宅を訪問した")
    page.check("text=ご本人に面接した")
    page.click("button:text-is('入力する')")
    page.wait_for_selector("text=「モニタリング」を入力しました。")
    page.click("text=登録のまちがいとして取り消す >> nth=0")
    page.wait_for_selector("h1:has-text('登録のまちがい')")
    looked_at(page, f"standard-mistake-{width}")


def test_the_month_and_the_person_on_paper(town, at_terminal, tmp_path):
    visited(town)
    page = at_terminal(town.manager)
    where = tmp_path / "printed.pdf"
    for address, words in (
        (f"/standard/?month={last_month():%Y-%m}", "証明できる"),
        (f"/people/{opaque.encode(town.person.key)}/standard/?month={last_month():%Y-%m}", "公的な文書で確かめた"),
    ):
        page.goto(address)
        page.pdf(path=where, prefer_css_page_size=True)
        pages = PdfReader(where).pages
        assert len(pages) <= 3
        # A PDF of the browser names some characters by their radicals.
        text = unicodedata.normalize("NFKC", "".join("".join(one.extract_text().split()) for one in pages))
        assert town.office.number in text
        assert words in text
        assert "入力する" not in text
