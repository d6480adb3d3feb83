"""/sign-in/: ID and password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils import timezone

from kiban.staff.models import Account, Passkey
from kiban.staff.sign_in import recovery_codes
from kiban.staff.sign_in.signing_in import page_after
from kiban.staff.sign_in.steps import REFUSED
from tests.staff.authenticator import Authenticator
from tests.staff.office import PASSWORD, Browser, Office, code_of, hire
from tests.world import days


def lock(browser: Browser, login_id: str) -> None:
    for _ in range(5):
        browser.post("/sign-in/", {"login_id": login_id, "password": "wrong-password"})


def test_password_and_code_lead_in(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    assert browser.show_password(account)["Location"] == "/sign-in/code/"
    answer = browser.post("/sign-in/code/", {"code": code_of(account)})
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    account.refresh_from_db()
    assert account.last_login is not None


def test_the_id_may_be_typed_in_full_width_and_capitals(office: Office) -> None:
    account = hire(office).account
    wide = account.login_id.upper().translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert wide != account.login_id
    answer = office.browser().post("/sign-in/", {"login_id": f" {wide} ", "password": PASSWORD})
    assert answer.status_code == 302


def nobody(office: Office) -> str:
    return "nobody-of-this-name"


def locked(office: Office) -> str:
    account = hire(office).account
    lock(office.browser(), account.login_id)
    return account.login_id


def left(office: Office) -> str:
    return hire(office, ends_on=days(0)).account.login_id


def not_yet_there(office: Office) -> str:
    return hire(office, starts_on=days(1)).account.login_id


def suspended(office: Office) -> str:
    account = hire(office).account
    Account.objects.filter(pk=account.pk).update(is_active=False)
    return account.login_id


@pytest.mark.parametrize("who", [nobody, locked, left, not_yet_there, suspended])
def test_no_answer_tells_whether_an_id_exists(office: Office, who: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same status, same page, and the same work: the password is hashed once in every case."""
    existing = hire(office).account.login_id
    asked = who(office)  # type: ignore[operator]
    hashings: list[str] = []
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counted(self: object, *args: object, _original: object = original, **more: object) -> object:
            hashings.append("once")
            return _original(self, *args, **more)  # type: ignore[operator]

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    answers = []
    for login_id, password in ((existing, "wrong-password"), (asked, PASSWORD)):
        hashings.clear()
        answer = office.browser().post("/sign-in/", {"login_id": login_id, "password": password})
        page = answer.content.decode().replace(login_id, "ID")
        answers.append((answer.status_code, without_tokens(page), len(hashings), answer.cookies.keys()))
    assert REFUSED in answers[0][1]
    assert answers[0] == answers[1]


def with_app(account: Account) -> None:
    """As everybody is hired."""


def with_mail(account: Account) -> None:
    account.email, account.mail_code_since = "shiken@example.jp", timezone.now()
    account.save()


def with_paper(account: Account) -> None:
    recovery_codes.make(account)


def with_passkey(account: Account) -> None:
    made = Authenticator()
    Passkey.objects.create(account=account, name="PC", credential_id=made.identifier, public_key=made.public())


