"""/sign-in/passkey/: making the first one, showing it, and everything that only looks like one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.staff import accounts
from kiban.staff.models import Account, Passkey, Session
from kiban.staff.sign_in import passkeys
from kiban.staff.sign_in.pages.factors import WRONG_PASSKEY
from kiban.staff.sign_in.signing_in import page_after
from kiban.staff.sign_in.steps import REFUSED, USED
from tests.staff.authenticator import PRESENT, Authenticator, allowed
from tests.staff.office import Browser, Office, hire

PAGE = "/sign-in/passkey/"


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.PASSKEY_HOST = "testserver"


def asked(browser: Browser) -> str:
    options: str = browser.get(PAGE).context["options"]
    return options


def enrolled(office: Office) -> tuple[Account, Authenticator]:
    """Somebody whose only second factor is a passkey, made at the first sign-in."""
    account, authenticator = hire(office, enrolled=False).account, Authenticator()
    browser = office.browser()
    assert browser.show_password(account)["Location"] == "/sign-in/code/"
    assert PAGE in browser.get("/sign-in/code/").content.decode()
    answer = browser.post(PAGE, {"credential": authenticator.create(asked(browser))})
    assert answer["Location"] == page_after("")
    return account, authenticator


def at_the_question(office: Office, account: Account) -> Browser:
    browser = office.browser()
    assert browser.show_password(account)["Location"] == PAGE
    return browser


def test_made_at_the_first_sign_in_and_shown_at_the_next(office: Office) -> None:
    account, authenticator = enrolled(office)
    browser = at_the_question(office, account)
    options = asked(browser)
    assert allowed(options) == [authenticator.identifier]
    assert json.loads(options)["userVerification"] == "required"
    assert browser.post(PAGE, {"credential": authenticator.get(options)})["Location"] == page_after("")
    kept = Passkey.objects.get(account=account)
    assert (kept.sign_count, kept.transports) == (1, ["internal"])
    assert kept.last_used_at is not None


def test_the_page_of_the_app_leads_to_the_passkey(office: Office) -> None:
    account, _ = enrolled(office)
    browser = at_the_question(office, account)
    assert browser.get("/sign-in/code/")["Location"] == PAGE
    assert browser.get("/sign-in/mail/")["Location"] == PAGE
    assert browser.get("/sign-in/recovery/")["Location"] == PAGE


def test_an_account_with_an_app_does_not_make_one_here(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    assert browser.get(PAGE)["Location"] == "/sign-in/code/"
    made = Authenticator().create(json.dumps({"challenge": "AAAA"}))
    assert browser.post(PAGE, {"credential": made})["Location"] == "/sign-in/code/"
    assert not Passkey.objects.filter(account=account).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://testserver.evil.example"},
        {"site": "evil.example"},
        {"flags": PRESENT},  # nobody was asked for finger, face or PIN
        {"flags": 0},
        {"identifier": b"another passkey"},
    ],
)
def test_what_is_not_this_passkey_here_and_now_is_refused(office: Office, wrong: dict[str, Any]) -> None:
    account, authenticator = enrolled(office)
    for name, value in wrong.items():
        setattr(authenticator, name, value)
    browser = at_the_question(office, account)
    answer = browser.post(PAGE, {"credential": authenticator.get(asked(browser))})
    assert WRONG_PASSKEY in answer.content.decode()
    assert not Session.objects.filter(account=account, second_factor_at=None).exists()
    assert browser.get("/password/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"flags": PRESENT}])
def test_nor_is_one_made_that_way(office: Office, wrong: dict[str, Any]) -> None:
    account = hire(office, enrolled=False).account
    browser = office.browser()
    browser.show_password(account)
    answer = browser.post(PAGE, {"credential": Authenticator(**wrong).create(asked(browser))})
    assert WRONG_PASSKEY in answer.content.decode()
    assert not Passkey.objects.filter(account=account).exists()


def test_an_answer_is_good_once_and_for_its_own_question(office: Office) -> None:
    account, authenticator = enrolled(office)
    first, second = at_the_question(office, account), at_the_question(office, account)
    proof = authenticator.get(asked(first))
    asked(second)
    assert WRONG_PASSKEY in second.post(PAGE, {"credential": proof}).content.decode()
    assert first.post(PAGE, {"credential": proof}).status_code == 302
    third = at_the_question(office, account)
    assert USED in third.post(PAGE, {"credential": proof}).content.decode(), "nothing was asked there yet"
    assert WRONG_PASSKEY in third.post(PAGE, {"credential": proof}).content.decode()


def test_a_counter_that_goes_back_is_a_copy(office: Office) -> None:
    account, authenticator = enrolled(office)
    authenticator.count = 7
    browser = at_the_question(office, account)
    assert browser.post(PAGE, {"credential": authenticator.get(asked(browser))}).status_code == 302
    authenticator.count = 5
    browser = at_the_question(office, account)
    assert WRONG_PASSKEY in browser.post(PAGE, {"credential": authenticator.get(asked(browser))}).content.decode()
    assert Passkey.objects.get(account=account).sign_count == 8


def test_somebody_elses_passkey_is_none(office: Office) -> None:
    account, _ = enrolled(office)
    _, others = enrolled(office)
    browser = at_the_question(office, account)
    assert WRONG_PASSKEY in browser.post(PAGE, {"credential": others.get(asked(browser))}).content.decode()


def test_the_same_passkey_serves_one_account_only(office: Office) -> None:
    _, authenticator = enrolled(office)
    account = hire(office, enrolled=False).account
    browser = office.browser()
    browser.show_password(account)
    answer = browser.post(PAGE, {"credential": authenticator.create(asked(browser))})
    assert WRONG_PASSKEY in answer.content.decode()


def test_a_revoked_one_is_not_asked_for_and_not_taken(office: Office) -> None:
    account, authenticator = enrolled(office)
    TOTPDevice.objects.create(user=account, name="アプリ", confirmed=True)
    browser = at_the_question(office, account)
    options = asked(browser)
    for passkey in passkeys.of(account):
        passkeys.revoke(passkey)
    assert browser.post(PAGE, {"credential": authenticator.get(options)})["Location"] == "/sign-in/code/"
    assert office.browser().show_password(account)["Location"] == "/sign-in/code/"


def test_after_a_reset_an_app_or_a_passkey_is_set_up_anew(office: Office) -> None:
    account, _ = enrolled(office)
    browser = at_the_question(office, account)
    accounts.reset_second_factor(account)
    assert "<svg" in browser.get("/sign-in/code/").content.decode()
    assert browser.post(PAGE, {"credential": Authenticator().create(asked(browser))}).status_code == 302
    assert passkeys.of(account).count() == 1


@pytest.mark.parametrize(
    "garbage", ["{}", "[]", "null", "x", '{"id": 5}', '{"id": "AAAA", "response": 7}', '{"id": "%%%"}', "[" * 5000]
)
def test_what_no_browser_sends_is_a_wrong_passkey(office: Office, garbage: str) -> None:
    account, _ = enrolled(office)
    browser = at_the_question(office, account)
    asked(browser)
    assert WRONG_PASSKEY in browser.post(PAGE, {"credential": garbage}).content.decode()


def test_five_wrong_ones_lock_the_id(office: Office) -> None:
    account, authenticator = enrolled(office)
    browser = at_the_question(office, account)
    asked(browser)
    for _ in range(5):
        browser.post(PAGE, {"credential": "{}"})
    answer = browser.post(PAGE, {"credential": authenticator.get(asked(browser))}, follow=True)
    assert REFUSED in answer.content.decode()


def test_under_another_name_the_page_says_so_and_asks_nothing(office: Office, settings: Any) -> None:
    account, authenticator = enrolled(office)
    settings.PASSKEY_HOST = "kiban.example.jp"
    browser = at_the_question(office, account)
    answer = browser.get(PAGE)
    assert answer.context["options"] == ""
    assert "https://kiban.example.jp で始まるアドレスで開き直すか" in answer.content.decode()
    proof = authenticator.get(json.dumps({"challenge": ""}))
    assert USED in browser.post(PAGE, {"credential": proof}).content.decode()


def test_where_the_server_has_no_name_none_is_offered(office: Office, settings: Any) -> None:
    """An address in numbers is no name a browser makes a passkey for (``kiban.ops.settings``)."""
    settings.PASSKEY_HOST = ""
    new = hire(office, enrolled=False).account
    browser = office.browser()
    assert browser.show_password(new)["Location"] == "/sign-in/code/"
    assert "パスキー" not in browser.get("/sign-in/code/").content.decode()
    assert "ここではパスキーを使えません" in browser.get(PAGE).content.decode()
    signed_in = office.browser()
    signed_in.sign_in(hire(office).account)
    assert "パスキーを登録する" not in signed_in.get("/own/").content.decode()
