"""Sending, fetching and receipts through the gate: who may, whose, exactly once, and what holds afterwards."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import pytest
from django.db import connection

from kiban.exchange import daily
from kiban.exchange.boxes import acts as boxes
from kiban.exchange.participant import Participant
from kiban.exchange.units import vault
from kiban.exchange.units.sending import SendingUnit, put_together
from kiban.formats.careplan.layouts import of_bytes, samples
from kiban.formats.careplan.layouts.samples import Scene
from kiban.gate.events import Purpose
from tests.cluster import until
from tests.exchange.town import unit_of
from tests.world import days

pytestmark = pytest.mark.database


def test_a_schedule_is_staged_sent_fetched_and_settled(town):
    unit = unit_of("schedule", town.scene())
    result, number = boxes.stage(town.planner, unit)
    assert result == "ok"
    assert boxes.box(town.provider, "in")[0] == []  # a draft is nobody's but the sender's
    assert boxes.objections(town.planner, number) == boxes.Objections([], [])
    assert boxes.send(town.planner, number) == "ok"
    (shown,), more, refusal = boxes.box(town.provider, "in")
    assert (shown["id"], shown["state"], more, refusal) == (number, "unread", False, None)
    opened = boxes.open_units(town.provider, [number])
    assert opened.files == {number: unit.files}  # byte for byte
    assert boxes.settle(town.provider, number, "error", ["3行目を取り込めません"]) == "ok"
    assert boxes.settle(town.provider, number, "taken", []) == "ok"
    (sent,), _, _ = boxes.box(town.planner, "out")
    assert sent["state"] == "taken"
    told = boxes.open_units(town.planner, [number]).receipts[number]
    assert [(receipt.outcome, receipt.rows) for receipt in told] == [
        ("error", ["3行目を取り込めません"]),
        ("taken", []),
    ]


def test_the_log_names_whose_plans_were_sent_and_fetched(town, world):
    unit = unit_of("schedule", town.scene())
    _, number = boxes.stage(town.planner, unit)
    boxes.send(town.planner, number)
    boxes.open_units(town.provider, [number])
    for action, organisation in (("exchange:send", town.planning), ("exchange:open", town.providing)):
        (row,) = world.log(action=action, organisation_id=organisation.id)
        assert sorted(row["persons"]) == sorted(unit.people)
        assert number in row["numbers"]


def test_in_the_database_nothing_of_a_plan_can_be_read(town, world):
    unit = unit_of("schedule", town.scene())
    _, number = boxes.stage(town.planner, unit)
    for name, content in world.connection.execute(
        "SELECT name, content FROM care.exchange_file WHERE unit_id = %s", [number]
    ).fetchall():
        assert unit.files[name][:20] not in bytes(content)
        with pytest.raises(vault.DamagedError):
            vault.open_(bytes(content), "file of another name")
    one_bit = "content = set_byte(content, 30, get_byte(content, 30) # 1)"
    world.run(f"UPDATE care.exchange_file SET {one_bit} WHERE unit_id = %s", number)
    with pytest.raises(vault.DamagedError):
        boxes.open_units(town.planner, [number])


def test_the_same_unit_again_is_the_one_that_is_there(town, world):
    unit = unit_of("schedule", town.scene())
    first = boxes.stage(town.planner, unit)
    assert boxes.stage(town.planner, unit) == first
    boxes.send(town.planner, first[1])
    assert boxes.stage(town.planner, unit) == ("already", first[1])
    assert boxes.send(town.planner, first[1]) == "already"
    assert len(boxes.box(town.provider, "in")[0]) == 1
    asked = world.log(action="exchange:send", organisation_id=town.planning.id)
    assert [line["decisions"] for line in asked] == [["+exchange:send|"], ["+exchange:send|already"]]


def test_a_sequence_is_used_once(town):
    scene = town.scene()
    _, number = boxes.stage(town.planner, unit_of("schedule", scene))
    other = unit_of("schedule", replace(scene, seed=2))
    result, replaced = boxes.stage(town.planner, other)
    assert result == "ok" and replaced != number  # a draft is replaced by what the software wrote anew
    assert boxes.objections(town.planner, number) is None
    boxes.send(town.planner, replaced)
    assert boxes.stage(town.planner, unit_of("schedule", scene)) == ("exchange:sequence_used", None)


def test_a_user_who_is_not_the_receivers_stops_the_sending(town):
    # A plan whose second table names nobody of the receiver.
    unit = unit_of("plan", town.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    result, number = boxes.stage(town.planner, unit)
    assert result == "ok"
    assert set(boxes.objections(town.planner, number).unconfirmed) == set(unit.people)
    assert boxes.send(town.planner, number) == "exchange:stranger"
    assert boxes.box(town.provider, "in")[0] == []
    # Once a 利用票 with the receiver's services has gone between the two, the plan may follow.
    town.send(town.planner, unit_of("schedule", town.scene()))
    assert boxes.send(town.planner, number) == "ok"


def test_an_office_sends_only_in_its_own_name(town):
    unit = unit_of("schedule", town.scene())
    assert boxes.stage(town.provider, unit)[0] == "exchange:not_own"
    assert boxes.stage(town.outsider, unit)[0] == "exchange:not_own"


def test_what_is_others_is_not_there(town):
    number = town.send(town.planner, unit_of("schedule", town.scene()))
    assert boxes.open_units(town.outsider, [number]) is None
    assert boxes.settle(town.outsider, number, "taken", []) == "exchange:no_unit"
    assert boxes.withdraw(town.outsider, number) == "exchange:no_unit"
    assert boxes.withdraw(town.provider, number) == "exchange:no_unit"  # the receiver cannot either
    assert boxes.settle(town.provider, number, "taken", []) == "exchange:not_opened"
    assert boxes.objections(town.provider, number) is None


def test_withdrawn_units_cannot_be_fetched_and_do_not_hold(town):
    scene = town.scene()
    old = town.send(town.planner, unit_of("schedule", scene))
    new = town.send(town.planner, unit_of("schedule", town.later(scene, seed=5)))
    assert not boxes.open_units(town.provider, [old]).in_force.get(old)
    assert boxes.withdraw(town.planner, new) == "ok"
    assert boxes.open_units(town.provider, [new]) is None
    assert boxes.open_units(town.provider, [old]).in_force[old]  # what had been replaced holds again
    assert boxes.send(town.planner, new) == "exchange:withdrawn"


def test_what_was_taken_in_is_not_withdrawn_but_deleted(town):
    scene = town.scene()
    number = town.send(town.planner, unit_of("schedule", scene))
    boxes.open_units(town.provider, [number])
    boxes.settle(town.provider, number, "taken", [])
    assert boxes.withdraw(town.planner, number) == "exchange:taken"
    deletion = town.send(town.planner, unit_of("schedule_delete", town.later(scene)))
    assert not boxes.open_units(town.provider, [number, deletion]).in_force


def test_a_deletion_of_what_was_never_sent_stops(town):
    result, number = boxes.stage(town.planner, unit_of("schedule_delete", town.scene()))
    assert result == "ok"
    assert len(boxes.objections(town.planner, number).nothing_to_delete) == 3
    assert boxes.send(town.planner, number) == "exchange:nothing_to_delete"


def test_a_unit_that_arrives_late_does_not_replace_a_newer_one(town):
    scene = town.scene()
    later = town.later(scene, seed=5)
    new = town.send(town.planner, unit_of("schedule", later))
    old = town.send(town.planner, unit_of("schedule", scene))
    opened = boxes.open_units(town.provider, [old, new])
    assert set(opened.in_force) == {new}
    assert [unit["id"] for unit in boxes.box(town.provider, "in")[0]] == [old, new]  # by ファイル連番


def test_actuals_hold_per_office_and_service_kind(town):
    scene = town.scene()
    first = town.send(town.provider, unit_of("actual", scene))
    entries = boxes.open_units(town.planner, [first]).in_force[first]
    kinds = {key.split(":")[3] for _, key in entries}
    assert len(kinds) >= 1
    kind = sorted(kinds)[0]
    deletion = unit_of("actual_delete", town.later(scene), change={"DLTJSK": lambda row: [*row[:5], kind]})
    town.send(town.provider, deletion)
    left = boxes.open_units(town.planner, [first]).in_force.get(first, set())
    assert left == {entry for entry in entries if entry[1].split(":")[3] != kind}


def test_actuals_fetched_by_the_planner_continue_the_assignment(town, world):
    scene = replace(town.scene(), month=days(0).strftime("%Y%m"), users=1)
    unit = unit_of("actual", scene)
    (key,) = unit.people
    person = town.person(key)
    for organisation, capacity in ((town.planning, "plan"), (town.providing, "service")):
        world.identity(person, organisation)
        world.assignment(person, organisation, capacity, viewing_to=days(3))
    number = town.send(town.provider, unit)
    ends = "SELECT min(viewing_to) FROM care.assignment WHERE insured_key = %s"
    assert world.one(ends, key) == days(3)  # sent is not received
    boxes.open_units(town.planner, [number])
    assert world.one(ends, key) > days(60)
    assert world.one("SELECT count(*) FROM care.continuation WHERE insured_key = %s AND source = 'actuals'", key) == 2
    boxes.open_units(town.planner, [number])
    assert world.one("SELECT count(*) FROM care.continuation WHERE insured_key = %s", key) == 2


@pytest.mark.parametrize("change", ["closed", "not_here", "itself"])
def test_the_receiver_must_be_there(town, world, change):
    scene = town.scene()
    if change == "closed":
        world.run("UPDATE registry_organisation SET ended_on = %s WHERE id = %s", days(0), town.providing.id)
    elif change == "not_here":
        scene = replace(scene, service_office="9999999993")
    else:
        scene = replace(scene, service_office=scene.plan_office)
    expected = {"closed": "receiver_closed", "not_here": "receiver_not_here", "itself": "to_itself"}[change]
    assert boxes.stage(town.planner, unit_of("schedule", scene))[0] == f"exchange:{expected}"


def test_a_receiver_that_closes_while_a_draft_waits(town, world):
    _, number = boxes.stage(town.planner, unit_of("schedule", town.scene()))
    world.run("UPDATE registry_organisation SET ended_on = %s WHERE id = %s", days(0), town.providing.id)
    assert boxes.send(town.planner, number) == "exchange:receiver_closed"


def test_a_certificate_revoked_while_sending_stops_it(town, world):
    _, number = boxes.stage(town.planner, unit_of("schedule", town.scene()))
    world.run(
        "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE fingerprint = %s",
        town.planner.caller.certificate,
    )
    assert boxes.send(town.planner, number) == "terminal:revoked"
    assert boxes.box(town.provider, "in")[0] == []


def test_only_offices_take_part(town, world):
    city = world.actor(world.organisation(kind="municipality"), "municipal_officer")
    participant = Participant(city.caller, Purpose.INSURER_DUTY)
    assert boxes.stage(participant, unit_of("schedule", town.scene()))[0] == "exchange:no_office"
    assert boxes.box(participant, "in") == ([], False, "exchange:no_office")


def test_the_month_in_numbers(town):
    scene = town.scene()
    town.send(town.planner, unit_of("schedule", scene))
    (seen,) = boxes.month(town.provider, scene.month)
    assert (seen["schedules_in"], seen["they_wait"], seen["we_wait"], seen["unread"]) == (3, 3, 0, 1)
    town.send(town.provider, unit_of("actual", replace(scene, users=2)))
    (seen,) = boxes.month(town.planner, scene.month)
    assert (seen["schedules_out"], seen["actuals_in"], seen["we_wait"]) == (3, 2, 1)


def test_two_units_of_one_second_are_two(town):
    scene = town.scene()
    files = {**samples.unit("schedule", scene), **samples.unit("plan", scene)}
    units, rest = put_together([of_bytes(name, content) for name, content in files.items()])
    assert sorted(unit.record for unit in units) == ["plan", "schedule"] and not rest
    numbers = {boxes.stage(town.planner, unit)[1] for unit in units}
    assert len(numbers) == 2


def test_the_digest_does_not_depend_on_the_order_of_files(town):
    files = samples.unit("schedule", town.scene())
    digests = {
        put_together([of_bytes(name, files[name]) for name in order])[0][0].digest
        for order in itertools.permutations(files)
    }
    assert len(digests) == 1
    assert isinstance(town.scene(), Scene) and SendingUnit


def plans_of(world, key):
    """(版, 終わったか, 理由) of the person's plan records, in order."""
    return world.connection.execute(
        "SELECT version, superseded_at IS NOT NULL, reason FROM care.record"
        " WHERE insured_key = %s AND item = 'careplan.plan' ORDER BY version",
        [key],
    ).fetchall()


