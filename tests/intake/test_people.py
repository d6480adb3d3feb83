"""Persons, identity, 担当 and consents by file."""

from __future__ import annotations

import datetime as dt

import pytest
from psycopg import errors

from kiban.intake.load import load_file
from kiban.ops import database
from kiban.ops.database import Role
from tests.intake.conftest import Desk
from tests.intake.said import day, give, in_force, withdraw
from tests.world import days

# Persons


def test_names_stay_as_received_with_their_character_set(desk: Desk) -> None:
    name = "髙﨑　花子\u3000"
    text = desk.text("persons", [desk.person(1, name=name, kana="ﾀｶｻｷ ﾊﾅｺ")])
    load_file(desk.file(text, encoding="cp932"))
    row = desk.world.one(
        "SELECT name, kana, charset, search_key, kana_key FROM care.person WHERE insured_key = %s", desk.key(1)
    )
    assert row == (name, "ﾀｶｻｷ ﾊﾅｺ", "cp932", "高崎花子", "タカサキハナコ")
    beyond = "𠮷野\U000e0100 花子"
    desk.bring("persons", desk.person(2, name=beyond))
    assert desk.world.one("SELECT name, charset FROM care.person WHERE insured_key = %s", desk.key(2)) == (
        beyond,
        "utf-8",
    )


def test_a_changed_person_is_kept_as_it_was_before(desk: Desk) -> None:
    desk.people(2)
    report = desk.bring("persons", desk.person(1, name="試験 花代", address="試験市1"), desk.person(2))
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    before = desk.world.one("SELECT row_before FROM care.person_before WHERE insured_key = %s", desk.key(1))
    assert before["name"] == "試験 花子０１"
    row = desk.world.one("SELECT name, address, load_id FROM care.person WHERE insured_key = %s", desk.key(1))
    assert row == ("試験 花代", "試験市1", report.load_id)


def test_a_person_twice_in_one_file_is_taken_in_order(desk: Desk) -> None:
    report = desk.bring(
        "persons", desk.person(1, name="一番"), desk.person(1, name="二番"), desk.person(1, name="二番")
    )
    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
    assert desk.world.one("SELECT name FROM care.person WHERE insured_key = %s", desk.key(1)) == "二番"


@pytest.mark.parametrize(
    ("change", "heading"),
    [
        ({"name": "　"}, "氏名"),
        ({"birth": "30000101"}, "生年月日"),
        ({"birth": day(1)}, "生年月日"),
        ({"died_on": "19300101"}, "死亡日"),
        ({"sex": "3"}, "性別"),
        ({"name": "あ" * 101}, "氏名"),
    ],
)
def test_persons_that_cannot_be(desk: Desk, change: dict[str, str], heading: str) -> None:
    report = desk.bring("persons", desk.person(1, **change), desk.person(2))
    assert (report.added, [fault.heading for fault in report.faults]) == (1, [heading])


# Identity and 担当


def test_identity_and_assignments_of_enrolled_organisations(desk: Desk) -> None:
    desk.people(1)
    office, clinic = desk.world.organisation("43"), desk.world.organisation(kind="medical")
    who = {"insured_no": "0000000001"}
    report = desk.bring(
        "identity",
        {**who, "number": office.number, "confirmed_on": day(-3), "method": "card"},
        {**who, "number": "1399999999", "confirmed_on": day(-3), "method": "card"},
    )
    assert (report.added, report.faulty, report.faults[0].heading) == (1, 1, "事業所番号")
    report = desk.bring(
        "assignments",
        {**who, "number": office.number, "capacity": "plan", "viewing_from": day(-2), "viewing_until": day(30)},
        {**who, "number": clinic.number, "capacity": "opinion", "viewing_from": day(-2)},
        {**who, "number": clinic.number, "capacity": "plan", "viewing_from": day(-2)},
        {**who, "number": office.number, "capacity": "service", "viewing_from": day(5), "viewing_until": day(4)},
    )
    assert (report.added, report.faulty) == (2, 2)
    rows = desk.world.connection.execute(
        "SELECT organisation_id, capacity, viewing_from, viewing_to FROM care.assignment WHERE insured_key = %s"
        " ORDER BY capacity DESC",
        [desk.key(1)],
    ).fetchall()
    assert rows == [(office.id, "plan", days(-2), days(31)), (clinic.id, "opinion", days(-2), None)]
    changed = {**who, "number": office.number, "capacity": "plan", "viewing_from": day(-2), "viewing_until": day(10)}
    report = desk.bring("assignments", changed)
    assert (report.added, report.changed) == (0, 1)
    assert desk.bring("assignments", changed, changed).unchanged == 2


