"""書面での請求: where the municipality has not begun, a letter that asks it for what is not shown."""

from __future__ import annotations

from tests.cast import Cast, browser
from tests.pages import page, text


def test_a_municipality_that_has_not_begun_is_asked_by_letter(town: Cast):
    client = browser(town.manager)
    address = page(town.not_started, "records/certification/on-paper/")
    assert address in text(client.get(page(town.not_started, "records/certification/")))
    response = client.get(address)
    assert response.status_code == 200 and response["Cache-Control"] == "no-store"
    shown = text(response)
    assert "介護保険担当課" in shown and "認定調査票" in shown
    assert town.manager.organisation.name in shown and town.manager.name in shown


def test_what_is_shown_needs_no_letter_and_a_stranger_has_none(town: Cast):
    answer = browser(town.manager).get(page(town.person, "records/insurance_card/on-paper/"))
    assert answer.url == page(town.person, "records/insurance_card/")
    assert browser(town.manager).get(page(town.stranger, "records/certification/on-paper/")).status_code == 404
    assert browser(town.manager).get(page(town.person, "records/payments/on-paper/")).status_code == 404


def test_a_role_that_would_not_open_it_is_offered_no_letter(town: Cast):
    town.world.in_charge(town.not_started, town.counselor.organisation, "service")
    client = browser(town.counselor)
    refused = text(client.get(page(town.not_started, "records/certification/")))
    assert "まだ介護情報基盤の利用を開始していません" in refused and "あなたの職種: 生活相談員" in refused
    assert "on-paper" not in refused


def test_the_letter_is_an_opening_and_stands_in_the_log(town: Cast):
    browser(town.manager).get(page(town.not_started, "records/certification/on-paper/"))
    assert town.world.log(insured_key=town.not_started.key)