def plan_unit(town, scene):
    """A plan whose second table names the receiver (the sample's services are the planner's)."""
    return unit_of("plan", scene, change={"UP2KYO": lambda row: [*row[:16], town.providing.number, *row[17:]]})


@pytest.mark.parametrize("with_files", [True, False])
def test_a_plan_sent_is_the_persons_record_until_nobody_holds_it(town, world, with_files):
    scene = replace(town.scene(), users=2)
    unit = plan_unit(town, scene)
    known, unknown = sorted(unit.people)
    person = town.person(known)
    world.in_charge(person, town.planning)
    _, number = boxes.stage(town.planner, unit)
    assert boxes.send(town.planner, number, unit if with_files else None) == "ok"
    assert plans_of(world, known) == [(1, False, "連携で送った計画")]
    assert plans_of(world, unknown) == []
    # The same plan to a second office changes nothing; withdrawn from one it still holds with the other.
    second = replace(town.later(scene), service_office=world.organisation("15").number, service="15")
    other = unit_of("plan", second, change={"UP2KYO": lambda row: [*row[:16], second.service_office, *row[17:]]})
    again = town.send(town.planner, other)
    boxes.withdraw(town.planner, again)
    assert [plan[1] for plan in plans_of(world, known)][-1] is False
    assert boxes.withdraw(town.planner, number) == "ok"
    assert plans_of(world, known)[-1][1:] == (True, "連携で送った計画を取り消した")
    assert not [plan for plan in plans_of(world, known) if not plan[1]]


