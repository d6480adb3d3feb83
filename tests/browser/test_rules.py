"""閲覧規程 in a real browser: adopted by two clicks, and one A4 page also for a large office with long names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import PICTURES, looked_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_rules_are_read_and_adopted(town, at_terminal, size):
    page, width = at_terminal(town.administrator, size=size), size["width"]
    page.goto("/terminals/")
    page.get_by_role("link", name="閲覧規程").click()
    page.get_by_role("heading", name="守ること").wait_for()
    looked_at(page, f"rules-{width}")
    page.locator("main").get_by_role("checkbox").check()  # some things are lacking: it is said, and may be so
    page.get_by_role("button", name="この内容で定める").click()
    page.get_by_text("第1版を定めました").wait_for()
    page.get_by_role("link", name="第1版").click()
    page.get_by_role("heading", name="第1版").wait_for()
    looked_at(page, f"rules-version-{width}")


@pytest.mark.parametrize("number", [1, 14], ids=["small", "large"])
def test_the_rules_are_one_page(town, at_terminal, tmp_path, number):
    office = town.office.id
    town.world.run(
        "UPDATE registry_organisation SET name = %s, corporation_name = %s WHERE id = %s",
        "社会福祉法人試験会居宅介護支援事業所なかよしセンター本館二階相談室" * 3,
        f"社会福祉法人試験会{town.office.number}" * 4,
        office,
    )
    for one in range(number):
        terminal = town.world.insert(
            "terminals_terminal",
            organisation_id=office,
            name=f"相談室の窓ぎわの大きいパソコン{one}",
            place="本館二階の相談室の窓ぎわの机の上",
            purpose="事務所での閲覧",
            custodian="試験 花子０１",
            created_at="2026-04-01",
        )
        town.world.insert(
            "terminals_scene",
            organisation_id=office,
            name=f"サービス担当者会議の前の確かめ{one}",
            place="本館二階の会議室",
            job_types=["care_manager", "chief_care_manager", "nurse"],
            terminal_id=terminal,
            position=one,
        )
        town.world.actor(town.office, name=f"試験 長い名前の職員その{one}")
    page = at_terminal(town.administrator)
    page.goto("/rules/")
    page.emulate_media(media="print")
    where = Path(PICTURES or tmp_path) / f"rules-{number}.pdf"
    page.pdf(path=where, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", where.read_bytes())) == 1
