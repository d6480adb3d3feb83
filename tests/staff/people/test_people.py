"""/staff/: the administrator's pages about the own organisation's people."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.staff.models import Account, Employment, Session
from tests.markup import on_one_line
from tests.staff.office import Browser, Office, code_of, hire
from tests.staff.people.acts import typed
from tests.world import days

POSTS = ("last-day", "end-now", "job", "reset-code", "reset-password")


@pytest.fixture
def administrator(office: Office) -> Employment:
    return hire(office, "manager", level="office")


def entered(login_id: str, **more: str) -> dict[str, str]:
    return {
        "name": "試験 花子",
        "kana": "シケン ハナコ",
        "login_id": login_id,
        "job_type": "nurse",
        "level": "general",
        **typed("starts_on", days(0)),
        **more,
    }


def test_the_list_shows_the_own_people_only(
    office: Office, make_office: Callable[[], Office], browser: Browser
) -> None:
    nurse, past = hire(office, "nurse", enrolled=False), hire(office, "clerk", ends_on=days(-3))
    foreign = hire(make_office())
    page = browser.get("/staff/").content.decode()
    now, ended = page.split("<h2>終わった所属")
    assert nurse.account.login_id in now
    assert "未" in now
    assert "まだありません" in now
    assert past.account.login_id in ended
    assert past.account.login_id not in now
    assert foreign.account.login_id not in page


def test_general_users_have_no_such_pages(office: Office) -> None:
    employment = hire(office)
    browser = office.browser()
    browser.sign_in(employment.account)
    for page in ("/staff/", "/staff/add/", f"/staff/{employment.pk}/"):
        assert browser.get(page).status_code == 403
    for action in POSTS:
        assert browser.post(f"/staff/{employment.pk}/{action}/").status_code == 403


def test_other_organisations_people_do_not_exist(make_office: Callable[[], Office], browser: Browser) -> None:
    foreign = hire(make_office(), "nurse")
    assert browser.get(f"/staff/{foreign.pk}/").status_code == 404
    given = {"job_type": "clerk", "level": "administrator", **typed("last_day", days(0))}
    for action in POSTS:
        assert browser.post(f"/staff/{foreign.pk}/{action}/", given).status_code == 404
    untouched = Employment.objects.get(pk=foreign.pk)
    assert (untouched.job_type_id, untouched.level, untouched.ends_on) == ("nurse", "general", None)
    assert untouched.account.password == foreign.account.password


def test_over_leavers_an_administrator_has_no_say(office: Office, browser: Browser) -> None:
    past = hire(office, ends_on=days(0))
    for action in POSTS:
        assert browser.post(f"/staff/{past.pk}/{action}/", typed("last_day", days(9))).status_code == 404


def test_adding_a_person_shows_the_first_password_once(
    office: Office, administrator: Employment, browser: Browser
) -> None:
    page = browser.post("/staff/add/", entered("Hanako-01"), follow=True).content.decode()
    password = re.findall(r"<code>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</code>", page)[0]
    account = Account.objects.get(login_id="hanako-01")
    employment = account.employments.get()
    assert (employment.organisation_id, employment.job_type_id) == (office.id, "nurse")
    assert account.created_by == employment.recorded_by == administrator.account
    assert password not in browser.get("/staff/").content.decode()
    newcomer = office.browser()
    assert newcomer.show_password(account, password)["Location"] == "/sign-in/code/"
    arrived = newcomer.post("/sign-in/code/", {"code": code_of(account)})
    assert arrived["Location"].startswith("/password/")


def test_an_id_is_one_persons(browser: Browser) -> None:
    assert browser.post("/staff/add/", entered("hanako-02")).status_code == 302
    page = browser.post("/staff/add/", entered(" HANAKO-02 ")).content.decode()
    assert "すでに使われています" in page
    assert Employment.objects.filter(account__login_id="hanako-02").count() == 1


def test_when_the_dates_are_wrong_no_account_is_left_behind(browser: Browser) -> None:
    page = browser.post("/staff/add/", entered("hanako-03", **typed("last_day", days(-1)))).content.decode()
    assert "最後の日は、最初の日より前にできません" in page
    assert not Account.objects.filter(login_id="hanako-03").exists()


def test_after_the_last_day_nothing_is_seen(office: Office, administrator: Employment, browser: Browser) -> None:
    leaver = hire(office)
    other = office.browser()
    other.sign_in(leaver.account)
    browser.post(f"/staff/{leaver.pk}/last-day/", typed("last_day", days(0)))
    assert other.get("/password/").status_code == 200, "the last day itself is a working day"
    browser.post(f"/staff/{leaver.pk}/last-day/", typed("last_day", days(-1)))
    assert other.get("/password/")["Location"].startswith("/sign-in/")
    leaver.refresh_from_db()
    assert (leaver.ends_on, leaver.ended_by) == (days(0), administrator.account)


def test_a_new_job_ends_the_old_one_that_day(office: Office, administrator: Employment, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    other = office.browser()
    other.sign_in(nurse.account)
    browser.post(f"/staff/{nurse.pk}/job/", {"job_type": "care_manager", "level": "administrator"})
    nurse.refresh_from_db()
    new = Employment.objects.in_force(days(0)).get(account=nurse.account)
    assert (nurse.ends_on, nurse.ended_by) == (days(0), administrator.account)
    assert (new.job_type_id, new.level, new.starts_on) == ("care_manager", "administrator", days(0))
    assert other.get("/password/")["Location"].startswith("/sign-in/"), "the session had the rights of the old job"


def test_the_same_job_again_is_no_change(office: Office, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    page = browser.post(f"/staff/{nurse.pk}/job/", {"job_type": "nurse", "level": "general"}).content.decode()
    assert "いまと同じです" in page
    assert nurse.account.employments.count() == 1


def test_nobody_changes_their_own_rights(administrator: Employment, browser: Browser) -> None:
    own = f"/staff/{administrator.pk}/"
    assert "自分の登録は自分では変えられません" in browser.get(own).content.decode()
    for action, given in (
        ("last-day", typed("last_day", days(9))),
        ("job", {"job_type": "nurse", "level": "administrator"}),
    ):
        assert "自分の登録は自分では" in browser.post(f"{own}{action}/", given).content.decode()
    administrator.refresh_from_db()
    assert (administrator.job_type_id, administrator.ends_on) == ("manager", None)


def test_resetting_the_code_asks_for_a_new_app(office: Office, browser: Browser) -> None:
    employment = hire(office)
    other = office.browser()
    other.sign_in(employment.account)
    old = code_of(employment.account)
    browser.post(f"/staff/{employment.pk}/reset-code/")
    assert not Session.objects.filter(account=employment.account).exists()
    other.show_password(employment.account)
    assert "<svg" in other.get("/sign-in/code/").content.decode()
    assert "kb-error" in other.post("/sign-in/code/", {"code": old}).content.decode()


def test_resetting_the_password_also_ends_a_lock_out(office: Office, browser: Browser) -> None:
    employment = hire(office)
    other = office.browser()
    for _ in range(6):
        other.show_password(employment.account, "wrong-password")
    page = on_one_line(browser.post(f"/staff/{employment.pk}/reset-password/", follow=True).content)
    password = page.split("はじめのパスワード</dt><dd data-kb-copy><code>")[1].split("</code>")[0]
    assert other.show_password(employment.account).status_code == 422
    assert other.show_password(employment.account, password).status_code == 302


@pytest.mark.parametrize(
    ("mine", "given", "works"),
    [
        ("office", "office", False),
        ("office", "administrator", True),
        ("office", "general", True),
        ("administrator", "office", False),
        ("administrator", "administrator", False),
        ("administrator", "general", True),
    ],
)
def test_nobody_gives_a_level_that_is_not_below_the_own(office: Office, mine: str, given: str, works: bool) -> None:
    browser = office.browser()
    browser.sign_in(hire(office, "manager", level=mine).account)
    choices = browser.get("/staff/add/").content.decode()
    assert (f'value="{given}"' in choices) is works
    login_id = f"level-{mine}-{given}"
    browser.post("/staff/add/", entered(login_id, level=given))
    assert Employment.objects.filter(account__login_id=login_id, level=given).exists() is works
    nurse = hire(office, "nurse")
    browser.post(f"/staff/{nurse.pk}/job/", {"job_type": "clerk", "level": given})
    assert nurse.account.employments.filter(level=given, job_type="clerk").exists() is works


def test_an_administrator_has_no_say_over_those_above(office: Office) -> None:
    browser = office.browser()
    browser.sign_in(hire(office, "manager", level="administrator").account)
    above = hire(office, "manager", level="office")
    page = browser.get(f"/staff/{above.pk}/").content.decode()
    assert "この人は事業所ユーザです" in page
    assert "<form" not in page.split("<h1>")[1]
    password = above.account.password
    for action, given in (
        ("last-day", typed("last_day", days(0))),
        ("end-now", {}),
        ("job", {"job_type": "nurse", "level": "general"}),
        ("reset-password", {}),
        ("reset-code", {}),
    ):
        browser.post(f"/staff/{above.pk}/{action}/", given)
    above.refresh_from_db()
    assert (above.ends_on, above.account.employments.count(), above.account.password) == (None, 1, password)
    assert TOTPDevice.objects.filter(user=above.account, confirmed=True).exists()


def test_an_administrator_of_another_office_is_not_taken_over_from_here(
    office: Office, make_office: Callable[[], Office], browser: Browser
) -> None:
    both = hire(office)
    hire(make_office(), level="administrator", account=both.account)
    page = browser.post(f"/staff/{both.pk}/reset-password/", follow=True).content.decode()
    assert "はじめのパスワード</dt>" not in page
    assert "やり直しができるのは" in page
    assert Account.objects.get(pk=both.account_id).password == both.account.password


def test_the_own_password_is_changed_where_the_old_one_is_asked_for(
    administrator: Employment, browser: Browser
) -> None:
    for action in ("reset-password", "reset-code"):
        page = browser.post(f"/staff/{administrator.pk}/{action}/", follow=True).content.decode()
        assert "「自分の設定」で変えます" in page
    assert Account.objects.get(pk=administrator.account_id).password == administrator.account.password
    assert TOTPDevice.objects.filter(user=administrator.account, confirmed=True).exists()


def test_ending_now_closes_what_is_open(office: Office, administrator: Employment, browser: Browser) -> None:
    leaver = hire(office)
    other = office.browser()
    other.sign_in(leaver.account)
    browser.post(f"/staff/{leaver.pk}/end-now/")
    assert not Session.objects.filter(account=leaver.account).exists()
    assert other.get("/password/")["Location"].startswith("/sign-in/")
    leaver.refresh_from_db()
    assert (leaver.ends_on, leaver.ended_by) == (days(0), administrator.account)


def test_ending_one_job_leaves_the_other_signed_in(office: Office, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    clerk = hire(office, "clerk", account=nurse.account)
    other = office.browser()
    other.show_password(nurse.account)
    other.post("/sign-in/code/", {"code": code_of(nurse.account)})
    other.post("/sign-in/employment/", {"employment": str(clerk.pk)})
    browser.post(f"/staff/{nurse.pk}/end-now/")
    assert other.get("/password/").status_code == 200


def test_somebody_who_has_not_begun_can_be_ended(office: Office, browser: Browser) -> None:
    coming = hire(office, starts_on=days(10))
    browser.post(f"/staff/{coming.pk}/end-now/")
    coming.refresh_from_db()
    assert coming.ends_on == days(10)
    assert not Employment.objects.in_force(days(10)).filter(pk=coming.pk).exists()


def test_a_job_changes_on_a_day_to_come(office: Office, browser: Browser) -> None:
    nurse = hire(office, "nurse")
    browser.post(f"/staff/{nurse.pk}/job/", {"job_type": "clerk", "level": "general", **typed("on", days(5))})
    nurse.refresh_from_db()
    assert nurse.ends_on == days(5)
    assert nurse.account.employments.get(job_type="clerk").starts_on == days(5)
