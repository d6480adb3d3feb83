"""Five wrong tries stop an ID where they were made, and nowhere else: nobody locks out somebody of another office."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff import accounts
from kiban.staff.models import Account, MailCode, Suspicion
from kiban.staff.review import suspicions
from kiban.staff.sign_in import mail_codes, recovery_codes
from kiban.staff.sign_in.steps import REFUSED, USED
from tests.staff.office import PASSWORD, Browser, Office, code_of, hire, wrong_code

Kind = Suspicion.Kind


def try_wrong(browser: Browser, login_id: str, times: int = 5) -> None:
    for _ in range(times):
        browser.post("/sign-in/", {"login_id": login_id, "password": "wrong-password"})


def gets_in(office: Office, account: Account) -> bool:
    return bool(office.browser().show_password(account).status_code == 302)


def findings(office: Office, kind: Kind) -> list[Suspicion]:
    return list(Suspicion.objects.filter(organisation=office.id, kind=kind))


def test_wrong_tries_at_another_offices_terminal_lock_nobody_out_at_home(make_office: Callable[[], Office]) -> None:
    home, elsewhere = make_office(), make_office()
    account = hire(home, level="administrator").account
    at_work = home.browser()
    at_work.sign_in(account)
    at_work.post("/lock/")
    try_wrong(elsewhere.browser(), account.login_id, 8)
    assert gets_in(home, account)
    assert at_work.post("/locked/", {"password": PASSWORD}).status_code == 302, "a locked screen opens too"
    assert at_work.get("/staff/").status_code == 200


def test_they_stop_the_terminal_for_ids_that_are_not_its_offices(make_office: Callable[[], Office]) -> None:
    home, elsewhere = make_office(), make_office()
    victims = [hire(home).account for _ in range(5)]
    colleague = hire(elsewhere).account
    for victim in victims:
        try_wrong(elsewhere.browser(), victim.login_id, 1)
    refused = elsewhere.browser().post("/sign-in/", {"login_id": victims[0].login_id, "password": PASSWORD})
    assert REFUSED in refused.content.decode(), "the right password is not found by going on"
    assert gets_in(elsewhere, colleague), "who works there comes in"
    assert gets_in(home, victims[0])


def test_who_works_in_two_offices_is_counted_in_each(make_office: Callable[[], Office]) -> None:
    first, other = make_office(), make_office()
    account = hire(first).account
    hire(other, account=account)
    try_wrong(first.browser(), account.login_id)
    assert not gets_in(first, account)
    assert gets_in(other, account)


def test_a_success_in_one_office_forgets_nothing_of_the_other(make_office: Callable[[], Office]) -> None:
    first, other = make_office(), make_office()
    account = hire(first).account
    hire(other, account=account)
    try_wrong(first.browser(), account.login_id)
    other.browser().sign_in(account)
    assert not gets_in(first, account)


def test_a_new_password_ends_it_everywhere(make_office: Callable[[], Office]) -> None:
    first, other = make_office(), make_office()
    account = hire(first).account
    hire(other, account=account)
    for office in (first, other):
        try_wrong(office.browser(), account.login_id)
    password = accounts.reset_password(account)
    for office in (first, other):
        assert office.browser().show_password(account, password).status_code == 302


def test_both_offices_hear_of_it(make_office: Callable[[], Office]) -> None:
    home, elsewhere = make_office(), make_office()
    account = hire(home).account
    try_wrong(elsewhere.browser(), account.login_id)
    (told,) = findings(home, Kind.TRIED)
    assert (told.account, told.times) == (account, 5)
    assert elsewhere.name in suspicions.sightings(told)[0].terminals[0]
    (there,) = findings(elsewhere, Kind.FOREIGN)
    assert there.account is None, "whose ID it was is not told to an office where nobody has it"
    browser = elsewhere.browser()
    browser.sign_in(hire(elsewhere, level="administrator").account)
    page = (
        browser.get("/staff/findings/").content.decode() + browser.get(f"/staff/findings/{there.pk}/").content.decode()
    )
    assert "ここの職員のものではない職員ID" in page
    assert account.login_id not in page
    assert account.name not in page
    browser.post(f"/staff/findings/{there.pk}/", {"note": "入れまちがい"})
    there.refresh_from_db()
    assert there.cleared_at is not None


def test_an_unknown_id_tells_the_terminals_office_the_same(make_office: Callable[[], Office]) -> None:
    """Otherwise a finding would say which IDs exist elsewhere."""
    office = make_office()
    try_wrong(office.browser(), "nobody-of-this-name")
    (there,) = findings(office, Kind.FOREIGN)
    assert (there.account, there.times) == (None, 1)
    assert not AccessAttempt.objects.filter(username__contains="nobody-of-this-name").exists(), "it may be a password"


def test_two_terminals_stopped_at_once_are_one_finding(office: Office) -> None:
    """Two requests that come at once: the second counts on, it makes no finding of its own."""
    organisation = Organisation.objects.get(pk=office.id)

    def stop(terminal: str) -> None:
        try:
            suspicions.record(Kind.FOREIGN, None, organisation, [terminal])
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as several:
        list(several.map(stop, [f"端末{number}" for number in range(6)]))
    (there,) = findings(office, Kind.FOREIGN)
    assert there.times == 6


def test_an_id_locked_at_home_is_told_at_home_and_a_mistyped_password_is_not(office: Office) -> None:
    account = hire(office).account
    try_wrong(office.browser(), account.login_id, 4)
    assert not findings(office, Kind.TRIED)
    try_wrong(office.browser(), account.login_id, 4)
    (told,) = findings(office, Kind.TRIED)
    assert (told.account, told.times) == (account, 1)


def test_wrong_codes_and_a_locked_screen_are_told_too(office: Office) -> None:
    by_code, at_screen = hire(office).account, hire(office).account
    browser = office.browser()
    browser.show_password(by_code)
    for _ in range(5):
        browser.post("/sign-in/code/", {"code": wrong_code(by_code)})
    browser = office.browser()
    browser.sign_in(at_screen)
    browser.post("/lock/")
    for _ in range(5):
        browser.post("/locked/", {"password": "wrong"})
    assert {suspicion.account for suspicion in findings(office, Kind.TRIED)} == {by_code, at_screen}


@pytest.mark.parametrize("which", ["unknown", "elsewhere", "left"])
def test_while_it_is_locked_every_id_costs_the_same_work(
    make_office: Callable[[], Office], which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tries beyond the fifth may be made without end: the time of one must not tell whether an ID exists."""
    home, elsewhere = make_office(), make_office()
    login_id = {
        "unknown": "nobody-of-this-name",
        "elsewhere": hire(home).account.login_id,
        "left": hire(home, ends_on=hire(home).starts_on).account.login_id,
    }[which]
    browser = elsewhere.browser()
    try_wrong(browser, "nobody-at-all")
    statements: list[str] = []

    def noted(execute: Callable[..., object], sql: str, *arguments: object) -> object:
        statements.append(re.sub(r"\s+", " ", sql)[:60])
        return execute(sql, *arguments)

    with connection.execute_wrapper(noted):
        browser.post("/sign-in/", {"login_id": login_id, "password": "wrong-password"})
    asked = len(statements), [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    statements.clear()
    with connection.execute_wrapper(noted):
        browser.post("/sign-in/", {"login_id": "nobody-at-all", "password": "wrong-password"})
    written = [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert asked == (len(statements), written)


def test_a_right_code_sent_several_times_at_once_is_no_miss(office: Office) -> None:
    """A double click, or a browser that tries again: one comes in, nobody is locked."""
    account = hire(office).account
    browser = office.browser()
    browser.show_password(account)
    code = code_of(account)
    copies = []
    for _ in range(6):
        copy = office.browser()
        copy.cookies = browser.cookies.copy()
        copies.append(copy)

    def send(copy: Browser) -> int:
        try:
            return int(copy.post("/sign-in/code/", {"code": code}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as several:
        answers = list(several.map(send, copies))
    assert 302 in answers
    assert not AccessAttempt.objects.filter(username__contains=account.login_id).exists()
    assert gets_in(office, account)


@pytest.mark.parametrize("way", ["app", "mail", "recovery"])
def test_a_used_code_lets_nobody_in_and_counts_for_nothing(office: Office, way: str) -> None:
    account = hire(office).account
    account.email = "shiken@example.jp"
    account.mail_code_since = account.created_at
    account.save()
    page, code = {
        "app": lambda: ("/sign-in/code/", code_of(account)),
        "mail": lambda: ("/sign-in/mail/", _mailed(account)),
        "recovery": lambda: ("/sign-in/recovery/", recovery_codes.make(account)[0]),
    }[way]()
    first, second = office.browser(), office.browser()
    for browser in (first, second):
        browser.show_password(account)
    assert first.post(page, {"code": code}).status_code == 302
    for _ in range(6):
        answer = second.post(page, {"code": code})
        assert (answer.status_code, USED in answer.content.decode()) == (422, True)
    assert second.get("/password/")["Location"].startswith("/sign-in/"), "and nobody is let in by it"
    assert gets_in(office, account)


def _mailed(account: Account) -> str:
    code = "314159"
    MailCode.objects.create(
        account=account,
        code_hash=mail_codes._hashed(account, account.email, code),
        expires_at=timezone.now() + timedelta(minutes=10),
    )
    return code
