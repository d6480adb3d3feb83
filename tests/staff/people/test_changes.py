"""変更の記録: every act on staff leaves a line with both names, and no line can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import ProgrammingError

from kiban.staff import accounts
from kiban.staff.models import Employment, StaffChange
from tests.staff.office import Browser, Office, hire
from tests.staff.people.acts import NAME, chosen, grant, invite, typed
from tests.world import days

Kind = StaffChange.Kind


def shown(employment: Employment) -> str:
    """The name as pages write it: it does not break at its space."""
    return employment.account.name.replace(" ", "\xa0")


def lines(office: Office) -> list[StaffChange]:
    return list(StaffChange.objects.filter(organisation=office.id).order_by("pk"))


def test_an_invitation_from_the_letter_to_the_employment(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    invitation, _, _ = invite(browser)
    page = browser.post(f"/staff/invitations/{invitation.pk}/again/", follow=True).content.decode()
    key = page.split('kb-number">')[1].split("<")[0]
    office.browser().post(f"/invitation/{key}/", chosen(f"changes-{office.number}"))
    other, _, _ = invite(browser, "試験 二人目")
    browser.post(f"/staff/invitations/{other.pk}/withdraw/")
    found = lines(office)
    assert [one.kind for one in found] == [
        Kind.INVITED,
        Kind.INVITED_AGAIN,
        Kind.EMPLOYED,
        Kind.INVITATION_ACCEPTED,
        Kind.INVITED,
        Kind.INVITATION_WITHDRAWN,
    ]
    accepted = found[3]
    assert accepted.account is not None
    assert accepted.by == accepted.account
    assert found[0].detail == f"{NAME}さん 看護師(一般)"
    assert {one.by for one in found if one != accepted} == {administrator.account}


def test_what_an_administrator_does_with_somebody(office: Office, administrator: Employment, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    browser.post(f"/staff/{nurse.pk}/reset-password/")
    browser.post(f"/staff/{nurse.pk}/reset-code/")
    browser.post(f"/staff/{nurse.pk}/job/", {"job_type": "clerk", "level": "general"})
    clerk = nurse.account.employments.get(job_type="clerk")
    browser.post(f"/staff/{clerk.pk}/last-day/", typed("last_day", days(3)))
    grant(browser, administrator, clerk)
    found = lines(office)
    assert [one.kind for one in found] == [
        Kind.PASSWORD_RESET,
        Kind.FACTOR_RESET,
        Kind.ENDED,
        Kind.EMPLOYED,
        Kind.ENDED,
        Kind.DELEGATED,
    ]
    assert {one.by for one in found} == {administrator.account}
    assert "自分で許可" in found[-1].detail
    page = browser.get("/staff/changes/").content.decode()
    assert "新しいパスワードを出した" in page
    assert shown(nurse) in page


def test_the_operators_acts_are_seen_where_the_person_works(
    office: Office, make_office: Callable[[], Office], browser: Browser
) -> None:
    here, elsewhere = hire(office), hire(make_office())
    for one in (here, elsewhere):
        accounts.reset_password(one.account)
    page = browser.get("/staff/changes/").content.decode()
    assert "運営者" in page
    assert shown(here) in page
    assert shown(elsewhere) not in page


@pytest.mark.parametrize("act", ["delete", "update"])
def test_a_line_stays_as_it_was_written(office: Office, browser: Browser, act: str) -> None:
    invite(browser)
    written = StaffChange.objects.filter(organisation=office.id)
    with pytest.raises(ProgrammingError, match="permission denied"):
        written.delete() if act == "delete" else written.update(detail="")
    assert written.count() == 1


def test_an_act_that_fails_leaves_no_line(office: Office, browser: Browser) -> None:
    nurse = hire(office, "nurse", starts_on=days(-3))
    browser.post(f"/staff/{nurse.pk}/last-day/", typed("last_day", days(-9)))
    assert lines(office) == []
