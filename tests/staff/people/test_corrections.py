"""氏名を変える, and an employment ended by mistake: both stay in 変更の記録."""

from __future__ import annotations

import pytest

from kiban.staff.models import Employment, StaffChange
from kiban.terminals.models import Terminal
from tests.staff.office import Browser, Office, hire
from tests.staff.people.acts import typed
from tests.world import days


@pytest.fixture
def administrator(office: Office) -> Employment:
    return hire(office, "manager", level="office")


def last_change(employment: Employment) -> StaffChange:
    return StaffChange.objects.filter(account=employment.account).latest("pk")


def test_a_name_is_changed_and_the_terminal_goes_along(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    nurse = hire(office)
    before = nurse.account.name
    Terminal.objects.filter(organisation=office.id).update(custodian=before)
    page = f"/staff/{nurse.pk}/name/"
    assert before in browser.get(page).content.decode()
    assert browser.post(page, {"name": "", "why": "結婚のため"}).status_code == 422
    answer = browser.post(page, {"name": "髙橋 新子", "kana": "タカハシ シンコ", "why": "結婚のため"})
    assert answer["Location"] == f"/staff/{nurse.pk}/"
    nurse.account.refresh_from_db()
    assert (nurse.account.name, nurse.account.kana) == ("髙橋 新子", "タカハシ シンコ")
    assert {one.custodian for one in Terminal.objects.filter(organisation=office.id)} == {"髙橋 新子"}
    change = last_change(nurse)
    assert (change.kind, change.by) == (StaffChange.Kind.RENAMED, administrator.account)
    assert before in change.detail and "結婚のため" in change.detail


def test_nobody_renames_oneself_where_another_administers(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    new = {"name": "別人 太郎", "why": "試験"}
    assert browser.post(f"/staff/{administrator.pk}/name/", new).status_code == 302  # nobody else could
    hire(office, "manager", level="administrator")
    answer = browser.post(f"/staff/{administrator.pk}/name/", new | {"name": "別人 次郎"})
    assert answer.status_code == 422 and "自分の氏名は自分では変えられません" in answer.content.decode()


def test_an_end_by_mistake_is_taken_back(office: Office, administrator: Employment, browser: Browser) -> None:
    nurse = hire(office)
    browser.post(f"/staff/{nurse.pk}/end-now/")
    page = f"/staff/{nurse.pk}/restore/"
    assert page in browser.get("/staff/").content.decode()
    assert browser.post(page, {"reason": " "}).status_code == 422
    assert browser.post(page, {"reason": "別の職員を終えるところだった"})["Location"] == f"/staff/{nurse.pk}/"
    nurse.refresh_from_db()
    assert nurse.ends_on is None
    change = last_change(nurse)
    assert change.kind == StaffChange.Kind.RESTORED and "別の職員を" in change.detail
    assert browser.get(page).status_code == 404  # nothing left to take back
    other = office.browser()
    assert other.sign_in(nurse.account)


def test_who_changed_the_job_is_not_brought_back(office: Office, administrator: Employment, browser: Browser) -> None:
    nurse = hire(office)
    given = {"job_type": "clerk", "level": "general", **typed("first_day", days(0))}
    assert browser.post(f"/staff/{nurse.pk}/job/", given).status_code == 302
    answer = browser.post(f"/staff/{nurse.pk}/restore/", {"reason": "試験"})
    assert answer.status_code == 422 and "別の所属" in answer.content.decode()


def test_another_offices_people_are_not_there(make_office, administrator: Employment, browser: Browser) -> None:
    foreign, over = hire(make_office()), hire(make_office(), ends_on=days(-3))
    assert browser.get(f"/staff/{foreign.pk}/name/").status_code == 404
    assert browser.get(f"/staff/{over.pk}/restore/").status_code == 404
