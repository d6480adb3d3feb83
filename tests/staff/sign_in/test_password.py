"""/password/: the change of the first password, and of one's own."""

from __future__ import annotations

import pytest

from kiban.staff import accounts
from kiban.staff.models import Account, Session
from kiban.staff.sign_in import passwords
from kiban.staff.sign_in.signing_in import page_after
from kiban.staff.sign_in.steps import REFUSED
from tests.staff.office import PASSWORD, Office, hire

NEW = "himawari-saku-3"


def change(new: str, current: str = PASSWORD, again: str | None = None) -> dict[str, str]:
    return {"current": current, "new": new, "again": new if again is None else again}


def test_the_first_password_opens_only_its_own_change(office: Office) -> None:
    account = hire(office, level="administrator", first_password=True).account
    browser = office.browser()
    arrived = browser.sign_in(account, next="/staff/")
    assert arrived["Location"] == "/password/?next=%2Fstaff%2F"
    assert browser.get("/staff/")["Location"].startswith("/password/")
    assert browser.post("/staff/add/")["Location"] == "/password/"
    assert browser.post(arrived["Location"], change(NEW))["Location"] == "/staff/"
    assert browser.get("/staff/").status_code == 200


def test_who_does_not_change_it_may_leave(office: Office) -> None:
    browser = office.browser()
    browser.sign_in(hire(office, first_password=True).account)
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (PASSWORD, "いまのパスワードと同じ"),
        ("kaki-05", "8文字以上"),
        ("password123", "よく使われ"),
        ("8203948571", "数字"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(office: Office, new: str, why: str) -> None:
    browser = office.browser()
    browser.sign_in(hire(office, first_password=True).account)
    page = browser.post("/password/", change(new)).content.decode()
    assert why in page
    assert browser.get("/staff/")["Location"].startswith("/password/")


def test_none_is_used_twice(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.sign_in(account)
    assert browser.post("/password/", change(NEW))["Location"] == page_after("")
    page = browser.post("/password/", change(PASSWORD, NEW)).content.decode()
    assert "前に使ったパスワードです" in page
    first = accounts.reset_password(account)
    account.refresh_from_db()
    for used in (PASSWORD, NEW, first):
        assert passwords.check(account, used), used
    assert not passwords.check(account, "kinmokusei-4")


def test_without_a_second_factor_it_is_longer(office: Office) -> None:
    alone, beside = hire(office, enrolled=False).account, hire(office).account
    (why,) = passwords.check(alone, "asagao-hana7")
    assert "13文字以上" in why
    assert "8文字以上にできます" in why
    assert not passwords.check(alone, "asagao-hana7x")
    assert not passwords.check(beside, "asagao7x")
    assert "8文字以上" in passwords.check(beside, "asaga7x")[0]


def test_an_account_that_is_not_stored_yet_may_be_asked_about(office: Office) -> None:
    account = Account(login_id="yamanoue-hanako", name="試験 花子")
    assert passwords.check(account, "yamanoue-hanako")
    assert not passwords.check(account, "kinmokusei-no-ki-4")


def test_the_id_is_no_password(office: Office) -> None:
    employment = hire(office)
    employment.account.login_id = f"yamanoue-{employment.account.login_id}"
    employment.account.save()
    browser = office.browser()
    browser.sign_in(employment.account)
    assert "似すぎ" in browser.post("/password/", change(employment.account.login_id)).content.decode()


def test_the_second_typing_must_agree(office: Office) -> None:
    browser = office.browser()
    browser.sign_in(hire(office).account)
    assert "1回目と違います" in browser.post("/password/", change(NEW, again=NEW + "x")).content.decode()


def test_a_change_ends_the_other_sessions_and_changes_the_key_of_this_one(office: Office) -> None:
    account = hire(office).account
    here, elsewhere = office.browser(), office.browser()
    here.sign_in(account)
    elsewhere.sign_in(account)
    before = here.cookie
    assert here.post("/password/", change(NEW))["Location"] == page_after("")
    assert here.cookie != before
    assert here.get("/password/").status_code == 200
    assert elsewhere.get("/password/")["Location"].startswith("/sign-in/")
    assert Session.objects.filter(account=account).count() == 1
    assert office.browser().show_password(account).status_code == 422
    assert office.browser().show_password(account, NEW).status_code == 302


def test_guessing_the_current_password_locks_and_ends_the_session(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.sign_in(account)
    for _ in range(4):
        assert "いまのパスワードが違います" in browser.post("/password/", change(NEW, "wrong")).content.decode()
    assert REFUSED in browser.post("/password/", change(NEW, "wrong"), follow=True).content.decode()
    assert not Session.objects.filter(account=account).exists()