def test_only_the_office_that_makes_the_plan_makes_a_record_of_it(town, world):
    unit = plan_unit(town, town.scene())
    key = min(unit.people)
    world.in_charge(town.person(key), world.organisation("43"))  # another office's person
    town.send(town.planner, unit)
    assert plans_of(world, key) == []


@pytest.mark.parametrize("cleaner", ["another draft", "daily tidying"])
def test_a_draft_that_is_being_sent_is_not_thrown_away(town, world, cleaner):
    scene = town.scene()
    unit = unit_of("schedule", scene)
    _, number = boxes.stage(town.planner, unit)
    world.run("UPDATE care.exchange_unit SET staged_at = now() - interval '8 days' WHERE id = %s", number)
    answers: list[object] = []

    def throw_away() -> None:
        if cleaner == "daily tidying":
            answers.append(daily.tidy())
        else:
            answers.append(boxes.stage(town.planner, unit_of("schedule", replace(scene, seed=2)))[0])
        connection.close()

    with world.connection.transaction():  # as exchange_send in the middle
        world.run("UPDATE care.exchange_unit SET sent_at = now() WHERE id = %s", number)
        other = threading.Thread(target=throw_away)
        other.start()
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
        until(lambda: not other.is_alive() or world.one(waits))
    other.join(20)
    assert answers == ["exchange:sequence_used" if cleaner == "another draft" else "0件片付けました"]
    assert boxes.open_units(town.provider, [number]).files[number] == unit.files


