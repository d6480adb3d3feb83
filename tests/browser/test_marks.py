"""The marks at the kinds of a person's information, at both widths."""

from __future__ import annotations

import pytest

from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at
from tests.world import days

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_a_new_version_and_an_empty_kind_are_told_by_words(town, at_terminal, size):
    page = at_terminal(town.manager, size=size)
    here = f"/people/{opaque.encode(town.person.key)}/"
    page.goto(f"{here}records/certification/")
    town.world.record(town.person, "certification.result", {}, history_no=7, valid_from=days(-1))
    page.click("text=ほかの種類に新しい版がないか見る")
    page.wait_for_url(f"**{here}")
    assert "新しい版" in page.inner_text(".kb-tabs a:has-text('要介護認定情報')")
    assert "記録なし" in page.inner_text(".kb-tabs a:has-text('主治医意見書')")
    looked_at(page, f"person-marks-{size['width']}")
    page.click(".kb-tabs a:has-text('要介護認定情報')")
    page.wait_for_url("**/certification/")
    page.goto(here)
    assert "新しい版" not in page.inner_text(".kb-tabs")
