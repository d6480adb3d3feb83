"""担当, hand-over, emergency and the file check at both widths: nothing overflows, axe finds nothing."""

from __future__ import annotations

import pytest

from kiban.formats.careplan.layouts import Kind, layout, read_bytes, samples, write
from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import looked_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_pages_of_an_office(town, at_terminal, size):
    person, width = opaque.encode(town.person.key), size["width"]
    page = at_terminal(town.administrator, size=size)
    addresses = {
        "assignment": f"/people/{person}/assignment/",
        "hand-over": f"/people/{person}/assignment/hand-over/",
        "lapsing": "/people/lapsing/",
        "handovers": "/people/handovers/",
        "emergency": "/emergency/",
        "emergencies": "/emergency/list/",
    }
    for name, address in addresses.items():
        page.goto(address)
        looked_at(page, f"{name}-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_pages_of_an_insurer(town, at_terminal, size):
    person, width = opaque.encode(town.person.key), size["width"]
    page = at_terminal(town.officer, size=size)
    for name, address in {"insurer-assignment": "", "insurer-grant": "grant/"}.items():
        page.goto(f"/people/{person}/assignment/{address}")
        looked_at(page, f"{name}-{width}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_the_check_of_exchange_files(town, at_terminal, size, tmp_path):
    width = size["width"]
    given = samples.unit("schedule", samples.Scene(sequence="20260925090000"))
    name = next(iter(given))
    given[name] = given[name].replace(b"202407", b"202410", 1)
    for file, content in given.items():
        (tmp_path / file).write_bytes(content)
    page = at_terminal(town.manager, size=size)
    page.goto("/exchange/")
    looked_at(page, f"file-check-empty-{width}")
    page.set_input_files("#id_files", [str(tmp_path / file) for file in given])
    page.get_by_role("button", name="点検する").click()
    page.locator(".kb-findings").first.wait_for()
    page.locator("summary", has_text="その行を見る").first.click()
    looked_at(page, f"file-check-{width}")
    page.emulate_media(media="print")
    assert page.locator(".kb-findings").first.is_visible()
    assert not page.locator("input[type=file]").is_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_plan_against_actual(town, at_terminal, size, tmp_path):
    width = size["width"]
    given = samples.unit("schedule", samples.Scene(sequence="20260925090000"))
    name, content = next((name, content) for name, content in given.items() if name.startswith("UPPLAN"))
    rows = [list(row) for row in read_bytes(content, name).rows]
    given[name.replace("UPPLAN", "UPJSK")] = write(layout(Kind.ACTUAL), rows[1:])
    for file, bytes_ in given.items():
        (tmp_path / file).write_bytes(bytes_)
    page = at_terminal(town.manager, size=size)
    page.goto("/exchange/match/")
    looked_at(page, f"match-empty-{width}")
    page.set_input_files("#id_files", [str(tmp_path / file) for file in given])
    page.get_by_role("button", name="突き合わせる").click()
    page.locator(".kb-calendar").first.wait_for()
    looked_at(page, f"match-{width}")
