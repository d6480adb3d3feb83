"""Numbers in the frame: findings beside 職員 for administrators, 代行 beside the own name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kiban.staff.models import Delegation, Suspicion
from tests.cast import Cast, browser
from tests.pages import page, text

pytestmark = pytest.mark.database
PLACE = '>職員<span class="kb-count">1<'
ACTING = '<ahref="/acting/">代行<spanclass="kb-count">1<'  # without blanks


def shown(actor) -> str:
    return text(browser(actor).get("/registry/offices/"))


def test_findings_are_numbered_for_administrators(town: Cast):
    now = timezone.now()
    Suspicion.objects.create(
        organisation_id=town.office.id,
        account_id=town.manager.account_id,
        kind=Suspicion.Kind.TOO_FAST,
        seen_at=now,
        last_at=now,
    )
    assert PLACE in shown(town.administrator)
    for other in (town.manager, town.officer):
        assert "kb-count" not in shown(other)
    Suspicion.objects.filter(organisation_id=town.office.id).update(cleared_at=now)
    assert "kb-count" not in shown(town.administrator)


def test_a_permitted_substitution_is_numbered_for_the_one_who_may_act(town: Cast):
    now = timezone.now()
    Delegation.objects.create(
        actor_id=town.manager.account_id,
        absent_id=town.administrator.account_id,
        organisation_id=town.office.id,
        permitted_by_id=town.administrator.account_id,
        reason="休暇",
        starts_at=now - dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(days=1),
    )
    assert ACTING in "".join(shown(town.manager).split())
    assert "kb-count" not in shown(town.administrator)


def test_a_page_the_gate_decides_about_counts_nothing(town: Cast):
    assert "kb-count" not in text(browser(town.manager).get(page(town.person)))
