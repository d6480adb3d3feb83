"""今日 of who has been here for a few days only: codes on paper, until there are some."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kiban.staff.models import Account
from kiban.staff.notices import NEWCOMER
from kiban.staff.sign_in import recovery_codes
from tests.cast import Cast, browser
from tests.pages import text

pytestmark = pytest.mark.database
WORDS = "復旧コードを印刷して"


def came(town: Cast, before: dt.timedelta = dt.timedelta()) -> None:
    Account.objects.filter(pk=town.manager.account_id).update(created_at=timezone.now() - before)


def test_the_line_stands_until_there_are_codes(town: Cast):
    came(town)
    assert WORDS in text(browser(town.manager).get("/"))
    recovery_codes.make(Account.objects.get(pk=town.manager.account_id))
    assert WORDS not in text(browser(town.manager).get("/"))


def test_its_link_leads_to_the_button(town: Cast):
    came(town)
    hands = browser(town.manager)
    assert 'href="/own/#recovery">復旧コードを作る</a>' in text(hands.get("/"))
    assert 'id="recovery"' in text(hands.get("/own/"))


def test_who_did_without_for_long_is_left_alone(town: Cast):
    came(town, NEWCOMER + dt.timedelta(minutes=1))
    assert WORDS not in text(browser(town.manager).get("/"))
