"""``kiban begin``: what an operator does for a new office, in one command."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kiban.registry.models import Organisation
from kiban.staff.models import Account, Employment, Invitation
from tests.world import World, days

pytestmark = pytest.mark.database


def run(*arguments, **options):
    said = StringIO()
    call_command("begin", *arguments, stdout=said, **options)
    return said.getvalue()


def test_an_office_that_takes_part_already_gets_terminal_and_invitation(world: World, tmp_path):
    office = world.organisation("43")
    told = run(office.number, name="試験 施設長", out=tmp_path)
    assert (tmp_path / f"terminal-{office.number}.p12").stat().st_mode & 0o777 == 0o600
    assert re.search(r"パスワード\S*: \S{10,}", told)
    invitation = Invitation.objects.get(organisation_id=office.id)
    assert (invitation.level, invitation.name) == (Employment.Level.OFFICE, "試験 施設長")
    assert invitation.invited_by is None
    assert re.search(r"/invitation/[a-z0-9-]{19}/", told)


def test_a_folder_that_is_not_there_changes_nothing(world: World, tmp_path):
    number = "1379700001"
    with pytest.raises(CommandError, match="フォルダがありません"):
        run(number, name="試験 施設長", out=tmp_path / "nowhere", office_name="試験", services=["43"])
    assert not Organisation.objects.filter(number=number).exists()


def test_an_unknown_number_says_what_is_missing(world: World, tmp_path):
    with pytest.raises(CommandError, match="--office-name"):
        run("1379700002", name="試験 施設長", out=tmp_path)


def test_an_unknown_job_invites_nobody(world: World, tmp_path):
    office = world.organisation("43")
    with pytest.raises(CommandError, match="職種が違います"):
        run(office.number, name="試験 施設長", out=tmp_path, job="nothing")
    assert not Invitation.objects.filter(organisation_id=office.id).exists()


def test_a_file_that_is_there_already_leaves_no_invitation_behind(world: World, tmp_path):
    office = world.organisation("43")
    (tmp_path / f"terminal-{office.number}.p12").write_bytes(b"")
    with pytest.raises(CommandError, match="すでにあります"):
        run(office.number, name="試験 施設長", out=tmp_path)
    assert not Invitation.objects.filter(organisation_id=office.id).exists()


def test_the_head_of_an_office_that_makes_plans_is_its_care_manager(world: World, tmp_path):
    """What the standards for these offices ask for; with 管理者 alone the first person would see nothing."""
    office = world.organisation("43")
    told = run(office.number, name="試験 施設長", out=tmp_path)
    assert Invitation.objects.get(organisation_id=office.id).job_type_id == "care_manager"
    assert "職種: 介護支援専門員" in told


def test_the_head_of_another_office_is_its_manager(world: World, tmp_path):
    office = world.organisation("15")
    run(office.number, name="試験 施設長", out=tmp_path)
    assert Invitation.objects.get(organisation_id=office.id).job_type_id == "manager"


def test_a_job_may_be_said_by_its_name(world: World, tmp_path):
    office = world.organisation("43")
    run(office.number, name="試験 施設長", out=tmp_path, job="主任介護支援専門員")
    assert Invitation.objects.get(organisation_id=office.id).job_type_id == "chief_care_manager"


@pytest.mark.parametrize("number", ["137970000", "13797000011", "一三七"])
def test_a_number_of_another_length_is_said_to_be_that(world: World, tmp_path, number):
    with pytest.raises(CommandError, match=rf"10.*いまは{len(number)}文字"):
        run(number, name="試験 施設長", out=tmp_path)


def test_a_number_may_be_typed_full_width_and_with_dashes(world: World, tmp_path):
    office = world.organisation("43")
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in office.number)
    run(f"{full_width[:2]}-{full_width[2:]}", name="試験 施設長", out=tmp_path)
    assert Invitation.objects.filter(organisation_id=office.id).exists()


def test_somebody_registered_with_another_job_is_changed_by_the_operator(world: World):
    office = world.organisation("43")
    manager = world.actor(office, "manager", employed=(days(-10), None))
    said = StringIO()
    login = Account.objects.get(pk=manager.account_id).login_id
    call_command("staff", "job", login, "--organisation", office.number, "--job", "介護支援専門員", stdout=said)
    assert "介護支援専門員" in said.getvalue()
    assert Employment.objects.get(account_id=manager.account_id, ends_on=None).job_type_id == "care_manager"
