"""/sign-in/code/ and /sign-in/employment/: the second factor, its enrolment, and as what one comes in."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.staff import accounts
from kiban.staff.models import Session
from kiban.staff.sign_in.pages.factors import WRONG_CODE
from kiban.staff.sign_in.sessions import hashed
from kiban.staff.sign_in.signing_in import page_after
from kiban.staff.sign_in.steps import NOT_HERE, REFUSED, STEP_ENDED, USED
from tests.staff.office import Office, code_of, hire, wrong_code
from tests.world import days


def test_a_password_alone_opens_nothing(office: Office) -> None:
    browser = office.browser()
    browser.show_password(hire(office, level="administrator").account)
    assert browser.get("/staff/")["Location"].startswith("/sign-in/")
    row = Session.objects.get(session_key=hashed(browser.cookie))
    assert (row.account_id, row.employment_id, row.second_factor_at) == (None, None, None)


def test_a_wrong_code_is_refused_and_a_right_one_taken(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    answer = browser.post("/sign-in/code/", {"code": wrong_code(account)})
    assert WRONG_CODE in answer.content.decode()
    assert browser.post("/sign-in/code/", {"code": code_of(account)})["Location"] == page_after("")


def test_a_code_is_good_once(office: Office) -> None:
    account = hire(office).account
    code = code_of(account)
    first, second = office.browser(), office.browser()
    for browser in (first, second):
        browser.show_password(account)
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert USED in second.post("/sign-in/code/", {"code": code}).content.decode()


def test_a_code_typed_in_full_width_with_a_space(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    code = code_of(account).translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
    assert browser.post("/sign-in/code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302


def test_what_is_no_code_is_not_counted(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    for typed in ("12345", "abcdef", "", "1234567", "１２３４５六"):
        assert "kb-error" in browser.post("/sign-in/code/", {"code": typed}).content.decode()
    assert browser.post("/sign-in/code/", {"code": code_of(account)}).status_code == 302


def test_five_wrong_codes_lock_the_id(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    for _ in range(5):
        browser.post("/sign-in/code/", {"code": wrong_code(account)})
    answer = browser.post("/sign-in/code/", {"code": code_of(account)}, follow=True)
    assert answer.redirect_chain == [("/sign-in/", 302)]
    assert REFUSED in answer.content.decode()
    assert REFUSED in office.browser().show_password(account).content.decode()


def test_showing_the_password_again_does_not_forget_wrong_codes(office: Office) -> None:
    account = hire(office).account
    for _ in range(5):
        browser = office.browser()
        browser.show_password(account)
        browser.post("/sign-in/code/", {"code": wrong_code(account)})
    assert office.browser().show_password(account).status_code == 422


def test_the_step_is_good_on_the_same_terminal_only(make_office: Callable[[], Office]) -> None:
    here, elsewhere = make_office(), make_office()
    account = hire(here).account
    hire(elsewhere, account=account)
    browser = here.browser()
    browser.show_password(account)
    browser.carry_to(elsewhere.certificate)
    answer = browser.post("/sign-in/code/", {"code": code_of(account)}, follow=True)
    assert STEP_ENDED in answer.content.decode()


def test_the_step_ends_after_half_an_hour(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    row = Session.objects.filter(session_key=hashed(browser.cookie))
    assert timedelta(minutes=29) < row.get().expire_date - timezone.now() <= timedelta(minutes=30)
    row.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert STEP_ENDED in browser.get("/sign-in/code/", follow=True).content.decode()


def test_a_reset_of_the_password_ends_the_step(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    accounts.reset_password(account)
    accounts.reset_second_factor(account)
    answer = browser.get("/sign-in/code/", follow=True)
    assert STEP_ENDED in answer.content.decode()


def test_without_a_password_there_is_no_code_page(office: Office) -> None:
    for page in ("/sign-in/code/", "/sign-in/employment/"):
        assert office.browser().get(page)["Location"] == "/sign-in/"


def test_enrolment_shows_the_secret_and_ends_with_a_right_code(office: Office) -> None:
    account = hire(office, enrolled=False).account
    browser = office.browser()
    browser.show_password(account)
    page = browser.get("/sign-in/code/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    device = TOTPDevice.objects.get(user=account)
    shown = page.split("<code>")[1].split("</code>")[0]
    assert all(len(group) == 4 for group in shown.split())
    assert b32decode(shown.replace(" ", "")) == device.bin_key
    assert device.key not in browser.post("/sign-in/code/", {"code": wrong_code(account)}).content.decode()
    assert browser.post("/sign-in/code/", {"code": f"{totp(device.bin_key):06d}"})["Location"] == page_after("")
    assert "ようこそ" in browser.get("/").content.decode()
    assert "ようこそ" not in browser.get("/").content.decode(), "said once"
    again = office.browser()
    again.show_password(account)
    page = again.get("/sign-in/code/").content.decode()
    assert "<svg" not in page
    assert "<code>" not in page


def test_a_secret_shown_but_never_used_is_void_at_the_next_try(office: Office) -> None:
    account = hire(office, enrolled=False).account
    office.browser().show_password(account)
    seen = TOTPDevice.objects.get(user=account).bin_key
    browser = office.browser()
    browser.show_password(account)
    assert WRONG_CODE in browser.post("/sign-in/code/", {"code": f"{totp(seen):06d}"}).content.decode()


def test_employed_elsewhere_is_told_only_after_password_and_code(make_office: Callable[[], Office]) -> None:
    here, elsewhere = make_office(), make_office()
    account = hire(elsewhere).account
    browser = here.browser()
    assert NOT_HERE not in browser.show_password(account, "wrong-password").content.decode()
    assert NOT_HERE not in browser.show_password(account).content.decode()
    assert NOT_HERE not in browser.post("/sign-in/code/", {"code": wrong_code(account)}).content.decode()
    answer = browser.post("/sign-in/code/", {"code": code_of(account)})
    assert answer.status_code == 403
    assert NOT_HERE in answer.content.decode()
    assert not Session.objects.filter(account=account).exists()


def test_of_several_employments_one_is_chosen(office: Office, make_office: Callable[[], Office]) -> None:
    manager = hire(office)
    account = manager.account
    clerk = hire(office, "clerk", account=account)
    past = hire(office, "nurse", account=account, ends_on=days(0))
    foreign = hire(make_office(), "nurse", account=account)
    browser = office.browser()
    assert browser.sign_in(account)["Location"] == "/sign-in/employment/"
    page = browser.get("/sign-in/employment/").content.decode()
    assert "介護支援専門員" in page
    assert "看護師" not in page
    for closed in (past, foreign):
        assert browser.post("/sign-in/employment/", {"employment": closed.pk}).status_code == 422
    assert browser.post("/sign-in/employment/", {"employment": clerk.pk})["Location"] == page_after("")
    assert Session.objects.get(session_key=hashed(browser.cookie)).employment_id == clerk.pk


def test_the_choice_waits_for_the_code(office: Office) -> None:
    employment = hire(office)
    hire(office, "clerk", account=employment.account)
    browser = office.browser()
    browser.show_password(employment.account)
    assert browser.post("/sign-in/employment/", {"employment": employment.pk})["Location"] == "/sign-in/"
    assert not Session.objects.filter(account=employment.account).exists()
