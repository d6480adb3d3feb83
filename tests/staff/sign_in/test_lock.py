"""/lock/ and /locked/: after a time without use, and by the button, until the person has shown again who it is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from kiban.gate import door
from kiban.staff.models import Account, Passkey, Session, SessionMemory
from kiban.staff.sign_in.pages.factors import WRONG_PASSKEY
from kiban.staff.sign_in.pages.lock import WRONG_PASSWORD
from kiban.staff.sign_in.sessions import SessionStore, hashed, seal_of
from kiban.staff.sign_in.steps import REFUSED
from kiban.web import opaque
from kiban.web.request import Caller
from tests.staff.authenticator import Authenticator
from tests.staff.office import PASSWORD, Browser, Office, hire
from tests.world import World

PAGE = "/password/"


@pytest.fixture
def account(office: Office) -> Account:
    return hire(office, level="administrator").account


@pytest.fixture
def browser(office: Office, account: Account) -> Browser:
    made = office.browser()
    made.sign_in(account)
    return made


def row(browser: Browser) -> Session:
    return Session.objects.get(session_key=hashed(browser.cookie))


def idle_for(browser: Browser, minutes: float) -> None:
    then = timezone.now() - timedelta(minutes=minutes)
    found = row(browser)
    found.seen_at, found.second_factor_at = then, then
    found.seal = seal_of(found)
    found.save()


def is_locked(browser: Browser) -> bool:
    return browser.get("/staff/").headers.get("Location", "").startswith("/locked/")


def test_the_button_locks_and_the_password_unlocks(browser: Browser) -> None:
    answer = browser.post("/lock/", {"next": "/staff/"})
    assert answer["Location"] == "/locked/?next=%2Fstaff%2F"
    assert is_locked(browser)
    assert browser.get("/staff/")["Location"] == "/locked/?next=%2Fstaff%2F"
    assert WRONG_PASSWORD in browser.post(answer["Location"], {"password": "wrong"}).content.decode()
    assert is_locked(browser)
    assert browser.post(answer["Location"], {"password": PASSWORD})["Location"] == "/staff/"
    assert browser.get("/staff/").status_code == 200


def test_the_locked_page_shows_nothing_but_whose_screen_it_is(browser: Browser, account: Account) -> None:
    page = browser.post("/lock/", follow=True).content.decode()
    assert account.name in page
    assert account.login_id not in page
    assert "行き先" not in page


def test_fifteen_minutes_without_use_lock_it(browser: Browser) -> None:
    idle_for(browser, 14.5)
    assert not is_locked(browser)
    idle_for(browser, 15.1)
    assert is_locked(browser)
    assert row(browser).locked_at is not None
    assert browser.post("/locked/", {"password": PASSWORD}).status_code == 302
    assert not is_locked(browser)


def test_the_operator_sets_the_time(browser: Browser, settings: Any) -> None:
    settings.IDLE_MINUTES = 5.0
    idle_for(browser, 5.1)
    assert is_locked(browser)


def test_typing_in_a_long_form_is_use(browser: Browser) -> None:
    idle_for(browser, 10)
    assert browser.post("/in-use/").status_code == 204
    found = row(browser).seen_at
    assert found is not None
    assert timezone.now() - found < timedelta(minutes=1)
    browser.post("/lock/")
    assert browser.post("/in-use/")["Location"] == "/locked/", "but it unlocks nothing"


def test_the_gate_shows_nothing_either(office: Office, browser: Browser, account: Account, world: World) -> None:
    fingerprint = row(browser).certificate_fingerprint
    caller = Caller(browser.cookie, fingerprint)
    asked = lambda: door.open_records(caller, 1, ["insurance_card.card"], "care_planning")  # noqa: E731
    assert "account:locked" not in asked()
    browser.post("/lock/")
    assert "account:locked" in asked()
    browser.post("/locked/", {"password": PASSWORD})
    assert "account:locked" not in asked()


def test_a_page_of_a_person_leads_to_the_lock_and_the_session_stays(browser: Browser) -> None:
    page = f"/people/{opaque.encode(12345)}/"
    assert browser.get(page).status_code == 404
    browser.post("/lock/")
    assert browser.get(page)["Location"] == f"/locked/?{urlencode({'next': page})}"
    browser.post("/locked/", {"password": PASSWORD})
    idle_for(browser, 31)
    assert browser.get(page)["Location"].startswith("/locked/")
    assert browser.post("/locked/", {"password": PASSWORD}).status_code == 302
    assert browser.get(page).status_code == 404


def test_five_wrong_passwords_end_the_session_and_lock_the_id(
    browser: Browser, office: Office, account: Account
) -> None:
    browser.post("/lock/")
    for _ in range(4):
        browser.post("/locked/", {"password": "wrong"})
    assert REFUSED in browser.post("/locked/", {"password": "wrong"}, follow=True).content.decode()
    assert not Session.objects.filter(account=account).exists()
    assert REFUSED in office.browser().show_password(account).content.decode()


def test_a_passkey_unlocks(browser: Browser, account: Account, settings: Any) -> None:
    settings.PASSKEY_HOST = "testserver"
    known, foreign = Authenticator(), Authenticator()
    Passkey.objects.create(account=account, name="PC", credential_id=known.identifier, public_key=known.public())
    browser.post("/lock/")
    options = browser.get("/locked/").context["options"]
    assert WRONG_PASSKEY in browser.post("/locked/", {"credential": foreign.get(options)}).content.decode()
    options = browser.get("/locked/").context["options"]
    assert browser.post("/locked/", {"credential": known.get(options)}).status_code == 302
    assert not is_locked(browser)


def test_a_request_that_was_under_way_does_not_unlock(browser: Browser) -> None:
    store = SessionStore(browser.cookie)
    store["note"] = "read before the screen was locked"
    browser.post("/lock/")
    store.save()
    assert row(browser).locked_at is not None
    assert is_locked(browser)


def test_signing_out_and_the_next_persons_sign_in_stay_possible(browser: Browser, office: Office) -> None:
    browser.post("/lock/")
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    browser.sign_in(hire(office).account)
    assert browser.get(PAGE).status_code == 200


def test_htmx_and_programs_are_told(browser: Browser) -> None:
    browser.post("/lock/")
    assert browser.get("/staff/", headers={"HX-Request": "true"})["HX-Redirect"] == "/locked/"


def test_next_never_leads_elsewhere(browser: Browser) -> None:
    answer = browser.post("/lock/", {"next": "//evil.example/"})
    assert browser.post(answer["Location"], {"password": PASSWORD})["Location"] == "/"


def test_locking_and_unlocking_need_the_token(office: Office, browser: Browser) -> None:
    strict = office.browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/lock/").status_code == 403
    browser.post("/lock/")
    assert strict.post("/locked/", {"password": PASSWORD}).status_code == 403
    assert is_locked(browser)


def test_an_open_screen_has_nothing_to_unlock(browser: Browser) -> None:
    assert browser.get("/locked/")["Location"] == "/"


def test_what_was_typed_stands_there_again_after_unlocking(office: Office) -> None:
    administrator = hire(office, "manager", level="office")
    browser = office.browser()
    browser.sign_in(administrator.account)
    typed = {"name": "試験 打ちかけ", "kana": "カード 1234 5678 9018", "password": PASSWORD}
    page = "/staff/invitations/add/"
    browser.post("/lock/", {"next": page, "form": "0", "typed": urlencode(typed)})
    kept = SessionMemory.objects.get(session__account=administrator.account)
    assert kept.data and "打ちかけ" not in kept.data  # encrypted
    assert "kb-typed" not in browser.get("/locked/").content.decode()
    assert browser.post(f"/locked/?next={page}", {"password": PASSWORD})["Location"] == page
    assert "kb-typed" not in browser.get("/staff/add/").content.decode()  # another page
    shown = browser.get(page).content.decode()
    assert "kb-typed" in shown and "\\u8a66\\u9a13" in shown
    assert PASSWORD not in shown and "9018" not in shown  # no password, no individual number
    assert "kb-typed" not in browser.get(page).content.decode()  # once


def test_each_window_gets_back_what_was_typed_in_it(office: Office) -> None:
    browser = office.browser()
    browser.sign_in(hire(office, "manager", level="office").account)
    pages = {"/staff/invitations/add/": "試験 一", "/people/register/": "試験 二"}
    for page, words in pages.items():
        browser.post("/lock/", {"next": page, "form": "0", "typed": urlencode({"name": words})})
    browser.post("/locked/", {"password": PASSWORD})
    for page, words in pages.items():
        assert json.dumps(words)[1:-1] in browser.get(page).content.decode()
        assert "kb-typed" not in browser.get(page).content.decode(), "once"


def test_what_another_request_left_meanwhile_stays(browser: Browser) -> None:
    early, late = SessionStore(browser.cookie), SessionStore(browser.cookie)
    assert early.get("one") is late.get("two") is None  # both have read it
    with early.alone():
        early["one"] = 1
    with late.alone():
        late["two"] = 2
    both = SessionStore(browser.cookie)
    assert (both.get("one"), both.get("two")) == (1, 2)


def test_a_window_that_comes_along_late_locks_nothing_again(browser: Browser) -> None:
    sent = {"next": "/staff/", "form": "0", "typed": "name=x", "along": "1"}
    assert browser.post("/lock/", sent)["Location"] == "/locked/?next=%2Fstaff%2F"
    assert not is_locked(browser)
