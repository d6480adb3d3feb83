"""Codes on paper and codes by e-mail, at sign-in."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kiban.staff import mail
from kiban.staff.models import Account, MailCode, RecoveryCode
from kiban.staff.sign_in import mail_codes, recovery_codes
from kiban.staff.sign_in.pages.factors import SENT, WRONG_MAIL_CODE, WRONG_RECOVERY
from kiban.staff.sign_in.signing_in import page_after
from kiban.staff.sign_in.steps import REFUSED, USED
from tests.serving import free_port
from tests.staff.office import Browser, Office, hire

PAPER, MAIL, SEND = "/sign-in/recovery/", "/sign-in/mail/", "/sign-in/mail/send/"


@pytest.fixture(autouse=True)
def _mailbox(settings: Any, tmp_path: Path) -> None:
    settings.SMTP = f"file:{tmp_path}"


def with_mail(office: Office, *, enrolled: bool = True) -> Account:
    account = hire(office, enrolled=enrolled).account
    account.email, account.mail_code_since = f"{account.login_id}@example.jp", timezone.now()
    account.save()
    return account


def at_the_step(office: Office, account: Account) -> Browser:
    browser = office.browser()
    assert browser.show_password(account).status_code == 302
    return browser


def sent_code() -> str:
    found = re.search(r"\d{6}", next(mail.letters()).text)
    assert found
    return found.group()


def test_ten_codes_none_of_which_lies_in_the_database(office: Office) -> None:
    account = hire(office).account
    codes = recovery_codes.make(account)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-9]{4}-){2}[a-z2-9]{4}", code) for code in codes)
    stored = " ".join(RecoveryCode.objects.filter(account=account).values_list("code_hash", flat=True))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_code_from_paper_leads_in_once(office: Office) -> None:
    account = hire(office).account
    code = recovery_codes.make(account)[3]
    browser = at_the_step(office, account)
    assert PAPER in browser.get("/sign-in/code/").content.decode()
    wide = code.upper().translate({char: char + 0xFEE0 for char in range(0x21, 0x7F)})
    answer = browser.post(PAPER, {"code": f" {wide} "})
    assert answer["Location"] == page_after("")
    assert "残りは9個" in browser.get("/password/").content.decode()
    again = at_the_step(office, account)
    assert USED in again.post(PAPER, {"code": code}).content.decode()


def test_made_anew_the_old_ones_are_void(office: Office) -> None:
    account = hire(office).account
    old, new = recovery_codes.make(account)[0], recovery_codes.make(account)[0]
    browser = at_the_step(office, account)
    assert WRONG_RECOVERY in browser.post(PAPER, {"code": old}).content.decode()
    assert browser.post(PAPER, {"code": new}).status_code == 302


def test_somebody_elses_code_is_none(office: Office) -> None:
    account, other = hire(office).account, hire(office).account
    recovery_codes.make(account)
    code = recovery_codes.make(other)[0]
    assert WRONG_RECOVERY in at_the_step(office, account).post(PAPER, {"code": code}).content.decode()
    assert recovery_codes.use(other, code)


def test_wrong_codes_from_paper_lock_the_id(office: Office) -> None:
    account = hire(office).account
    code = recovery_codes.make(account)[0]
    browser = at_the_step(office, account)
    assert "12文字です" in browser.post(PAPER, {"code": "abc"}).content.decode()
    for _ in range(5):
        browser.post(PAPER, {"code": "aaaa-aaaa-aaaa"})
    assert REFUSED in browser.post(PAPER, {"code": code}, follow=True).content.decode()


def test_without_codes_on_paper_the_page_is_not_offered(office: Office) -> None:
    account = hire(office).account
    browser = at_the_step(office, account)
    assert PAPER not in browser.get("/sign-in/code/").content.decode()
    assert browser.get(PAPER)["Location"] == "/sign-in/code/"


def test_a_code_by_mail_leads_in_once(office: Office) -> None:
    account = with_mail(office)
    browser = at_the_step(office, account)
    assert MAIL in browser.get("/sign-in/code/").content.decode()
    page = browser.post(SEND, follow=True).content.decode()
    assert SENT in page
    assert account.email not in page
    assert "@example.jp" in page
    letter = next(mail.letters())
    assert letter.address == account.email
    assert account.name not in letter.text
    assert account.login_id not in letter.text
    assert browser.post(MAIL, {"code": sent_code()})["Location"] == page_after("")
    again = at_the_step(office, account)
    assert USED in again.post(MAIL, {"code": sent_code()}).content.decode()


def test_it_can_be_the_only_second_factor(office: Office) -> None:
    account = with_mail(office, enrolled=False)
    browser = office.browser()
    assert browser.show_password(account)["Location"] == MAIL
    assert browser.get("/sign-in/code/")["Location"] == MAIL, "nobody sets up an app with the password alone"
    browser.post(SEND)
    assert browser.post(MAIL, {"code": sent_code()}).status_code == 302


def test_after_ten_minutes_it_is_void(office: Office) -> None:
    account = with_mail(office)
    browser = at_the_step(office, account)
    browser.post(SEND)
    row = MailCode.objects.get(account=account)
    assert row.expires_at - row.sent_at <= timedelta(minutes=10)
    MailCode.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert WRONG_MAIL_CODE in browser.post(MAIL, {"code": sent_code()}).content.decode()


def test_five_tries(office: Office) -> None:
    account = with_mail(office)
    mail_codes.send(account, account.email)
    code = sent_code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert not any(mail_codes.use(account, account.email, wrong) for _ in range(5))
    assert not mail_codes.use(account, account.email, code)


def test_a_newer_code_voids_the_one_before_and_the_address_counts(office: Office) -> None:
    account = with_mail(office)
    mail_codes.send(account, account.email)
    first = sent_code()
    earlier(account)
    mail_codes.send(account, account.email)
    second = sent_code()
    assert first == second or not mail_codes.use(account, account.email, first)
    assert not mail_codes.use(account, "other@example.jp", second)
    assert mail_codes.use(account, account.email, second)


def earlier(account: Account) -> None:
    MailCode.objects.filter(account=account).update(sent_at=timezone.now() - timedelta(minutes=2))


def test_mails_are_not_sent_as_often_as_the_button_is_pressed(office: Office) -> None:
    account = with_mail(office)
    browser = at_the_step(office, account)
    browser.post(SEND)
    assert mail_codes.TOO_SOON in browser.post(SEND, follow=True).content.decode()
    for _ in range(mail_codes.MOST - 1):
        earlier(account)
        browser.post(SEND)
    earlier(account)
    assert mail_codes.TOO_MANY in browser.post(SEND, follow=True).content.decode()
    assert len(list(mail.letters())) == mail_codes.MOST


def test_a_mail_server_that_is_down_breaks_no_page(office: Office, settings: Any) -> None:
    settings.SMTP = f"smtp://127.0.0.1:{free_port()}"
    browser = at_the_step(office, with_mail(office))
    page = browser.post(SEND, follow=True)
    assert page.status_code == 200
    assert "送れませんでした" in page.content.decode()


def test_an_address_alone_is_no_second_factor(office: Office) -> None:
    """The address for the digest: codes go there only when the person asked for it."""
    account = hire(office).account
    Account.objects.filter(pk=account.pk).update(email="shiken@example.jp")
    browser = at_the_step(office, account)
    assert browser.get(MAIL)["Location"] == "/sign-in/code/"
    browser.post(SEND)
    assert not list(mail.letters())
