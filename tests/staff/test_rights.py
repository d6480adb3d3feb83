"""Who may do what about staff is asked by the service that does it: no page has to remember it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from kiban.evidence import viewing_rules
from kiban.registry.models import JobType, Organisation
from kiban.staff import accounts
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Delegation, Employment, Invitation, Suspicion
from kiban.staff.people import delegations, employments, invitations, staff_list_check
from kiban.staff.people.employments import Post
from kiban.staff.people.invitations import Invitee
from kiban.staff.people.staff_list import Row
from kiban.staff.review import rights_review, suspicions
from tests.staff.office import Office, hire
from tests.world import World, days, hours

Act = Callable[[Employment, Employment], object]  # by whom, about whom


def post(level: str = "general") -> Post:
    return Post(JobType.objects.get(code="nurse"), level, days(0))


def invitee(level: str = "general") -> Invitee:
    return Invitee("試験 新人", "", email="", post=post(level))


def invitation_of(about: Employment) -> Invitation:
    return invitations.invite_first(about.organisation, invitee())[0]


def delegation_of(about: Employment) -> Delegation:
    return Delegation.objects.create(
        actor=about.account,
        absent=about.account,
        organisation=about.organisation,
        permitted_by=about.account,
        reason="x",
        starts_at=hours(-1),
        ends_at=hours(1),
    )


def suspicion_of(about: Employment) -> Suspicion:
    suspicions.record(Suspicion.Kind.SWITCH, about.account, about.organisation, ["1", "2"])
    return Suspicion.objects.get(account=about.account)


def new_id(about: Employment) -> str:
    return f"new-{about.pk}-{timezone.now().timestamp()}"


LISTED = Row(2, "試験 名簿", "", ("nurse",), days(-10), None, "", "")
# Everything an administrator of another organisation, or somebody who is none, may not do.
ADMINISTRATORS_ONLY: dict[str, Act] = {
    "add": lambda by, about: employments.add_person(new_id(about), "試験 新人", "", post(), by=by),
    "employ": lambda by, about: employments.employ(about.account, about.organisation, post(), by=by),
    "issue again": lambda by, about: invitations.issue_again(invitation_of(about), by=by),
    "withdraw": lambda by, about: invitations.withdraw(invitation_of(about), by=by),
    "revoke": lambda by, about: delegations.revoke(delegation_of(about), by=by),
    "clear": lambda by, about: suspicions.clear(suspicion_of(about), "x", by=by),
}
# What is done to the own organisation: not for somebody who administers nothing.
OF_THE_OWN_ORGANISATION: dict[str, Act] = {
    "invite": lambda by, about: invitations.invite(invitee(), by=by),
    "check a list": lambda by, about: staff_list_check.check([LISTED], days(0), by=by),
    "sign off": lambda by, about: rights_review.sign_off("", by=by, note="", next_on=days(30)),
    "adopt rules": lambda by, about: viewing_rules.adopt({}, by=by),
}
# Whose employment it is decides.
WITH_A_SAY: dict[str, Act] = {
    "end": lambda by, about: employments.end_now(about, by=by),
    "change": lambda by, about: employments.change_job(
        about, JobType.objects.get(code="clerk"), "general", on=days(0), by=by
    ),
    "reset password": lambda by, about: accounts.reset_password(about.account, by=by),
    "reset factor": lambda by, about: accounts.reset_second_factor(about.account, by=by),
}


@pytest.mark.parametrize("act", [*ADMINISTRATORS_ONLY, *OF_THE_OWN_ORGANISATION])
def test_who_administers_nothing_does_nothing(office: Office, act: str) -> None:
    with pytest.raises(PermissionDenied):
        (ADMINISTRATORS_ONLY | OF_THE_OWN_ORGANISATION)[act](hire(office), hire(office))


@pytest.mark.parametrize("act", [*OF_THE_OWN_ORGANISATION, *(act for act in ADMINISTRATORS_ONLY if act != "employ")])
def test_an_employment_that_is_over_gives_no_right(office: Office, act: str) -> None:
    left = hire(office, level="administrator", starts_on=days(-30), ends_on=days(0))
    with pytest.raises(PermissionDenied):
        (ADMINISTRATORS_ONLY | OF_THE_OWN_ORGANISATION)[act](left, hire(office))


@pytest.mark.parametrize("act", [name for name in ADMINISTRATORS_ONLY if name != "add"])
def test_an_administrator_elsewhere_does_nothing(office: Office, make_office: Callable[[], Office], act: str) -> None:
    with pytest.raises(PermissionDenied):
        ADMINISTRATORS_ONLY[act](hire(make_office(), level="administrator"), hire(office))


@pytest.mark.parametrize("act", WITH_A_SAY)
@pytest.mark.parametrize("by", ["general", "administrator", "self"])
def test_over_an_administrator_only_the_office_user_has_a_say(office: Office, act: str, by: str) -> None:
    about = hire(office, level="administrator")
    acting = about if by == "self" else hire(office, level=by)
    with pytest.raises(StaffError):
        WITH_A_SAY[act](acting, about)
    about.refresh_from_db()
    assert about.ends_on is None
    WITH_A_SAY[act](hire(office, level="office"), about)


def test_nobody_gives_a_level_that_is_not_below_the_own_one(office: Office) -> None:
    administrator, nurse = hire(office, level="administrator"), hire(office, "care_manager")
    for act in (
        lambda: employments.add_person(new_id(nurse), "試験 新人", "", post("administrator"), by=administrator),
        lambda: employments.change_job(nurse, nurse.job_type, "administrator", on=days(0), by=administrator),
        lambda: invitations.invite(invitee("office"), by=administrator),
    ):
        with pytest.raises(StaffError, match="にできるのは"):
            act()
    assert not Account.objects.filter(login_id__startswith=f"new-{nurse.pk}-").exists()


def test_taking_over_is_for_offices_of_one_corporation(
    world: World, office: Office, make_office: Callable[[], Office]
) -> None:
    there, by = hire(make_office(), "nurse"), hire(office, level="administrator")
    world.run("UPDATE registry_organisation SET corporation_name = '別の法人' WHERE id = %s", there.organisation_id)
    there = Employment.objects.get(pk=there.pk)
    with pytest.raises(PermissionDenied):
        employments.take_over(there, post(), moves=False, by=by)
    assert not Organisation.objects.get(pk=office.id).employments.filter(account=there.account).exists()


def test_a_sign_about_the_own_id_is_for_somebody_else(office: Office) -> None:
    own, other = hire(office, level="administrator"), hire(office, level="office")
    suspicion = suspicion_of(own)
    with pytest.raises(StaffError, match="ほかの管理者"):
        suspicions.clear(suspicion, "自分です", by=own)
    suspicions.clear(suspicion, "本人に確認", by=other)
    suspicion.refresh_from_db()
    assert (suspicion.cleared_by, suspicion.note) == (other.account, "本人に確認")