@pytest.mark.parametrize("has", [with_app, with_mail, with_paper, with_passkey])
def test_no_answer_tells_what_second_factor_an_id_has(office: Office, has: Callable[[Account], None]) -> None:
    account = hire(office).account
    has(account)
    answers = []
    for login_id in (account.login_id, "nobody-of-this-name"):
        browser = office.browser()
        shown = browser.post("/sign-in/", {"login_id": login_id, "password": "wrong-password"})
        steps = [browser.get(f"/sign-in/{page}/")["Location"] for page in ("code", "passkey", "mail", "recovery")]
        sent = browser.post("/sign-in/mail/send/")["Location"]
        page = without_tokens(shown.content.decode().replace(login_id, "ID"))
        answers.append((shown.status_code, page, steps, sent))
    assert answers[0] == answers[1]
    assert set(answers[0][2]) == {"/sign-in/"}


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_five_failures_lock_the_id_for_half_an_hour(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    lock(browser, account.login_id)
    assert REFUSED in browser.show_password(account).content.decode()
    assert REFUSED in office.browser().show_password(account).content.decode(), "from another browser too"
    AccessAttempt.objects.filter(username__endswith=f":{account.login_id}").update(
        attempt_time=timezone.now() - timedelta(minutes=29, seconds=50)
    )
    assert browser.show_password(account).status_code == 422, "trying meanwhile neither helps nor harms"
    AccessAttempt.objects.filter(username__endswith=f":{account.login_id}").update(
        attempt_time=timezone.now() - timedelta(minutes=31)
    )
    assert browser.show_password(account).status_code == 302


def test_four_failures_do_not_lock_and_success_forgets_them(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    for _ in range(4):
        browser.show_password(account, "wrong-password")
    assert browser.sign_in(account)["Location"] == "/"
    assert not AccessAttempt.objects.filter(username__endswith=f":{account.login_id}").exists()


def test_the_lock_counts_behind_a_proxy_without_an_address(office: Office) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.defaults["REMOTE_ADDR"] = ""
    lock(browser, account.login_id)
    assert REFUSED in browser.show_password(account).content.decode()


def test_failed_attempts_keep_no_password(office: Office) -> None:
    account = hire(office).account
    office.browser().show_password(account, "a-password-typed-wrong")
    attempt = AccessAttempt.objects.get(username__endswith=f":{account.login_id}")
    assert "a-password-typed-wrong" not in attempt.post_data + attempt.get_data


@pytest.mark.parametrize(
    "data",
    [{"login_id": "", "password": ""}, {"login_id": "x" * 300, "password": "y"}, {"login_id": "a\0b", "password": "y"}],
)
def test_what_cannot_be_an_id_is_answered_on_the_page(office: Office, data: dict[str, str]) -> None:
    answer = office.browser().post("/sign-in/", data)
    assert answer.status_code == 422
    assert "kb-error" in answer.content.decode()


def test_without_the_csrf_token_nothing_happens(office: Office) -> None:
    account = hire(office).account
    browser = office.browser(enforce_csrf_checks=True)
    assert browser.show_password(account).status_code == 403
    assert browser.cookie == ""


def test_with_the_csrf_token_of_the_page(office: Office) -> None:
    account = hire(office).account
    browser = office.browser(enforce_csrf_checks=True)
    token = browser.get("/sign-in/").context["csrf_token"]
    answer = browser.post(
        "/sign-in/",
        {"login_id": account.login_id, "password": PASSWORD, "csrfmiddlewaretoken": str(token)},
        headers={"referer": "https://testserver/sign-in/"},
    )
    assert answer["Location"] == "/sign-in/code/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "\t//evil.example",
        "",
    ],
)
def test_next_never_leads_elsewhere(office: Office, elsewhere: str) -> None:
    account = hire(office).account
    assert office.browser().sign_in(account, next=elsewhere)["Location"] == page_after("")


def test_next_leads_to_the_page_first_asked_for(office: Office) -> None:
    account = hire(office, level="administrator").account
    browser = office.browser()
    asked = browser.get("/staff/?q=a-name-searched-for")
    assert asked["Location"] == "/sign-in/?next=%2Fstaff%2F"
    assert 'value="/staff/"' in browser.get(asked["Location"]).content.decode()
    assert browser.sign_in(account, next="/staff/")["Location"] == "/staff/"


def test_who_is_signed_in_is_not_asked_again(office: Office) -> None:
    browser = office.browser()
    browser.sign_in(hire(office).account)
    assert browser.get("/sign-in/")["Location"] == page_after("")


def test_help_needs_neither_certificate_nor_database(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = Client().get("/sign-in/help/", secure=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    for word in ("職員ID", "パスワードを忘れた", "6桁の数字が出ない", "事業所の管理者"):
        assert word in page
