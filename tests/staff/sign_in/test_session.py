"""A signed-in session: how it is kept, how it ends, and that nobody else can use it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessLog
from django.db import IntegrityError
from django.utils import timezone

from kiban.staff.models import Account, Delegation, Employment, Session, SessionMemory
from kiban.staff.sign_in import tidying
from kiban.staff.sign_in.sessions import SessionStore, hashed
from tests.staff.office import Browser, Office, hire
from tests.world import World, days, hours

PAGE = "/password/"  # open to everybody who is signed in


def signed_in(office: Office, employment: Employment) -> Browser:
    browser = office.browser()
    browser.sign_in(employment.account)
    assert browser.get(PAGE).status_code == 200
    return browser


def is_out(browser: Browser) -> bool:
    return browser.get(PAGE).headers.get("Location", "").startswith("/sign-in/")


def row(browser: Browser) -> Session:
    return Session.objects.get(session_key=hashed(browser.cookie))


def test_the_table_holds_a_hash_not_the_cookie(office: Office) -> None:
    browser = signed_in(office, hire(office))
    key = browser.cookie
    stored = row(browser)
    assert len(key) == 32
    assert key not in str(vars(stored))
    browser.cookies["__Host-kiban"] = stored.session_key
    assert is_out(browser), "a copy of the table signs nobody in"


def test_the_gate_finds_its_columns(office: Office) -> None:
    employment = hire(office)
    found = row(signed_in(office, employment))
    assert (found.account_id, found.employment_id) == (employment.account_id, employment.pk)
    assert len(found.certificate_fingerprint) == 64
    assert found.second_factor_at is not None
    assert timezone.now() - found.second_factor_at < timedelta(minutes=1)
    assert found.delegation_id is None


def test_pages_believe_the_same_columns_as_the_gate(office: Office) -> None:
    browser = signed_in(office, hire(office))
    Session.objects.filter(pk=row(browser).pk).update(second_factor_at=None)
    assert is_out(browser)


def test_the_cookie_is_for_this_host_scripts_cannot_read_it_and_it_ends_with_the_browser(office: Office) -> None:
    browser = signed_in(office, hire(office))
    cookie = browser.cookies["__Host-kiban"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", "")


def test_signing_in_changes_the_key_at_every_step(office: Office) -> None:
    account = hire(office).account
    planted = SessionStore()
    planted["planted"] = True
    planted.create()
    browser = office.browser()
    browser.cookies["__Host-kiban"] = planted.session_key
    browser.show_password(account)
    waiting = browser.cookie
    browser.sign_in(account)
    assert len({planted.session_key, waiting, browser.cookie}) == 3
    assert not Session.objects.filter(session_key__in=[hashed(planted.session_key or ""), hashed(waiting)]).exists()
    assert "planted" not in SessionStore(browser.cookie)


def test_an_invented_key_is_not_taken_over(office: Office) -> None:
    browser = office.browser()
    browser.cookies["__Host-kiban"] = "a" * 32
    browser.show_password(hire(office).account)
    assert browser.cookie != "a" * 32


def test_signing_out_ends_the_row_and_is_dated(office: Office) -> None:
    employment = hire(office)
    browser = signed_in(office, employment)
    key = browser.cookie
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert not Session.objects.filter(session_key=hashed(key)).exists()
    browser.cookies["__Host-kiban"] = key
    assert is_out(browser)
    seen = AccessLog.objects.get(session_hash=hashed(key))
    assert seen.username == employment.account.login_id
    assert seen.logout_time is not None


def test_signing_out_needs_a_post_with_the_token(office: Office) -> None:
    employment = hire(office)
    browser = signed_in(office, employment)
    assert browser.get("/sign-out/")["Location"] == "/"  # nobody is signed out by a link
    assert not is_out(browser)
    strict = office.browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/sign-out/").status_code == 403
    assert browser.get(PAGE).status_code == 200


def test_it_ends_after_eight_hours_however_much_it_is_used(office: Office) -> None:
    browser = signed_in(office, hire(office))
    end = row(browser).expire_date
    assert timedelta(hours=7, minutes=59) < end - timezone.now() <= timedelta(hours=8)
    store = SessionStore(browser.cookie)
    store["used"] = True
    store.save()
    assert row(browser).expire_date == end
    Session.objects.filter(pk=row(browser).pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert is_out(browser)


def test_carried_to_another_certificate_it_ends(office: Office, world: World) -> None:
    browser = signed_in(office, hire(office))
    key = browser.cookie
    browser.carry_to(world.terminal(office.row)[0])
    assert is_out(browser)
    assert not Session.objects.filter(session_key=hashed(key)).exists()
    browser.cookies["__Host-kiban"] = key
    browser.carry_to(office.certificate)
    assert is_out(browser), "nor does it come back on the right terminal"


def test_a_leaver_is_out_on_the_next_request(office: Office) -> None:
    employment = hire(office)
    browser = signed_in(office, employment)
    Employment.objects.filter(pk=employment.pk).update(ends_on=days(1))
    assert not is_out(browser), "today is the last day"
    Employment.objects.filter(pk=employment.pk).update(ends_on=days(0))
    answer = browser.get(PAGE, follow=True)
    assert "もう一度サインインしてください" in answer.content.decode()
    assert not Session.objects.filter(account=employment.account).exists()


def test_a_suspended_account_is_out_on_the_next_request(office: Office) -> None:
    employment = hire(office)
    browser = signed_in(office, employment)
    Account.objects.filter(pk=employment.account_id).update(is_active=False)
    assert is_out(browser)


def test_an_employment_of_somebody_else_is_not_believed(office: Office, make_office: Callable[[], Office]) -> None:
    browser = signed_in(office, hire(office))
    Session.objects.filter(pk=row(browser).pk).update(employment_id=hire(make_office()).pk)
    assert is_out(browser)


def test_a_delegation_taken_up_stands_where_the_gate_reads_it_and_in_the_head(office: Office) -> None:
    employment, absent = hire(office, level="administrator"), hire(office)
    delegation = Delegation.objects.create(
        actor=employment.account,
        absent=absent.account,
        organisation_id=office.id,
        permitted_by=absent.account,
        reason="研修",
        starts_at=hours(-1),
        ends_at=hours(1),
    )
    browser = signed_in(office, employment)
    store = SessionStore(browser.cookie)
    store["delegation"] = delegation.pk
    store.save()
    assert row(browser).delegation_id == delegation.pk
    assert f"{absent.account.name}の代行" in browser.get("/staff/add/").content.decode()


class TestWhatPagesRemember:
    """It lies in a table of its own, which opens for its own session only and goes with it."""

    def memory(self, browser: Browser) -> SessionMemory:
        return SessionMemory.objects.get(session_id=hashed(browser.cookie))

    def test_it_is_remembered_and_cannot_be_read(self, office: Office) -> None:
        browser = signed_in(office, hire(office))
        store = SessionStore(browser.cookie)
        store["who"] = "試験 花子"
        store.save()
        assert SessionStore(browser.cookie)["who"] == "試験 花子"
        kept = self.memory(browser).data
        assert "花子" not in base64.b64decode(kept).decode(errors="replace")
        assert not any("花子" in str(value) for value in vars(row(browser)).values())

    def test_that_of_another_session_does_not_open_in_this_one(self, office: Office) -> None:
        """Somebody with SQL gives their own session what pages remember of somebody else's."""
        victim, thief = (signed_in(office, hire(office)) for _ in range(2))
        store = SessionStore(victim.cookie)
        store["pkcs12_password"] = "of the victim"
        store.save()
        SessionMemory.objects.filter(session_id=hashed(thief.cookie)).update(data=self.memory(victim).data)
        assert SessionStore(thief.cookie).get("pkcs12_password") is None
        assert is_out(thief)

    def test_it_goes_with_its_session(self, office: Office) -> None:
        browser = signed_in(office, hire(office))
        key = hashed(browser.cookie)
        browser.post("/sign-out/")
        assert not SessionMemory.objects.filter(session_id=key).exists()

    def test_also_when_the_session_has_run_out(self, office: Office) -> None:
        browser = signed_in(office, hire(office))
        key = hashed(browser.cookie)
        Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
        tidying.tidy()
        assert not SessionMemory.objects.filter(session_id=key).exists()

    def test_without_its_session_nothing_is_remembered(self) -> None:
        with pytest.raises(IntegrityError):
            SessionMemory.objects.create(session_id="f" * 64, data="")
