"""登録のまちがい: what was recorded of the wrong person gives no right from that moment on, and stays in the record."""

from __future__ import annotations

from typing import Any

import pytest

from kiban.assignment import acts as assignment_acts
from kiban.consent import acts as consent_acts
from tests.gate.acts import PURPOSE, choose_policy, end, give, grant, offer, refuse, register, sees, withdraw
from tests.gate.road import Town, attach, build
from tests.world import Actor, World

pytestmark = pytest.mark.database
ITEM = "insurance_card.burden_ratio"  # needs consent


@pytest.fixture
def town(world: World) -> Town:
    made = build(world)
    register(made.actors["manager"], made.person)
    return made


def correct(actor: Actor, town: Town, subject: str, table: str, reason: str = "別の方に登録した") -> str:
    number = town.newest(table)
    room: Any = assignment_acts if subject in {"assignment", "ending", "identity"} else consent_acts
    return room.correct(actor.caller, town.person.key, PURPOSE, subject=subject, number=number, reason=reason)


def state(town: Town) -> str:
    return consent_acts.history(town.actors["manager"].caller, town.person.key, PURPOSE)["state"]


def test_a_consent_of_the_wrong_person_opens_nothing_and_was_not_withdrawn(town):
    manager = town.actors["manager"]
    give(manager, town.person)
    assert state(town) == "given"
    assert correct(manager, town, "consent", "consent", reason=" ") == "consent:no_reason"
    assert correct(manager, town, "consent", "consent") == "ok"
    assert state(town) == "none"  # not withdrawn
    assert "consent:none" in sees(manager, town.person)
    told = consent_acts.history(manager.caller, town.person.key, PURPOSE)
    (consent,), (correction,) = told["consents"], told["corrections"]
    assert consent["mistaken_at"] and consent["withdrawn_at"] is None
    assert (correction["reason"], correction["account"]) == ("別の方に登録した", manager.name)
    assert correct(manager, town, "consent", "consent") == "consent:none"  # once
    assert give(manager, town.person) == "ok" and state(town) == "given"


def test_what_the_mistaken_act_had_ended_is_in_force_again(town):
    manager = town.actors["manager"]
    refuse(manager, town.person)
    give(manager, town.person)
    assert correct(manager, town, "consent", "consent") == "ok"
    assert state(town) == "refused"
    assert correct(manager, town, "refusal", "refusal") == "ok"
    assert state(town) == "none"
    give(manager, town.person)
    refuse(manager, town.person)
    assert correct(manager, town, "withdrawal", "consent") == "consent:none"  # the other half of the refusal
    assert correct(manager, town, "refusal", "refusal") == "ok"
    assert state(town) == "given"


def test_a_withdrawal_nobody_asked_for(town):
    manager = town.actors["manager"]
    give(manager, town.person)
    withdraw(manager, town.person)
    assert state(town) == "withdrawn"
    assert correct(manager, town, "withdrawal", "consent") == "ok"
    assert state(town) == "given" and sees(manager, town.person) == "allowed"
    (correction,) = consent_acts.history(manager.caller, town.person.key, PURPOSE)["corrections"]
    assert correction["was"]["withdrawn_signer"] == "self"


def test_after_a_new_consent_an_old_withdrawal_is_left_alone(town):
    manager = town.actors["manager"]
    give(manager, town.person)
    first = town.newest("consent")
    withdraw(manager, town.person)
    give(manager, town.person)
    tried = {"subject": "withdrawal", "number": first, "reason": "別の方"}
    assert consent_acts.correct(manager.caller, town.person.key, PURPOSE, **tried) == "consent:none"
    assert state(town) == "given"


def test_while_a_refusal_stands_a_withdrawal_is_left_alone(town):
    """Or a consent and a refusal would both be in force; the page says that the consent is in force from now on."""
    manager = town.actors["manager"]
    give(manager, town.person)
    withdraw(manager, town.person)
    refuse(manager, town.person)
    assert correct(manager, town, "withdrawal", "consent") == "consent:none"
    assert correct(manager, town, "refusal", "refusal") == "ok"
    assert state(town) == "withdrawn"
    assert correct(manager, town, "withdrawal", "consent") == "ok"
    assert state(town) == "given"


