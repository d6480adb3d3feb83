"""権限の見直し: everybody's rights on one sheet, signed off by name, kept as they were."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff.models import Account, Delegation, Employment, Passkey, RightsReview
from kiban.staff.people import employments
from kiban.staff.review import rights_review
from kiban.terms import wareki
from tests.staff.office import Browser, Office, hire
from tests.staff.people.acts import typed
from tests.world import days, hours


def sign_off(browser: Browser, seen: str = "", **more: str) -> str:
    seen = seen or shown(browser)
    given = {"seen": seen, "looked": "on", "note": "変わりなし", **typed("next_on", days(180)), **more}
    return browser.post("/staff/rights/", given, follow=True).content.decode()


def shown(browser: Browser) -> str:
    """What the page says was on it."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', browser.get("/staff/rights/").content.decode())
    assert found is not None
    return found[1]


def test_the_sheet_says_what_everybody_may_do(office: Office, browser: Browser) -> None:
    nurse, idle = hire(office, "nurse", ends_on=days(30)), hire(office, enrolled=False, first_password=True)
    Account.objects.filter(pk=idle.account_id).update(last_login=timezone.now() - timedelta(days=100))
    Passkey.objects.create(account=nurse.account, name="x", credential_id=str(nurse.pk).encode(), public_key=b"y")
    office.browser().sign_in(nurse.account)
    Delegation.objects.create(
        actor=nurse.account,
        absent=idle.account,
        organisation_id=office.id,
        permitted_by=idle.account,
        reason="x",
        starts_at=hours(-1),
        ends_at=hours(1),
    )
    page = browser.get("/staff/rights/").content.decode()
    row = page.split(f"{nurse.account.login_id}</small>")[1].split("</tr>")[0]
    assert "看護師" in row
    assert "パスキー、アプリ" in row
    assert f"{wareki.to_wareki(days(29))}まで" in row
    assert "試験端末" in row
    assert f"{idle.account.name}さんの代行" in row
    row = page.split(f"{idle.account.login_id}</small>")[1].split("</tr>")[0]
    for remark in ("90日以上", "二つ目の確認がありません", "はじめのパスワード"):
        assert remark in row


def test_a_sign_off_is_kept_as_it_was(office: Office, administrator: Employment, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    page = sign_off(browser)
    assert "見直しを記録しました" in page
    review = RightsReview.objects.get(organisation=office.id)
    assert (review.reviewed_by, review.note, review.next_on) == (administrator.account, "変わりなし", days(180))
    employments.end_now(nurse, by=None)
    kept = browser.get(f"/staff/rights/{review.pk}/").content.decode()
    assert nurse.account.login_id in kept
    assert "変わりなし" in kept
    page = browser.get("/staff/rights/").content.decode()
    assert nurse.account.login_id not in page
    assert f"次の見直しは{wareki.to_wareki(days(180))}まで" in page


def test_what_changed_meanwhile_is_not_signed_off(office: Office, browser: Browser) -> None:
    seen = shown(browser)
    newcomer = hire(office)
    page = sign_off(browser, seen)
    assert "見ている間に" in page
    assert newcomer.account.login_id in page
    assert not RightsReview.objects.filter(organisation=office.id).exists()
    office.browser().sign_in(newcomer.account)  # signing in changes no rights
    assert "見直しを記録しました" in sign_off(browser, shown(browser))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"looked": ""}, "確かめたら印"),
        (typed("next_on", days(0)), "1年以内"),
        (typed("next_on", days(400)), "1年以内"),
    ],
)
def test_a_sign_off_means_having_looked_and_names_the_next_day(
    office: Office, browser: Browser, given: dict[str, str], words: str
) -> None:
    assert words in sign_off(browser, **given)
    assert not RightsReview.objects.filter(organisation=office.id).exists()


def test_a_review_is_due_and_said_so(office: Office, browser: Browser) -> None:
    sign_off(browser)
    RightsReview.objects.filter(organisation=office.id).update(next_on=days(-1))
    assert "見直しの日" in browser.get("/staff/rights/").content.decode()


def test_the_first_review_is_due_half_a_year_after_the_first_person(office: Office) -> None:
    hire(office, starts_on=date(2026, 8, 31))
    assert rights_review.due_on(Organisation.objects.get(pk=office.id)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 5, 31), date(2026, 11, 30)),
        (date(2026, 6, 30), date(2026, 12, 30)),
        (date(2026, 12, 1), date(2027, 6, 1)),
        (date(2027, 8, 30), date(2028, 2, 29)),
    ],
)
def test_six_months_later(day: date, later: date) -> None:
    assert rights_review.months_after(day) == later


def test_another_offices_reviews_do_not_exist(
    office: Office, make_office: Callable[[], Office], browser: Browser
) -> None:
    sign_off(browser)
    other = make_office()
    theirs = other.browser()
    theirs.sign_in(hire(other, level="administrator").account)
    assert theirs.get(f"/staff/rights/{RightsReview.objects.get(organisation=office.id).pk}/").status_code == 404
