"""The road: every act and every reading about a person, in the order of an office's life, for tests of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies
from kiban.consent import acts as consent_acts
from kiban.evidence.operating_standard import acts as standard_acts
from kiban.gate import door
from kiban.gate.events import Event
from kiban.log import acts as log_acts
from kiban.plans import acts as plan_acts
from kiban.viewing.marks import marks
from tests.gate.acts import (
    PNG,
    PURPOSE,
    agree,
    allow_emergency,
    deliver,
    emergency,
    end,
    give,
    grant,
    month_start,
    offer,
    put_plan,
    record_monitoring,
    refuse,
    register,
    signing,
    withdraw,
    withdraw_plan,
)
from tests.world import Actor, Person, World, days


@dataclass
class Town:
    """One person, and somebody of each office that has to do with them."""

    world: World
    person: Person
    actors: dict[str, Actor]

    def newest(self, table: str) -> int:
        """The number of the newest fact about the person; 0: none."""
        found = self.world.one(f"SELECT max(id) FROM care.{table} WHERE insured_key = %s", self.person.key)
        return found or 0

    @property
    def successor(self) -> str:
        return self.actors["successor"].organisation.number


def attach(actor: Actor, town: Town) -> Any:
    paper = {"subject": "consent", "number": town.newest("consent"), "media_type": "image/png", "content": PNG}
    return consent_acts.attach_scan(actor.caller, town.person.key, PURPOSE, **paper)


def record_other(actor: Actor, town: Town) -> Any:
    key = town.person.key
    return consent_acts.record_other(actor.caller, key, PURPOSE, signing(), kind="article33", covers_family=False)


def revoke(actor: Actor, town: Town) -> Any:
    number = town.successor
    return assignment_acts.revoke(
        actor.caller, town.person.key, "insurer_duty", organisation_number=number, reason="moved"
    )


def correct_consent(actor: Actor, town: Town, subject: str, table: str) -> Any:
    number = town.newest(table)
    return consent_acts.correct(actor.caller, town.person.key, PURPOSE, subject=subject, number=number, reason="別の方")


def correct_assignment(actor: Actor, town: Town, subject: str, table: str) -> Any:
    number = town.newest(table)
    return assignment_acts.correct(
        actor.caller, town.person.key, PURPOSE, subject=subject, number=number, reason="別の方"
    )


def review(actor: Actor, town: Town) -> Any:
    number = town.newest("emergency")
    return emergencies.review(actor.caller, town.person.key, PURPOSE, number, verdict="proper", note="確かめました")


def correct_standard(actor: Actor, town: Town) -> Any:
    number = town.newest("standard_fact")
    return standard_acts.correct(actor.caller, town.person.key, PURPOSE, number, reason="別の方")


def of_person(act: Callable[[Actor, Person], Any]) -> Callable[[Actor, Town], Any]:
    return lambda actor, town: act(actor, town.person)


# In the order of an office's life. (event, who, whether the row is about the one person, act)
ROAD: list[tuple[Event, str, bool, Callable[[Actor, Town], Any]]] = [
    (Event.ASSIGNMENT_REGISTER, "manager", True, of_person(register)),
    (Event.ASSIGNMENT_READ, "manager", True, lambda a, t: assignment_acts.state(a.caller, t.person.key, PURPOSE)),
    (Event.CONSENT_REFUSE, "manager", True, of_person(refuse)),
    (Event.CONSENT_GIVE, "manager", True, of_person(give)),
    (Event.SCAN_ATTACH, "manager", True, attach),
    (
        Event.SCAN_OPEN,
        "manager",
        True,
        lambda a, t: consent_acts.open_scan(a.caller, t.person.key, PURPOSE, t.newest("scan")),
    ),
    (Event.OTHER_CONSENT_GIVE, "manager", True, record_other),
    (
        Event.OTHER_CONSENT_WITHDRAW,
        "manager",
        True,
        lambda a, t: consent_acts.withdraw_other(a.caller, t.person.key, PURPOSE, t.newest("other_consent")),
    ),
    (Event.SCAN_CORRECT, "manager", True, lambda a, t: correct_consent(a, t, "scan", "scan")),
    (Event.SCAN_HIDDEN, "officer", False, lambda a, t: consent_acts.hidden_papers(a.caller, PURPOSE)),
    (Event.CONSENT_READ, "manager", True, lambda a, t: consent_acts.history(a.caller, t.person.key, PURPOSE)),
    (
        Event.RECORD_OPEN,
        "manager",
        True,
        lambda a, t: door.open_records(a.caller, t.person.key, ["insurance_card.card"], PURPOSE),
    ),
    (Event.PEOPLE_LIST, "manager", False, lambda a, t: door.list_people(a.caller, PURPOSE)),
    (Event.PEOPLE_EXPORT, "manager", False, lambda a, t: door.list_people(a.caller, PURPOSE, export=True)),
    (
        Event.ASSIGNMENT_ENTRUST,
        "manager",
        False,
        lambda a, t: assignment_acts.entrust(a.caller, PURPOSE, [t.person.key], a.employment_id),
    ),
    (Event.CONSENT_WITHDRAW, "manager", True, of_person(withdraw)),
    (Event.CONSENT_CORRECT, "manager", True, lambda a, t: correct_consent(a, t, "withdrawal", "consent")),
    (Event.ASSIGNMENT_LAPSING, "manager", False, lambda a, t: assignment_acts.lapsing(a.caller, PURPOSE, days(300))),
    (
        Event.ASSIGNMENT_CONTINUE,
        "administrator",
        False,
        lambda a, t: assignment_acts.go_on(a.caller, PURPOSE, [t.person.key], month_start()),
    ),
    (
        Event.PLAN_DRAFT,
        "manager",
        True,
        lambda a, t: plan_acts.keep(a.caller, t.person.key, PURPOSE, None, {"author": ["x"]}),
    ),
    (Event.PLAN_PUT, "manager", True, of_person(put_plan)),
    (Event.PLAN_AGREE, "manager", True, of_person(agree)),
    (Event.PLAN_DELIVER, "manager", True, of_person(deliver)),
    (Event.PLAN_READ, "manager", True, lambda a, t: plan_acts.own(a.caller, t.person.key, PURPOSE)),
    (Event.STANDARD_RECORD, "manager", True, of_person(record_monitoring)),
    (
        Event.STANDARD_READ,
        "manager",
        True,
        lambda a, t: standard_acts.of_person(a.caller, t.person.key, PURPOSE),
    ),
    (
        Event.STANDARD_LIST,
        "manager",
        False,
        lambda a, t: standard_acts.of_month(a.caller, PURPOSE, month_start(), own_only=False),
    ),
    (Event.STANDARD_CORRECT, "manager", True, correct_standard),
    (Event.PLAN_WITHDRAW, "manager", True, of_person(withdraw_plan)),
    (Event.HANDOVER_OFFER, "manager", True, lambda a, t: offer(a, t.person, t.successor)),
    (Event.HANDOVER_LIST, "successor", False, lambda a, t: assignment_acts.offers(a.caller, PURPOSE)),
    (
        Event.HANDOVER_WITHDRAW,
        "manager",
        True,
        lambda a, t: assignment_acts.withdraw_offer(a.caller, t.person.key, PURPOSE),
    ),
    (Event.IDENTITY_CORRECT, "manager", True, lambda a, t: correct_assignment(a, t, "identity", "confirmation")),
    (Event.ASSIGNMENT_END, "manager", True, of_person(end)),
    (Event.ASSIGNMENT_CORRECT, "manager", True, lambda a, t: correct_assignment(a, t, "assignment", "assignment")),
    (Event.ASSIGNMENT_GRANT, "officer", True, lambda a, t: grant(a, t.person, t.successor)),
    (Event.ASSIGNMENT_REVOKE, "officer", True, revoke),
    (Event.EMERGENCY_SWITCH, "administrator", False, lambda a, t: emergencies.switch(a.caller, PURPOSE, on=True)),
    (Event.EMERGENCY_OPEN, "manager", True, of_person(emergency)),
    (Event.EMERGENCY_LIST, "administrator", False, lambda a, t: emergencies.opened(a.caller, PURPOSE)),
    (Event.EMERGENCY_REVIEW, "administrator", True, review),
    (Event.RECORD_MARKS, "manager", True, lambda a, t: marks(a.caller, t.person.key, PURPOSE)),
    (Event.LOG_READ, "administrator", True, lambda a, t: log_acts.who_opened(a.caller, t.person.key, PURPOSE)),
]


def build(world: World, **actor: Any) -> Town:
    person = world.person(world.insurer(started_on=days(-10)))
    allow_emergency(world, person.insurer_no)
    office = world.organisation("43")
    city = world.organisation(kind="municipality", number=person.insurer_no)
    actors = {
        "manager": world.actor(office, **actor),
        "administrator": world.actor(office, "manager", level="administrator", **actor),
        "successor": world.actor(world.organisation("43"), **actor),
        "officer": world.actor(city, "municipal_officer", **actor),
    }
    return Town(world, person, actors)


# Between two offices, about many users at once: tests/exchange/test_log.py.
OF_THE_EXCHANGE = {event for event in Event if event.startswith("exchange:")}
