"""Every page in a real browser, at both widths: nothing overflows, axe finds nothing, print keeps what matters."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kiban.intake.examples import example
from kiban.records import kinds
from kiban.web import opaque
from tests.browser.conftest import PHONE, WIDE
from tests.browser.looks import PICTURES, looked_at
from tests.world import days

pytestmark = pytest.mark.browser


def pages(town):
    person, other = opaque.encode(town.person.key), opaque.encode(town.without_consent.key)
    return {
        "today": "/",
        "people": "/people/",
        "person": f"/people/{person}/",
        "certification": f"/people/{person}/records/certification/",
        "careplan": f"/people/{person}/records/careplan/",
        "housing": f"/people/{person}/records/housing/",
        "life": f"/people/{person}/records/life/",
        "opinion": f"/people/{person}/records/opinion/",
        "why-not": f"/people/{other}/",
        "log": f"/people/{person}/log/",
        "consent": f"/people/{other}/consent/",
        "register": "/people/register/",
        "not-found": "/people/AAAAAAAAAAAAAAAAAAAAAA/",
        "offices": "/registry/offices/",
        "terminals": "/terminals/",
        "staff": "/staff/",
    }


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_pages_of_an_office(town, at_terminal, size):
    page = at_terminal(town.administrator, size=size)
    for name, address in pages(town).items():
        answer = page.goto(address)
        assert (answer.status == 404) == (name == "not-found"), f"{name}: {answer.status}"
        looked_at(page, f"{name}-{size['width']}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_pages_before_signing_in(town, at_terminal, size):
    outside = at_terminal(None, size=size)
    outside.goto("/")
    assert "この端末は登録されていません" in outside.inner_text("h1")
    looked_at(outside, f"not-registered-{size['width']}")
    outside.goto("/sign-in/help/")
    looked_at(outside, f"help-{size['width']}")
    terminal = at_terminal(town.manager, signed_in=False, size=size)
    terminal.goto("/")
    looked_at(terminal, f"sign-in-{size['width']}")


def test_the_head_is_one_row_for_an_office_and_a_job_of_usual_length(town, at_terminal):
    town.world.run(
        "UPDATE registry_organisation SET name = %s WHERE id = %s", "試験居宅介護支援事業所 みほんの里", town.office.id
    )
    page = at_terminal(town.manager)  # 介護支援専門員
    page.goto("/people/register/")
    boxes = [page.locator(part).bounding_box() for part in (".kb-header__office", ".kb-header__acts")]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    assert abs(middles[0] - middles[1]) < 6
    assert page.locator(".kb-header").bounding_box()["height"] < 90


def test_print(town, at_terminal):
    page = at_terminal(town.administrator)
    for name, address in pages(town).items():
        if name in {"today", "people", "person", "why-not", "log"}:
            page.goto(address)
            page.emulate_media(media="print")
            assert not page.is_visible(".kb-places")
            assert page.is_visible(".kb-footer")
            assert town.administrator.name in page.inner_text(".kb-footer")
            if PICTURES:
                page.pdf(path=Path(PICTURES) / f"{name}.pdf", format="A4")
            page.emulate_media(media="screen")


def test_every_information_full_of_everything(town, at_terminal):
    """On a telephone, where tables become lines: each item with a value in each of its fields."""
    chance = random.Random(1)
    person = town.world.person(town.insurer)
    town.world.in_charge(person, town.office)
    town.world.consent(person)
    for item in kinds.items():
        content = {name: example(field, chance) for name, field in item.by_name.items()}
        town.world.record(person, item.key, content, valid_from=days(-200), valid_to=days(100))
    page = at_terminal(town.manager, size=PHONE)
    for kind in kinds.kinds():
        page.goto(f"/people/{opaque.encode(person.key)}/records/{kind.key}/")
        looked_at(page, f"full-{kind.key}-390")
