"""Certificates that end: the steps of 90, 30 and 7 days, the claims of the 10th, and the lines of the home page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kiban.registry.models import Organisation
from kiban.terminals import ending
from kiban.terminals.models import Certificate, Terminal
from tests.cast import Cast, browser
from tests.world import days, hours

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2099, 1, 1))


@pytest.mark.parametrize(("left", "step"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 7)])
def test_the_steps(left, step):
    assert ending.step_reached(left) == step


@given(st.integers(-1000, 1000), st.integers(0, 100))
def test_time_only_narrows_the_step(left, passed):
    before, after = ending.step_reached(left), ending.step_reached(left - passed)
    assert before is None or (after is not None and after <= before)


@given(DAYS, st.integers(0, 400))
def test_a_certificate_either_lasts_through_the_tenth_or_is_told_of(today, left):
    last = today + dt.timedelta(days=left)
    has_a_tenth = any((today + dt.timedelta(days=number)).day == 10 for number in range(left + 1))
    assert ending.ends_before_claims(last, today) is not has_a_tenth


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_a_longer_certificate_is_never_worse(today, left, more):
    last = today + dt.timedelta(days=left)
    if not ending.ends_before_claims(last, today):
        assert not ending.ends_before_claims(last + dt.timedelta(days=more), today)


def test_a_certificate_that_ends_in_the_course_of_a_day_does_not_last_through_it():
    at_noon = dt.datetime(2026, 12, 10, 3, tzinfo=dt.UTC)  # 12:00 in Japan
    assert ending.last_whole_day(at_noon) == dt.date(2026, 12, 9)
    assert ending.ends_before_claims(ending.last_whole_day(at_noon), dt.date(2026, 12, 1))


def test_the_nearest_first_and_each_says_where_it_stands(town: Cast):
    office = Organisation.objects.get(pk=town.office.id)
    Certificate.objects.filter(pk=town.manager.certificate_id).update(not_after=hours(24 * 60))
    Certificate.objects.filter(pk=town.administrator.certificate_id).update(not_after=hours(24 * 5))
    found = ending.ending(office, days(0))
    assert [(one.days, one.step) for one in found] == [(5, 7), (60, 90)]
    assert not found[1].before_claims
    early = ending.ending(office, timezone.localdate(found[0].certificate.not_after).replace(day=1))
    assert {one.certificate.pk for one in early} == {one.certificate.pk for one in found}


def test_the_home_page_leads_to_the_terminal(town: Cast):
    Certificate.objects.filter(pk=town.manager.certificate_id).update(not_after=hours(24 * 60))
    name = Terminal.objects.get(pk=town.manager.terminal_id).name
    shown = browser(town.administrator).get("/").content.decode()
    assert f"端末「{name}」の証明書が切れます" in shown
    assert f'href="/terminals/{town.manager.terminal_id}/"' in shown
    Terminal.objects.filter(pk=town.manager.terminal_id).update(retired_on=days(0))
    assert f"端末「{name}」" not in browser(town.administrator).get("/").content.decode()