def test_a_assignment_ended_by_hand_stays_ended(desk: Desk) -> None:
    desk.people(1)
    office = desk.world.organisation("43")
    row = {"insured_no": "0000000001", "number": office.number, "capacity": "plan", "viewing_from": day(-2)}
    desk.bring("assignments", row)
    desk.world.run("UPDATE care.assignment SET ended_at = now() WHERE insured_key = %s", desk.key(1))
    assert desk.bring("assignments", {**row, "viewing_until": day(90)}).changed == 1
    assert desk.world.one("SELECT ended_at IS NOT NULL FROM care.assignment WHERE insured_key = %s", desk.key(1))


def test_an_old_row_sent_again_does_not_undo_a_hand_over(desk: Desk) -> None:
    desk.people(1)
    office = desk.world.organisation("43")
    row = {"insured_no": "0000000001", "number": office.number, "capacity": "plan", "viewing_from": day(-2)}
    desk.bring("assignments", row)
    desk.world.run(
        "UPDATE care.assignment SET viewing_to = %s, end_reason = 'handover' WHERE insured_key = %s",
        days(20),
        desk.key(1),
    )
    assert desk.bring("assignments", row).changed == 0
    assert desk.world.one("SELECT viewing_to FROM care.assignment WHERE insured_key = %s", desk.key(1)) == days(20)


# Consents


def test_a_consent_is_in_force_and_a_withdrawal_works_at_once(desk: Desk) -> None:
    desk.people(1)
    office = desk.world.organisation("43")
    assert desk.bring("consents", give(-30, taker=office.number)).added == 1
    row = desk.world.one("SELECT taken_by, organisation_id FROM care.consent WHERE insured_key = %s", desk.key(1))
    assert row == ("office", office.id)
    began = dt.datetime.now(dt.UTC)
    report = desk.bring("consents", withdraw(0))
    assert (report.changed, in_force(desk)) == (1, 0)
    moment, load = desk.world.one(
        "SELECT withdrawn_at, withdrawn_load_id FROM care.consent WHERE insured_key = %s", desk.key(1)
    )
    assert began <= moment <= dt.datetime.now(dt.UTC)
    assert load == report.load_id


def test_an_old_file_never_revives_a_withdrawn_consent(desk: Desk) -> None:
    desk.people(1)
    desk.bring("consents", give(-30))
    desk.bring("consents", withdraw(-1))
    assert desk.bring("consents", give(-30, taker=""), give(-30)).unchanged == 2, "the consent that was withdrawn"
    assert desk.bring("consents", give(-20)).exit_code == 0, "kept, and older than the withdrawal"
    assert in_force(desk) == 0
    assert desk.bring("consents", give(0)).added == 1, "given again after the withdrawal"
    assert in_force(desk) == 1
    assert desk.bring("consents", withdraw(-1), give(-30)).changed == 0, "the old withdrawal is not for the new consent"
    assert in_force(desk) == 1


def test_order_within_a_file_counts(desk: Desk) -> None:
    desk.people(1)
    report = desk.bring("consents", give(-5), withdraw(-1), give(0))
    assert (report.added, report.changed, report.faulty, in_force(desk)) == (2, 1, 0, 1)


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        (withdraw(0), "同意区分"),
        (give(1), "同意・撤回の日"),
        (give(0, signer=""), "署名した人"),
        (give(0, text_version=""), "説明文の版"),
        (give(0, taker="1399999998"), "受領した事業所番号"),
        (give(0, act="maybe"), "同意区分"),
    ],
)
def test_consents_that_cannot_be(desk: Desk, row: dict[str, str], heading: str) -> None:
    desk.people(1)
    report = desk.bring("consents", row)
    assert [fault.heading for fault in report.faults] == [heading]
    assert in_force(desk) == 0


# What the worker may do


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM care.record",
        "DELETE FROM care.person",
        "DELETE FROM care.consent",
        "DELETE FROM intake_error",
        "TRUNCATE care.record",
        "UPDATE care.record SET content = '{}'",
        "UPDATE care.record SET digest = ''",
        "UPDATE care.person_before SET row_before = '{}'",
        "SELECT * FROM care.access_log",
        "INSERT INTO care.access_log DEFAULT VALUES",
        "SELECT * FROM staff_account",
    ],
)
def test_the_worker_has_no_more_rights_than_it_needs(statement: str) -> None:
    with database.connect(Role.WORKER) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())
