"""Signs of a shared ID: what is recorded, for whom, and what is not."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from kiban.staff.models import Account, Employment, Session, Suspicion
from kiban.staff.review import suspicions
from kiban.staff.sign_in.steps import REFUSED
from kiban.terminals.models import Terminal
from kiban.web import opaque
from tests.staff.office import Browser, Office, hire
from tests.world import World, days

Kind = Suspicion.Kind


def findings(account: Account) -> list[Suspicion]:
    return list(Suspicion.objects.filter(account=account).order_by("pk"))


def terminal_name(certificate: bytes) -> str:
    return Terminal.objects.get(certificates__fingerprint=hashlib.sha256(certificate).hexdigest()).name


@pytest.fixture
def second(office: Office, world: World) -> bytes:
    """The certificate of another terminal of the same office."""
    certificate: bytes = world.terminal(office.row)[0]
    return certificate


def test_two_terminals_at_once(office: Office, second: bytes) -> None:
    account = hire(office).account
    here, there = office.browser(), Browser(second)
    here.sign_in(account)
    assert not findings(account)
    assert there.sign_in(account)["Location"] == "/", "recorded, not blocked"
    (found,) = findings(account)
    assert (found.kind, found.organisation_id, found.times) == (Kind.TWO_TERMINALS, office.id, 1)
    (seen,) = suspicions.sightings(found)
    assert seen.terminals == [terminal_name(office.certificate), terminal_name(second)]
    assert here.get("/password/").status_code == 200


def test_going_on_is_one_event_and_after_ten_minutes_another(office: Office, second: bytes) -> None:
    account = hire(office).account
    here, there = office.browser(), Browser(second)
    here.sign_in(account)
    there.sign_in(account)

    def minutes_pass() -> None:
        Session.objects.filter(account=account).update(seen_at=timezone.now() - timedelta(seconds=70))
        there.get("/password/")
        here.get("/password/")

    minutes_pass()
    assert findings(account)[0].times == 1
    Suspicion.objects.filter(account=account).update(last_at=timezone.now() - timedelta(minutes=11))
    minutes_pass()
    (found,) = findings(account)
    assert found.times == 2
    assert len(suspicions.sightings(found)) == 2


def test_a_locked_or_left_screen_is_not_in_use(office: Office, second: bytes) -> None:
    account = hire(office).account
    here = office.browser()
    here.sign_in(account)
    here.post("/lock/")
    Browser(second).sign_in(account)
    assert not findings(account)


def test_signing_in_again_at_the_same_terminal_is_nothing(office: Office) -> None:
    account = hire(office).account
    office.browser().sign_in(account)
    office.browser().sign_in(account)
    assert not findings(account)


def test_from_one_office_to_another_faster_than_anybody_walks(make_office: Callable[[], Office]) -> None:
    here, there = make_office(), make_office()
    account = hire(here).account
    hire(there, account=account)
    browser = here.browser()
    browser.sign_in(account)
    browser.post("/sign-out/")
    there.browser().sign_in(account)
    (found,) = findings(account)
    assert (found.kind, found.organisation_id) == (Kind.SWITCH, there.id)
    (seen,) = suspicions.sightings(found)
    assert seen.terminals == [f"{here.name}の「{terminal_name(here.certificate)}」", terminal_name(there.certificate)]


def test_in_half_an_hour_one_gets_there(make_office: Callable[[], Office]) -> None:
    here, there = make_office(), make_office()
    account = hire(here).account
    hire(there, account=account)
    browser = here.browser()
    browser.sign_in(account)
    browser.post("/sign-out/")
    Account.objects.filter(pk=account.pk).update(last_terminal_at=timezone.now() - timedelta(minutes=30))
    there.browser().sign_in(account)
    assert not findings(account)


def test_a_leavers_id_is_tried(office: Office) -> None:
    account = hire(office, ends_on=days(-5)).account
    for _ in range(2):
        assert REFUSED in office.browser().show_password(account).content.decode()
    (found,) = findings(account)
    assert (found.kind, found.organisation_id, found.times) == (Kind.LEAVER, office.id, 2)
    assert suspicions.sightings(found)[-1].terminals == [terminal_name(office.certificate)]


def test_the_former_employer_hears_of_it_wherever_it_was_tried(make_office: Callable[[], Office]) -> None:
    former, elsewhere = make_office(), make_office()
    account = hire(former, ends_on=days(-5)).account
    elsewhere.browser().show_password(account)
    (found,) = findings(account)
    assert found.organisation_id == former.id
    assert elsewhere.name in suspicions.sightings(found)[0].terminals[0]


def test_who_types_the_own_password_wrong_is_no_leaver(office: Office) -> None:
    account = hire(office).account
    office.browser().show_password(account, "wrong-password")
    assert not findings(account)


@pytest.mark.parametrize("page", ["/password/", f"/people/{opaque.encode(12345)}/"])
def test_a_session_carried_to_another_terminal(
    office: Office, second: bytes, page: str, caplog: pytest.LogCaptureFixture
) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.sign_in(account)
    browser.carry_to(second)
    with caplog.at_level(logging.WARNING):
        assert browser.get(page)["Location"].startswith("/sign-in/")
    (found,) = findings(account)
    assert found.kind == Kind.CARRIED
    assert suspicions.sightings(found)[0].terminals == [terminal_name(office.certificate), terminal_name(second)]
    assert "carried to another terminal" in caplog.text
    assert account.name not in caplog.text
    assert account.login_id not in caplog.text
    assert not Session.objects.filter(account=account).exists()


@pytest.mark.parametrize("address", ["people/", f"people/{opaque.encode(12345)}/records/"])
def test_a_program_at_another_terminal_with_the_cookie(office: Office, second: bytes, address: str) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.sign_in(account)
    browser.carry_to(second)
    answer = browser.get(f"/api/v1/{address.rstrip('/')}?purpose=inquiry")
    assert answer.status_code == 403
    assert "terminal:other_terminal" in answer.json()["standing"]
    assert [found.kind for found in findings(account)] == [Kind.CARRIED]
    assert not Session.objects.filter(account=account).exists()


def test_a_renewed_certificate_of_the_same_terminal_is_nothing(office: Office, world: World) -> None:
    account = hire(office).account
    browser = office.browser()
    browser.sign_in(account)
    renewed = b"renewed " + office.certificate
    world.run(
        "INSERT INTO terminals_certificate (terminal_id, organisation_id, fingerprint, serial, not_before, not_after,"
        " issued_at, issued_by, revoked_by, revocation_reason)"
        " SELECT terminal_id, organisation_id, %s, serial || 'f', not_before, not_after, issued_at, '', '', ''"
        " FROM terminals_certificate WHERE fingerprint = %s",
        hashlib.sha256(renewed).hexdigest(),
        hashlib.sha256(office.certificate).hexdigest(),
    )
    browser.carry_to(renewed)
    assert browser.get("/password/")["Location"].startswith("/sign-in/")
    assert not findings(account)


def test_after_clearing_the_next_time_is_a_new_finding(office: Office) -> None:
    account = hire(office, ends_on=days(-5)).account
    office.browser().show_password(account)
    Suspicion.objects.filter(account=account).update(cleared_at=timezone.now(), note="本人に聞いた")
    office.browser().show_password(account)
    cleared, fresh = findings(account)
    assert (cleared.times, cleared.note) == (1, "本人に聞いた")
    assert fresh.cleared_at is None


def test_it_keeps_the_last_twenty_times(office: Office) -> None:
    employment = hire(office)
    for number in range(25):
        suspicions.record(Kind.LEAVER, employment.account, employment.organisation, [f"端末{number}"])
    (found,) = findings(employment.account)
    assert found.times == 25
    assert [seen.terminals[0] for seen in suspicions.sightings(found)][-1] == "端末24"
    assert len(suspicions.sightings(found)) == 20


def test_the_findings_of_an_organisation_name_it(office: Office, make_office: Callable[[], Office]) -> None:
    """Two employers, one account: what happens here is this one's to clear."""
    account = hire(office, ends_on=days(-5)).account
    other = make_office()
    Employment.objects.filter(account=account).update(ends_on=days(-5))
    hire(other, account=account, ends_on=days(-2))
    for tried_at in (office, other):
        tried_at.browser().show_password(account)
    assert {found.organisation_id for found in findings(account)} == {office.id, other.id}
