"""What waits, in numbers: as many as the lists behind the numbers name, and never who."""

from __future__ import annotations

import pytest

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies, waiting
from kiban.assignment.waiting import Waiting
from kiban.consent import notices as consent_notices
from kiban.viewing import notices as viewing_notices
from tests.gate.acts import (
    allow_emergency,
    emergency,
    give,
    month_start,
    offer,
    refuse,
    register,
    withdraw,
)
from tests.world import World, days

pytestmark = pytest.mark.database


@pytest.fixture
def insurer(world: World) -> str:
    return world.insurer(started_on=days(-10))


@pytest.fixture
def manager(world: World):
    return world.actor(world.organisation("43"), level="administrator")


def own(actor, purpose="care_planning") -> Waiting:
    return waiting.own(actor.caller, purpose)


def unasked(actor) -> int:
    return consent_notices.unasked(days(0)).get(actor.organisation.id, 0)


def renewals(actor) -> int:
    return viewing_notices.renewals(days(0)).get(actor.organisation.id, 0)


def lapsing_this_month(actor) -> int:
    return len({one["key"] for one in assignment_acts.lapsing(actor.caller, "care_planning", month_start(1))})


def test_nothing(world, manager):
    assert own(manager) == Waiting()
    assert manager.organisation.id not in waiting.everywhere(days(0))
    assert unasked(manager) == renewals(manager) == 0


def test_consent_is_asked_for_until_there_is_an_answer(world, insurer, manager):
    person = world.person(insurer)
    register(manager, person)
    assert unasked(manager) == 1
    refuse(manager, person)
    assert unasked(manager) == 0  # the person said no: nobody is to ask again
    give(manager, person)
    assert unasked(manager) == 0
    withdraw(manager, person)
    assert unasked(manager) == 0


def test_certification_of_those_who_consent_only(world, insurer, manager):
    person = world.person(insurer)
    world.record(person, "insurance_card.card", {"care_level": "23"}, valid_from=days(-300), valid_to=days(61))
    register(manager, person)
    assert renewals(manager) == 0
    give(manager, person)
    assert renewals(manager) == 1
    refuse(manager, person)
    assert renewals(manager) == 0
    give(manager, person)
    world.run("UPDATE care.record SET valid_to = %s WHERE insured_key = %s", days(62), person.key)
    assert renewals(manager) == 0


def test_what_lapses_is_what_the_list_names(world, insurer, manager):
    soon, later, handed, unconfirmed, both = (world.person(insurer) for _ in range(5))
    end = month_start(1)
    for person in (soon, later, handed, unconfirmed, both):
        if person is not unconfirmed:
            world.identity(person, manager.organisation)
    world.assignment(soon, manager.organisation, viewing_to=end)
    world.assignment(later, manager.organisation, viewing_to=month_start(2))
    world.assignment(handed, manager.organisation, viewing_to=end, end_reason="handover")
    world.assignment(unconfirmed, manager.organisation, viewing_to=end)
    world.assignment(both, manager.organisation, viewing_to=end)
    world.assignment(both, manager.organisation, "service", viewing_to=month_start(3))
    assert own(manager).lapsing == lapsing_this_month(manager) == 2
    assert waiting.everywhere(days(0))[manager.organisation.id].lapsing == 2
    assignment_acts.go_on(manager.caller, "care_planning", [soon.key, both.key], month_start())
    assert own(manager).lapsing == lapsing_this_month(manager) == 0


def test_nobody_is_counted_whose_identity_was_never_confirmed(world, insurer, manager):
    person = world.person(insurer)
    world.assignment(person, manager.organisation, viewing_to=month_start(1))
    assert own(manager) == Waiting()
    assert unasked(manager) == 0
    world.identity(person, manager.organisation)
    assert (own(manager).lapsing, unasked(manager)) == (1, 1)


def test_offers_and_emergencies(world, insurer, manager):
    person, old = world.person(insurer), world.actor(world.organisation("43"))
    register(old, person)
    offer(old, person, manager.organisation.number)
    assert own(manager).offers == len(assignment_acts.offers(manager.caller, "care_planning")) == 1
    assert own(old).offers == 0
    allow_emergency(world, insurer)
    emergencies.switch(manager.caller, "care_planning", on=True)
    emergency(manager, person)
    city = world.actor(world.organisation(kind="municipality", number=insurer), "municipal_officer", level="office")
    other_city = world.actor(world.organisation(kind="municipality", number=world.insurer()), "municipal_officer")
    assert (own(manager).emergencies, own(city, "insurer_duty").emergencies) == (1, 1)
    assert own(old).emergencies == own(other_city, "insurer_duty").emergencies == 0
    (one,) = emergencies.opened(city.caller, "insurer_duty", pending_only=True)
    emergencies.review(city.caller, person.key, "insurer_duty", one["number"], verdict="proper", note="確かめました")
    assert (own(manager).emergencies, own(city, "insurer_duty").emergencies) == (0, 0)


def test_somebody_whose_standing_is_wrong_learns_no_number(world, insurer, manager):
    person, old = world.person(insurer), world.actor(world.organisation("43"))
    register(old, person)
    offer(old, person, manager.organisation.number)
    leaver = world.actor(manager.organisation, employed=(days(-9), days(0)))
    locked = world.actor(manager.organisation, session={"locked_at": world.one("SELECT now()")})
    assert own(manager).offers == 1
    assert own(leaver) == own(locked) == Waiting()
    assert own(manager, "curiosity") == Waiting()
