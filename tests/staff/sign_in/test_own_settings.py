"""/own/: what a person sets for the own account."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.staff import accounts, mail
from kiban.staff.models import Account, Passkey, Session
from kiban.staff.sign_in import recovery_codes, second_factor
from kiban.staff.sign_in.pages.lock import WRONG_PASSWORD
from kiban.staff.sign_in.pages.own_factors import ONE_STAYS
from kiban.staff.sign_in.sessions import CONFIRMED_AT, SessionStore
from kiban.staff.sign_in.steps import REFUSED
from tests.markup import on_one_line
from tests.serving import free_port
from tests.staff.authenticator import Authenticator
from tests.staff.office import PASSWORD, Browser, Office, code_of, hire
from tests.world import World

ADDRESS = "shiken@example.jp"


@pytest.fixture(autouse=True)
def _outside(settings: Any, tmp_path: Path) -> None:
    settings.PASSKEY_HOST = "testserver"
    settings.SMTP = f"file:{tmp_path}"


@pytest.fixture
def account(office: Office) -> Account:
    return hire(office).account


@pytest.fixture
def browser(office: Office, account: Account) -> Browser:
    made = office.browser()
    made.sign_in(account)
    return made


def page(browser: Browser) -> str:
    return browser.get("/own/").content.decode()


def later(browser: Browser) -> None:
    """The password was typed a while ago."""
    store = SessionStore(browser.cookie)
    store[CONFIRMED_AT] = (timezone.now() - timedelta(minutes=11)).isoformat()
    store.save()


def add_passkey(browser: Browser, name: str = "相談室PC") -> Authenticator:
    authenticator = Authenticator()
    options = browser.get("/own/passkey/").context["options"]
    answer = browser.post("/own/passkey/", {"credential": authenticator.create(options), "name": name})
    assert answer["Location"] == "/own/"
    return authenticator


def sent_code() -> str:
    found = re.search(r"\d{6}", next(mail.letters()).text)
    assert found
    return found.group()


def add_mail(browser: Browser) -> None:
    assert browser.post("/own/mail/", {"email": ADDRESS})["Location"] == "/own/mail/code/"
    assert browser.post("/own/mail/code/", {"code": sent_code()})["Location"] == "/own/"


def test_the_head_of_every_page_leads_here(browser: Browser, account: Account) -> None:
    assert f'<a href="/own/" title="自分の設定">{account.name}</a>' in on_one_line(page(browser))


def test_a_passkey_is_named_used_and_revoked(office: Office, browser: Browser, account: Account) -> None:
    authenticator = add_passkey(browser)
    assert "相談室PC" in page(browser)
    other = office.browser()
    assert other.show_password(account)["Location"] == "/sign-in/passkey/"
    options = other.get("/sign-in/passkey/").context["options"]
    assert other.post("/sign-in/passkey/", {"credential": authenticator.get(options)}).status_code == 302
    kept = Passkey.objects.get(account=account)
    browser.post(f"/own/passkey/{kept.pk}/revoke/")
    assert "相談室PC" not in page(browser).split("<h2>サインインのとき")[1]
    assert office.browser().show_password(account)["Location"] == "/sign-in/code/"


def test_nobody_revokes_somebody_elses(office: Office, browser: Browser) -> None:
    other = office.browser()
    other.sign_in(hire(office).account)
    add_passkey(other)
    theirs = Passkey.objects.latest("pk")
    assert browser.post(f"/own/passkey/{theirs.pk}/revoke/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_an_answer_of_another_browser_makes_no_passkey(browser: Browser, account: Account) -> None:
    options = browser.get("/own/passkey/").context["options"]
    made = Authenticator(origin="https://evil.example").create(options)
    assert "登録できませんでした" in browser.post("/own/passkey/", {"credential": made}).content.decode()
    assert not Passkey.objects.filter(account=account).exists()


def test_one_way_to_sign_in_always_stays(browser: Browser, account: Account) -> None:
    assert ONE_STAYS in browser.post("/own/app/forget/", follow=True).content.decode()
    add_passkey(browser)
    browser.post("/own/app/forget/")
    assert not TOTPDevice.objects.filter(user=account, confirmed=True).exists()
    last = Passkey.objects.get(account=account)
    assert ONE_STAYS in browser.post(f"/own/passkey/{last.pk}/revoke/", follow=True).content.decode()
    last.refresh_from_db()
    assert last.revoked_at is None


def test_a_new_app_counts_from_its_first_code_on(office: Office, browser: Browser, account: Account) -> None:
    before = TOTPDevice.objects.get(user=account).bin_key
    shown = browser.get("/own/app/").content.decode()
    assert "<svg" in shown
    assert "kb-error" in browser.post("/own/app/", {"code": f"{totp(before):06d}"}).content.decode()
    assert TOTPDevice.objects.get(user=account).bin_key == before, "until then the old app stands"
    key = bytes.fromhex(SessionStore(browser.cookie)["new_app"])
    assert browser.post("/own/app/", {"code": f"{totp(key):06d}"})["Location"] == "/own/"
    assert TOTPDevice.objects.get(user=account).bin_key == key
    other = office.browser()
    assert other.sign_in(account)["Location"] == "/"


def test_an_address_counts_when_its_code_came_back(browser: Browser, account: Account) -> None:
    browser.post("/own/mail/", {"email": ADDRESS})
    account.refresh_from_db()
    assert account.email == ""
    assert "kb-error" in browser.post("/own/mail/code/", {"code": "000000"}).content.decode() or sent_code() == "000000"
    assert browser.post("/own/mail/code/", {"code": sent_code()})["Location"] == "/own/"
    account.refresh_from_db()
    assert account.email == ADDRESS
    assert account.mail_code_since is None
    browser.post("/own/mail/use/", {"use": "yes"})
    account.refresh_from_db()
    assert account.mail_code_since is not None
    browser.post("/own/mail/use/", {"use": "no"})
    account.refresh_from_db()
    assert account.mail_code_since is None


def test_the_old_address_hears_of_the_new_one(browser: Browser, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(email="old@example.jp")
    add_mail(browser)
    newest = next(mail.letters())
    assert newest.address == "old@example.jp"
    assert "変わりました" in newest.subject
    assert ADDRESS not in newest.text


def test_a_mail_server_that_is_down_is_told_in_the_form(browser: Browser, settings: Any) -> None:
    settings.SMTP = f"smtp://127.0.0.1:{free_port()}"
    answer = browser.post("/own/mail/", {"email": ADDRESS})
    assert answer.status_code == 422
    assert "送れませんでした" in answer.content.decode()


def test_the_digest_is_wished_or_not(browser: Browser, account: Account) -> None:
    add_mail(browser)
    for wish, expected in (("no", False), ("yes", True)):
        browser.post("/own/digest/", {"wants": wish})
        account.refresh_from_db()
        assert account.wants_digest is expected


def test_ten_codes_are_shown_once(browser: Browser, account: Account) -> None:
    shown = browser.post("/own/recovery-codes/", follow=True).content.decode()
    codes = re.findall(r"<li><code>([a-z2-9-]{14})</code>", shown)
    assert len(codes) == 10
    assert "data-kb-print" in shown
    now = page(browser)
    assert "あと10個使えます" in now
    assert not any(code in now for code in codes)
    again = browser.get("/own/recovery-codes/shown/", follow=True).content.decode()  # F5
    assert "一度だけ表示します" in again and not any(code in again for code in codes)
    assert recovery_codes.use(account, codes[7])
    browser.post("/own/recovery-codes/")
    assert not recovery_codes.use(account, codes[0])


def test_own_sessions_and_signing_the_others_out(
    office: Office, browser: Browser, account: Account, world: World
) -> None:
    other = Browser(world.terminal(office.row)[0])
    other.sign_in(account)
    assert page(browser).count("試験端末") >= 3  # two rows and the head of the page
    browser.post("/own/end-others/")
    assert Session.objects.filter(account=account).count() == 1
    assert other.get("/own/")["Location"].startswith("/sign-in/")
    assert browser.get("/own/").status_code == 200


CHANGES = ["/own/mail/", "/own/app/", "/own/passkey/"]
ACTS = ["/own/recovery-codes/", "/own/app/forget/", "/own/mail/use/", "/own/passkey/1/revoke/", "/own/mail/"]


def test_what_one_signs_in_with_is_changed_only_after_the_password(browser: Browser, account: Account) -> None:
    later(browser)
    for address in CHANGES:
        assert browser.get(address)["Location"].startswith("/own/confirm/?next=%2Fown%2F")
    for address in ACTS:
        asked = browser.post(address, {"email": ADDRESS}).content.decode()
        assert "パスワードの確認" in asked and f'name="email" value="{ADDRESS}"' in asked
    assert not list(mail.letters())
    assert recovery_codes.left(account) == 0
    assert WRONG_PASSWORD in browser.post("/own/confirm/", {"password": "wrong"}).content.decode()
    assert WRONG_PASSWORD in browser.post(ACTS[0], {"password": "wrong"}).content.decode()
    assert recovery_codes.left(account) == 0
    assert browser.get("/own/app/").status_code == 302
    answer = browser.post("/own/confirm/?next=/own/app/", {"password": PASSWORD})
    assert answer["Location"] == "/own/app/"
    assert browser.get("/own/app/").status_code == 200


def test_what_was_pressed_is_done_when_the_password_was_right(browser: Browser, account: Account) -> None:
    later(browser)
    browser.post("/own/recovery-codes/")
    shown = browser.post("/own/recovery-codes/", {"password": PASSWORD}, follow=True).content.decode()
    assert len(re.findall(r"<li><code>([a-z2-9-]{14})</code>", shown)) == 10


def test_guessing_there_locks_the_id(office: Office, browser: Browser, account: Account) -> None:
    for _ in range(4):
        browser.post("/own/confirm/", {"password": "wrong"})
    assert REFUSED in browser.post("/own/confirm/", {"password": "wrong"}, follow=True).content.decode()
    assert not Session.objects.filter(account=account).exists()


def test_confirming_never_leads_elsewhere(browser: Browser) -> None:
    answer = browser.post("/own/confirm/?next=//evil.example/", {"password": PASSWORD})
    assert answer["Location"] == "/"


def test_without_the_token_nothing_is_changed(office: Office, browser: Browser, account: Account) -> None:
    strict = office.browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    for address in [*ACTS, "/own/digest/", "/own/end-others/", "/own/confirm/"]:
        assert strict.post(address).status_code == 403
    assert recovery_codes.left(account) == 0


def test_after_a_reset_by_the_administrator_nothing_of_it_is_left(
    office: Office, browser: Browser, account: Account
) -> None:
    add_passkey(browser)
    add_mail(browser)
    browser.post("/own/mail/use/", {"use": "yes"})
    browser.post("/own/recovery-codes/")
    accounts.reset_second_factor(account)
    account.refresh_from_db()
    assert second_factor.of(account) == second_factor.Factors(0, False, False, 0)
    fresh = office.browser()
    assert fresh.show_password(account)["Location"] == "/sign-in/code/"
    assert fresh.post("/sign-in/code/", {"code": code_of(account)}).status_code == 302