def test_a_wrong_paper_is_hidden_and_the_insurer_is_told(town):
    manager, officer = town.actors["manager"], town.actors["officer"]
    give(manager, town.person)
    attach(manager, town)
    number = town.newest("scan")
    assert correct(manager, town, "scan", "scan") == "ok"
    assert consent_acts.open_scan(manager.caller, town.person.key, PURPOSE, number) is None
    told = consent_acts.history(officer.caller, town.person.key, "insurer_duty")
    assert told["scans"] == []
    assert [(one["subject"], one["reason"]) for one in told["corrections"]] == [("scan", "別の方に登録した")]


def test_another_office_corrects_nothing_and_reads_no_reason(world, town):
    manager, other = town.actors["manager"], world.actor(world.organisation("43"))
    give(manager, town.person)
    register(other, town.person)
    assert correct(other, town, "consent", "consent") == "consent:none"
    correct(manager, town, "consent", "consent")
    told = consent_acts.history(other.caller, town.person.key, PURPOSE)
    assert told["consents"][0]["mistaken_at"] and told["corrections"] == []


def test_an_identity_that_was_somebody_elses(town):
    manager = town.actors["manager"]
    give(manager, town.person)
    assert sees(manager, town.person) == "allowed"
    register(manager, town.person, method="visual")  # a second confirmation
    assert correct(manager, town, "identity", "confirmation") == "ok"
    assert sees(manager, town.person) == "allowed"  # the first one stands
    first = {"subject": "identity", "number": town.newest("confirmation") - 1, "reason": "別の方"}
    assert assignment_acts.correct(manager.caller, town.person.key, PURPOSE, **first) == "ok"
    assert sees(manager, town.person) == "assignment:no_identity"
    register(manager, town.person)
    assert sees(manager, town.person) == "allowed"


def test_a_registration_of_the_wrong_person(town):
    manager = town.actors["manager"]
    give(manager, town.person)
    assert correct(manager, town, "assignment", "assignment") == "ok"
    assert sees(manager, town.person) == "assignment:none"  # as if it had never been
    assert assignment_acts.state(manager.caller, town.person.key, PURPOSE) is None
    register(manager, town.person)
    assert sees(manager, town.person) == "allowed"


def test_the_office_whose_place_was_taken_by_mistake_has_it_again(town):
    manager, successor = town.actors["manager"], town.actors["successor"]
    give(manager, town.person)
    choose_policy(town.person.insurer_no)
    register(successor, town.person)
    assert sees(manager, town.person) == "assignment:ended"
    assert correct(successor, town, "assignment", "assignment") == "ok"
    assert sees(manager, town.person) == "allowed"
    offer(manager, town.person, town.successor)
    register(successor, town.person)
    assert sees(manager, town.person) == "assignment:ended"
    assert correct(successor, town, "assignment", "assignment") == "ok"
    assert sees(manager, town.person) == "allowed"


def test_an_ending_too_early(town):
    manager = town.actors["manager"]
    give(manager, town.person)
    assert correct(manager, town, "ending", "assignment") == "assignment:not_correctable"
    end(manager, town.person)
    assert sees(manager, town.person) == "assignment:ended"
    tried = {"subject": "ending", "number": None, "reason": "別の方を終了した"}
    assert assignment_acts.correct(manager.caller, town.person.key, PURPOSE, **tried) == "ok"
    assert sees(manager, town.person) == "allowed"


def test_what_the_insurer_granted_is_no_mistake_of_the_office(town):
    successor, officer = town.actors["successor"], town.actors["officer"]
    grant(officer, town.person, town.successor)
    assert correct(successor, town, "assignment", "assignment") == "assignment:not_correctable"


def test_what_the_insurer_took_away_an_office_does_not_take_back(town):
    manager, officer = town.actors["manager"], town.actors["officer"]
    number = manager.organisation.number
    taken = {"organisation_number": number, "reason": "moved"}
    assert assignment_acts.revoke(officer.caller, town.person.key, "insurer_duty", **taken) == "ok"
    assert correct(manager, town, "ending", "assignment") == "assignment:not_correctable"
