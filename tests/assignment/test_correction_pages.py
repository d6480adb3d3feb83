"""登録のまちがい of 担当, of an ending and of an identity, through the front door."""

from __future__ import annotations

import re

from tests.cast import Cast, browser
from tests.gate.acts import register
from tests.pages import page, text

WHY = "同じ氏名の別の方を登録した"


def test_a_registration_of_the_wrong_person(town: Cast):
    register(town.elsewhere, town.person)
    client, place = browser(town.elsewhere), page(town.person, "assignment/")
    mistake = re.search(r'href="([^"]+/assignment/assignment/\d+/mistake/)"', text(client.get(place)))[1]
    assert "この担当はなかったことになります" in text(client.get(mistake))
    assert client.post(mistake, {"reason": ""}).status_code == 422
    assert client.post(mistake, {"reason": WHY})["Location"] == "/people/"
    assert client.get(place).status_code == 404
    assert WHY in text(browser(town.officer).get(place))


def test_an_ending_can_be_taken_back_for_ten_minutes(town: Cast):
    client, place = browser(town.manager), page(town.person, "assignment/")
    assert client.get(f"{place}ended/").status_code == 404
    assert client.post(f"{place}end/", {"reason": "ended"})["Location"] == f"{place}ended/"
    assert "担当に戻す" in text(client.get(f"{place}ended/"))
    assert client.get(page(town.without_consent, "assignment/ended/")).status_code == 404
    assert client.post(f"{place}ended/", {"reason": "別の方を終えるところだった"})["Location"] == place
    shown = text(client.get(place))
    assert "担当を終了する" in shown and "別の方を終えるところだった" in shown
    assert client.get(f"{place}ended/").status_code == 404


def test_an_identity_that_was_somebody_elses(town: Cast):
    register(town.manager, town.person)
    client, place = browser(town.manager), page(town.person, "assignment/")
    mistake = re.search(r'href="([^"]+/assignment/identity/\d+/mistake/)"', text(client.get(place)))[1]
    assert client.post(mistake, {"reason": WHY}).status_code == 302
    assert client.get(mistake).status_code == 404
    assert "登録のまちがい" in text(browser(town.officer).get(place))
