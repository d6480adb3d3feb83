"""予定表: a month with what ends, behind a row of the log; as a file numbers and no name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from kiban.home import month as months
from kiban.ops.room import Dated
from kiban.terms.months import month_after
from tests.cast import Cast, browser
from tests.pages import page, text
from tests.world import days

pytestmark = pytest.mark.database
NOON = dt.datetime(2026, 11, 30, 3, tzinfo=dt.UTC)


def of(day: dt.date, rest: str = "") -> str:
    return f"/calendar/{rest}?month={day:%Y%m}"


def test_the_heading_says_the_month_with_its_western_year(town: Cast):
    shown = text(browser(town.manager).get("/calendar/?month=201905"))
    assert "予定表 令和元年5月(2019年)" in shown
    assert "令和元年5月の予定" in shown


def test_what_ends_in_the_month_is_named_and_logged(town: Cast):
    last = days(99)
    shown = text(browser(town.manager).get(of(last)))
    assert shown.count(f'href="{page(town.person, "records/certification/")}"') == 1
    assert "認定の最終日" in shown
    assert page(town.without_consent) not in shown  # whose end is not to be seen
    (row,) = town.world.log(account_id=town.manager.account_id)
    assert row["persons"] == [town.person.key]
    elsewhere = text(browser(town.manager).get(of(last + dt.timedelta(days=400))))
    assert "認定の最終日" not in elsewhere


def test_the_last_day_of_a_month_and_the_first_of_the_next(town: Cast):
    first = month_after(days(200))
    for person, valid_to in ((town.person, first), (town.without_consent, first + dt.timedelta(days=1))):
        town.world.run("UPDATE care.record SET valid_to = %s WHERE insured_key = %s", valid_to, person.key)
    town.world.consent(town.without_consent)
    before, of_month = (text(browser(town.manager).get(of(day))) for day in (days(200), first))
    assert page(town.person) in before and page(town.without_consent) not in before
    assert page(town.without_consent) in of_month and page(town.person) not in of_month


def test_the_tenth_is_for_offices(town: Cast):
    assert "<b>請求の締切</b>" in text(browser(town.manager).get("/calendar/"))
    assert "<b>請求の締切</b>" not in text(browser(town.officer).get("/calendar/"))


def test_the_file_says_how_many_and_never_who(town: Cast):
    answer = browser(town.manager).get(of(days(99), "file/"))
    assert answer["Content-Type"].startswith("text/calendar")
    written = text(answer)
    assert f"DTSTART;VALUE=DATE:{days(99):%Y%m%d}\r\n" in written
    assert "SUMMARY:認定の最終日 1件\r\n" in written
    for told in (town.person.name, town.person.name.split()[-1], town.person.insured_no, page(town.person)):
        assert told not in written


@pytest.mark.parametrize("asked", ["", "x", "202613", "99999999", "0001", "2026１１"])
def test_a_month_that_is_none_is_this_one(asked):
    assert months.first_of(asked, dt.date(2026, 11, 30)) == dt.date(2026, 11, 1)


def test_weeks_begin_on_sunday_and_hold_the_month():
    weeks = months.weeks(dt.date(2026, 11, 1), [Dated(dt.date(2026, 11, 10), "請求の締切")])
    assert all(week[0].on.isoweekday() == 7 for week in weeks)
    within = [day for week in weeks for day in week if day.is_of_month]
    assert [day.on.day for day in within] == list(range(1, 31))
    assert [day.on.day for day in within if day.entries] == [10]


def test_entries_of_a_kind_are_one_line_of_the_file():
    said = [Dated(dt.date(2026, 11, 9), "認定の最終日", who) for who in ("試験 一", "試験 二")]
    said.append(Dated(dt.date(2026, 11, 10), "請求の締切"))
    lines = months.file_of(said, NOON).split("\r\n")
    assert [line for line in lines if line.startswith("SUMMARY")] == ["SUMMARY:認定の最終日 2件", "SUMMARY:請求の締切"]
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert len({line for line in lines if line.startswith("UID")}) == 2


def test_today_leads_to_it(town: Cast):
    assert f'href="{reverse("home:month")}"' in text(browser(town.manager).get("/"))