def test_files_that_name_no_office_go_when_a_person_vouches(town, world):
    """介護予防: nothing in the files says whose users they are."""
    unit = unit_of("basic", town.scene())
    _, number = boxes.stage(town.planner, unit)
    assert boxes.send(town.planner, number, unit) == "exchange:stranger"
    people = sorted(unit.people)
    assert boxes.vouch(town.planner, number, [*people, 1]) == "exchange:not_to_vouch"  # somebody who is not in it
    assert boxes.vouch(town.planner, number, []) == "exchange:not_to_vouch"
    assert boxes.vouch(town.provider, number, people) == "exchange:no_unit"
    assert boxes.vouch(town.planner, number, people[:1]) == "ok"
    assert boxes.objections(town.planner, number).unconfirmed == people[1:]
    assert boxes.vouch(town.planner, number, people[1:]) == "ok"
    assert boxes.send(town.planner, number, unit) == "ok"
    assert {tuple(row["persons"]) for row in world.log(action="exchange:vouch", outcome="allowed")} >= {
        tuple(people[1:])
    }
    # It counts for such files, to this office, and not for a plan.
    again = unit_of("basic", town.later(town.scene()))
    assert town.send(town.planner, again)
    plan = unit_of("plan", town.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    _, of_plan = boxes.stage(town.planner, plan)
    assert boxes.vouch(town.planner, of_plan, people) == "exchange:not_to_vouch"
    assert boxes.send(town.planner, of_plan, plan) == "exchange:stranger"
