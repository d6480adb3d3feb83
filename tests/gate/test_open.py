"""Opening records through the door: what is shown, what is refused, what stands in the log."""

from __future__ import annotations

import json

from kiban.gate import door, matrix
from kiban.registry.models import Insurer
from kiban.web.request import Caller
from tests.world import World, days, hours

ITEMS = ["insurance_card.card", "certification.survey", "certification.progress"]


def opened(world: World, **changes):
    """One care manager, one person in charge of; ``changes`` may spoil something first."""
    insurer = world.insurer(started_on=changes.get("started_on", days(-10)))
    office = world.organisation("43")
    manager = world.actor(office, **changes.get("actor", {}))
    person = world.person(insurer)
    if changes.get("assignment", True):
        world.in_charge(person, office)
    if changes.get("consent", True):
        world.consent(person)
    world.record(person, "insurance_card.card", {"care_level": "23"}, valid_from=days(-100), valid_to=days(100))
    world.record(person, "certification.survey", {"secret": "調査の中身"})
    answer = json.loads(door.open_records(manager.caller, person.key, ITEMS, changes.get("purpose", "care_planning")))
    return manager, person, answer


def by_item(answer):
    return {item["item"]: item for item in answer["items"]}


def test_a_care_manager_sees_what_the_matrix_opens(world):
    manager, person, answer = opened(world)
    items = by_item(answer)
    assert answer["outcome"] == "partly"
    assert answer["person"]["name"] == person.name
    assert items["insurance_card.card"]["records"][0]["content"] == {"care_level": "23"}
    assert items["certification.survey"]["allowed"]
    assert items["certification.progress"] == {
        "item": "certification.progress",
        "allowed": False,
        "answers": "role:unconfirmed",
        "decision": None,
        "records": None,
    }
    assert answer["basis"]["assignment"]["capacity"] == "plan"
    assert answer["basis"]["consent"]["taken_by"] == "municipality"
    (row,) = world.log(insured_key=person.key)
    assert row["id"] == answer["log"]
    assert row["action"] == "record:open"
    assert row["account_id"] == manager.account_id
    assert row["certificate"] == manager.fingerprint
    assert row["decisions"] == [
        "+insurance_card.card|",
        "+certification.survey|",
        "-certification.progress|role:unconfirmed",
    ]


def test_without_assignment_neither_records_nor_name(world):
    _, person, answer = opened(world, assignment=False)
    assert answer["person"] is None
    assert answer["outcome"] == "denied"
    assert all(item["records"] is None for item in answer["items"])
    (row,) = world.log(insured_key=person.key)
    assert row["outcome"] == "denied"


def test_without_consent_the_name_but_no_records(world):
    _, _, answer = opened(world, consent=False)
    assert answer["person"] is not None
    assert {item["answers"] for item in answer["items"] if item["item"] == "insurance_card.card"} == {"consent:none"}
    assert all(item["records"] is None for item in answer["items"])


def test_a_municipality_that_has_not_started(world):
    _, _, answer = opened(world, started_on=days(1))
    assert by_item(answer)["insurance_card.card"]["answers"] == "municipality:starts_later"


def test_a_revoked_terminal(world):
    _, person, answer = opened(world, actor={"certificate": {"revoked_at": hours(-0.01)}})
    assert answer["standing"] == ["terminal:revoked"]
    assert answer["person"] is None
    assert world.log(insured_key=person.key)[0]["standing"] == ["terminal:revoked"]


def test_a_made_up_session(world):
    insurer = world.insurer(started_on=days(-10))
    person = world.person(insurer)
    answer = json.loads(door.open_records(Caller("nobody", "ff" * 32), person.key, ITEMS, "care_planning"))
    assert answer["standing"] == ["account:no_session", "terminal:unknown"]
    assert world.log(insured_key=person.key)[0]["account_id"] is None


def test_an_undeclared_purpose_is_refused_and_not_written_down(world):
    _, person, answer = opened(world, purpose="only looking")
    assert answer["standing"] == ["purpose:undeclared"]
    assert world.log(insured_key=person.key)[0]["purpose"] is None


def test_an_insurers_decision_opens_and_is_named(world):
    insurer = world.insurer(started_on=days(-10))
    office = world.organisation("43")
    manager = world.actor(office)
    person = world.person(insurer)
    world.in_charge(person, office)
    world.consent(person)
    decision = matrix.decide(
        insurer=Insurer.objects.get(number=insurer),
        party="care_management",
        items=["certification.progress"],
        job_types=["care_manager"],
        is_open=True,
        needs_consent=True,
        document_name="試験要領",
        document_number="試第1号",
        decided_on=days(-20),
        starts_on=days(-5),
        recorded_by="試験",
    )
    (item,) = json.loads(door.open_records(manager.caller, person.key, ["certification.progress"], "care_planning"))[
        "items"
    ]
    assert item["allowed"]
    assert item["decision"]["document"] == "試験要領"
    assert world.log(insured_key=person.key)[0]["decisions"] == [f"+certification.progress|decision:{decision[0].pk}"]


def test_a_later_decision_takes_back_an_earlier_one_and_a_published_cell_is_nobodys_to_decide(world):
    insurer = world.insurer(started_on=days(-10))
    office = world.organisation("43")
    manager = world.actor(office, "clerk")
    person = world.person(insurer)
    world.in_charge(person, office)
    world.consent(person)
    for is_open in (True, False):
        matrix.decide(
            insurer=Insurer.objects.get(number=insurer),
            party="care_management",
            items=["certification.progress", "certification.survey"],
            job_types=["clerk"],
            is_open=is_open,
            needs_consent=False,
            document_name="試験要領",
            document_number="試第1号",
            decided_on=days(-20),
            starts_on=days(-5),
            recorded_by="試験",
        )
        answer = json.loads(
            door.open_records(
                manager.caller, person.key, ["certification.progress", "certification.survey"], "care_planning"
            )
        )
        progress, survey = (item["allowed"] for item in answer["items"])
        assert (progress, survey) == (is_open, False)
