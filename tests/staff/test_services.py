"""Rules of accounts, employments and delegations that no page of its own shows, and ``kiban staff``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.utils import timezone

from kiban.registry.models import JobType, Organisation
from kiban.staff import accounts
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, Session
from kiban.staff.people import employments
from kiban.staff.people.employments import Post
from tests.staff.office import Office, hire
from tests.world import World, days


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("staff", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("login_id", ["", "  ", "two words"])
def test_an_id_has_characters_and_no_spaces(login_id: str) -> None:
    with pytest.raises(StaffError, match="職員ID"):
        accounts.create_account(login_id, "試験 太郎", by=None)


@pytest.mark.parametrize(
    ("starts", "ends", "overlaps"),
    [(-100, -50, False), (-50, 50, True), (-100, None, True), (0, None, True), (49, 60, True), (50, None, False)],
)
def test_the_same_job_there_is_not_recorded_twice(
    office: Office, starts: int, ends: int | None, overlaps: bool
) -> None:
    employment = hire(office, starts_on=days(-50), ends_on=days(50))
    organisation = Organisation.objects.get(pk=office.id)

    def again(job: str) -> Employment:
        return employments.employ(
            employment.account,
            organisation,
            Post(JobType.objects.get(pk=job), "general", days(starts), None if ends is None else days(ends)),
            by=None,
        )

    assert again("nurse").pk
    if overlaps:
        with pytest.raises(StaffError, match="重なっています"):
            again("care_manager")
    else:
        assert again("care_manager").pk


def test_a_new_job_keeps_the_known_last_day(office: Office) -> None:
    employment = hire(office, "nurse", ends_on=days(30))
    new = employments.change_job(employment, JobType.objects.get(pk="clerk"), "general", on=days(10), by=None)
    assert (new.starts_on, new.ends_on) == (days(10), days(30))
    with pytest.raises(StaffError, match="所属していない日"):
        employments.change_job(new, JobType.objects.get(pk="nurse"), "general", on=days(30), by=None)


def test_the_command_makes_somebody_who_can_sign_in(office: Office) -> None:
    shown = run("create", "Kiban-Op-1", "--name", "試験 次郎", "--kana", "シケン ジロウ")
    password = shown.split("表示します): ")[1].split()[0]
    run("employ", "kiban-op-1", "--organisation", office.number, "--job", "manager", "--administrator")
    account = Account.objects.get(login_id="kiban-op-1")
    assert office.browser().show_password(account, password).status_code == 302
    listed = run("list", "--organisation", office.number)
    assert listed == f"kiban-op-1\t試験 次郎\t管理者\t管理者\t{days(0)} から\n"
    run("leave", "kiban-op-1", "--organisation", office.number, "--last-day", days(3).isoformat())
    assert account.employments.get().ends_on == days(4)


def test_the_command_makes_the_first_office_user(office: Office) -> None:
    employment = hire(office, "manager")
    run("level", employment.account.login_id, "--organisation", office.number, "--level", "office")
    assert Employment.objects.in_force(days(0)).get(account=employment.account).level == "office"
    run("create", f"first-{office.number}", "--name", "試験 三郎")
    run("employ", f"first-{office.number}", "--organisation", office.number, "--job", "manager", "--level", "office")
    assert Employment.objects.get(account__login_id=f"first-{office.number}").is_administering
    with pytest.raises(CommandError, match="いまと同じ"):
        run("level", employment.account.login_id, "--organisation", office.number, "--level", "office")


def test_the_command_resets(office: Office) -> None:
    account = hire(office).account
    password = run("reset-password", account.login_id).split("表示します): ")[1].split()[0]
    run("reset-code", account.login_id)
    browser = office.browser()
    browser.show_password(account, password)
    assert "<svg" in browser.get("/sign-in/code/").content.decode()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("create", "two words", "--name", "x"), "職員ID"),
        (("reset-password", "nobody"), "その職員IDはありません"),
        (("list", "--organisation", "0000000000"), "登録されていません"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run(*arguments)


def test_the_command_wants_known_jobs_dates_and_people(office: Office, make_office: Callable[[], Office]) -> None:
    login_id = hire(office).account.login_id
    at = ("--organisation", office.number)
    with pytest.raises(CommandError, match="care_manager"):
        run("employ", login_id, *at, "--job", "wizard")
    with pytest.raises(CommandError, match="2026-04-01"):
        run("employ", login_id, *at, "--job", "nurse", "--from", "R8.4.1")
    with pytest.raises(CommandError, match="所属がありません"):
        run("leave", login_id, "--organisation", make_office().number, "--last-day", days(0).isoformat())


def test_of_two_organisations_with_one_number_the_kind_decides(office: Office, world: World) -> None:
    world.organisation(kind="medical", number=office.number)
    with pytest.raises(CommandError, match="--kind"):
        run("list", "--organisation", office.number)
    assert run("list", "--organisation", office.number, "--kind", "medical") == ""


def test_tidying_takes_what_is_over_and_nothing_else(office: Office) -> None:
    over, running = hire(office).account, hire(office).account
    for account in (over, running):
        office.browser().sign_in(account)
        office.browser().show_password(account, "wrong-password")
    Session.objects.filter(account=over).update(expire_date=timezone.now() - timedelta(seconds=1))
    AccessAttempt.objects.filter(username__endswith=f":{over.login_id}").update(
        attempt_time=timezone.now() - timedelta(hours=1)
    )
    run("tidy")
    assert not Session.objects.filter(account=over).exists()
    assert not AccessAttempt.objects.filter(username__endswith=f":{over.login_id}").exists()
    assert Session.objects.filter(account=running).exists()
    assert AccessAttempt.objects.filter(username__endswith=f":{running.login_id}").exists()
