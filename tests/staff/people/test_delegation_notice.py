"""Whoever may act for somebody is told: on 今日, and by e-mail."""

from __future__ import annotations

import pytest

from kiban.staff import mail
from kiban.staff.models import Account, Delegation
from tests.cast import Cast, browser
from tests.pages import text, wareki
from tests.world import days

pytestmark = pytest.mark.database


def permit(town: Cast, first=0, last=3):
    data = {
        "actor": town.manager.account_id,
        "absent": town.administrator.account_id,
        "reason": "休暇",
        **wareki("first_day", days(first)),
        **wareki("last_day", days(last)),
    }
    return browser(town.administrator).post("/staff/delegations/add/", data, follow=True)


def test_today_says_it_to_the_one_who_may_act(town: Cast):
    assert "「今日」に出ます" in text(permit(town))
    shown = text(browser(town.manager).get("/"))
    assert "試験 管理者さんの代行ができます" in shown
    assert 'href="/acting/">始める</a>' in shown
    assert "代行ができます" not in text(browser(town.administrator).get("/"))


def test_not_before_it_begins(town: Cast):
    permit(town, first=2)
    assert "代行ができます" not in text(browser(town.manager).get("/"))


def test_not_while_one_acts_nor_after_it_was_revoked(town: Cast):
    permit(town)
    made, hands = Delegation.objects.get(actor_id=town.manager.account_id), browser(town.manager)
    acting = text(hands.post(f"/acting/{made.pk}/begin/", follow=True))
    assert "さんの代行中です" in acting
    assert "代行ができます" not in text(hands.get("/"))
    hands.post("/acting/stop/")
    assert "代行ができます" in text(hands.get("/"))
    browser(town.administrator).post(f"/staff/delegations/{made.pk}/revoke/")
    assert "代行ができます" not in text(hands.get("/"))


def test_a_mail_says_so_and_names_nobody(town: Cast, settings, tmp_path):
    settings.SMTP = f"file:{tmp_path}"
    address = f"{town.manager.login_id}@example.jp"
    Account.objects.filter(pk=town.manager.account_id).update(email=address)
    assert "メールでも知らせました" in text(permit(town))
    (letter,) = [one for one in mail.letters() if one.address == address]
    assert "代行が許可されました" in letter.text
    for actor in (town.manager, town.administrator):
        assert actor.name not in letter.text + letter.subject


def test_without_a_mail_server_today_is_enough(town: Cast, settings):
    settings.SMTP = ""
    assert "メールでも" not in text(permit(town))
