"""Beside ケアプラン連携 in the menu stands how much came and was not looked at, on every page."""

from __future__ import annotations

import pytest

from kiban.exchange.boxes import waiting
from tests.exchange.desks import page, text
from tests.exchange.town import unit_of

pytestmark = pytest.mark.database
ANY_PAGE = "/registry/offices/"
ONE = '>ケアプラン連携<span class="kb-count">1<span class="kb-hidden">件</span></span></a>'


def test_it_is_said_until_it_was_opened(desks):
    number = desks.send(desks.planner, unit_of("schedule", desks.scene()))
    assert ONE in text(desks.receiver.get(ANY_PAGE))
    assert "kb-count" not in text(desks.sender.get(ANY_PAGE))
    assert "kb-count" not in text(desks.elsewhere.get(ANY_PAGE))
    desks.receiver.get(page(number))
    assert "kb-count" not in text(desks.receiver.get(ANY_PAGE))


def test_it_is_the_number_of_today(desks):
    for scene in (first := desks.scene(), desks.later(first, seed=3)):
        desks.send(desks.planner, unit_of("schedule", scene))
    today = waiting.own(desks.provider)
    assert waiting.unseen(desks.provider) == today.unread + today.queries == 2
