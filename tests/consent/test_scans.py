"""Signed papers: what a file is, how large, beside which fact, and who opens it."""

from __future__ import annotations

import pytest

from kiban.consent import acts as consent_acts
from tests.gate.acts import PNG, give, refuse, register, signing, withdraw
from tests.world import World, days

pytestmark = pytest.mark.database

PDF = b"%PDF-1.7\n1 0 obj\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
LARGEST = 5 * 1024 * 1024
TYPES = {"application/pdf": PDF, "image/png": PNG, "image/jpeg": JPEG}


@pytest.fixture
def person(world: World):
    return world.person(world.insurer(started_on=days(-10)))


@pytest.fixture
def manager(world: World, person):
    actor = world.actor(world.organisation("43"))
    register(actor, person)
    give(actor, person)
    return actor


def facts(actor, person):
    return consent_acts.history(actor.caller, person.key, "care_planning")


def attach(actor, person, **more) -> str:
    if "number" not in more:
        more["number"] = facts(actor, person)["consents"][0]["number"]
    values = {"subject": "consent", "media_type": "application/pdf", "content": PDF, **more}
    return consent_acts.attach_scan(actor.caller, person.key, "care_planning", **values)


@pytest.mark.parametrize("media_type", TYPES)
def test_the_three_kinds(person, manager, media_type):
    content = TYPES[media_type]
    assert attach(manager, person, media_type=media_type, content=content) == "ok"
    (scan,) = facts(manager, person)["scans"]
    assert scan["media_type"] == media_type
    assert consent_acts.open_scan(manager.caller, person.key, "care_planning", scan["number"]) == (media_type, content)


EXECUTABLE = b"MZ\x90\x00" + bytes(60) + PDF
NOT_PAPERS = {
    "an executable": EXECUTABLE,
    "an elf": b"\x7fELF" + bytes(20),
    "a page": b"<html><script>alert(1)</script>",
    "an svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a zip": b"PK\x03\x04",
    "a script": b"#!/bin/sh\n",
    "a pdf after a line": b"\n" + PDF,
    "half a beginning": PNG[:7],
    "nothing": b"",
}


@pytest.mark.parametrize("name", NOT_PAPERS)
@pytest.mark.parametrize("media_type", TYPES)
def test_whatever_it_is_called_it_is_what_it_begins_as(world, person, manager, name, media_type):
    assert attach(manager, person, media_type=media_type, content=NOT_PAPERS[name]) == "consent:bad_scan"
    assert world.one("SELECT count(*) FROM care.scan WHERE insured_key = %s", person.key) == 0


@pytest.mark.parametrize("media_type", ["image/png", "text/html", "", None, "application/x-msdownload"])
def test_not_under_another_type(person, manager, media_type):
    assert attach(manager, person, media_type=media_type) == "consent:bad_scan"


def test_five_megabytes_and_not_a_byte_more(person, manager):
    assert attach(manager, person, content=PDF + bytes(LARGEST - len(PDF) + 1)) == "consent:bad_scan"
    content = PDF + bytes(LARGEST - len(PDF))
    assert attach(manager, person, content=content) == "ok"
    (scan,) = facts(manager, person)["scans"]
    assert consent_acts.open_scan(manager.caller, person.key, "care_planning", scan["number"])[1] == content


def test_beside_each_kind_of_fact(world, person, manager):
    consent_acts.record_other(
        manager.caller, person.key, "care_planning", signing(), kind="article33", covers_family=False
    )
    withdraw(manager, person)
    refuse(manager, person)
    known = facts(manager, person)
    number = known["consents"][0]["number"]
    for subject, fact in (
        ("consent", number),
        ("withdrawal", number),
        ("refusal", known["refusals"][0]["number"]),
        ("other", known["others"][0]["number"]),
    ):
        assert attach(manager, person, subject=subject, number=fact) == "ok"
        assert attach(manager, person, subject=subject, number=10**9) == "consent:none"
    assert attach(manager, person, subject="anything", number=number) == "consent:none"
    scans = facts(manager, person)["scans"]
    assert [scan["subject"] for scan in scans] == ["consent", "withdrawal", "refusal", "other"]


def test_not_beside_a_fact_of_another_person(world, person, manager):
    other = world.person(person.insurer_no)
    register(manager, other)
    give(manager, other)
    number = facts(manager, other)["consents"][0]["number"]
    assert attach(manager, person, number=number) == "consent:none"


def test_not_beside_the_municipalitys_consent(world, manager):
    other = world.person(world.insurer())
    number = world.consent(other)
    register(manager, other)
    assert attach(manager, other, number=number) == "consent:none"


def test_not_a_paper_that_is_not_there(person, manager):
    for number in (0, -1, 10**12):
        assert consent_acts.open_scan(manager.caller, person.key, "care_planning", number) is None


def test_other_offices_and_the_insurer_do_not_open_it(world, person, manager):
    attach(manager, person)
    (scan,) = facts(manager, person)["scans"]
    city = world.organisation(kind="municipality", number=person.insurer_no)
    elsewhere = world.actor(world.organisation("43"))
    officer = world.actor(city, "municipal_officer", level="administrator")
    for actor in (elsewhere, officer):
        assert consent_acts.open_scan(actor.caller, person.key, "care_planning", scan["number"]) is None
    register(elsewhere, person)
    assert consent_acts.open_scan(elsewhere.caller, person.key, "care_planning", scan["number"]) is None
    assert {row["outcome"] for row in world.log(action="scan:open", insured_key=person.key)} == {"denied"}
    colleague = world.actor(manager.organisation, "clerk")
    assert consent_acts.open_scan(colleague.caller, person.key, "care_planning", scan["number"]) is not None


def test_not_by_the_number_of_another_persons_paper(world, person, manager):
    attach(manager, person)
    (scan,) = facts(manager, person)["scans"]
    other = world.person(person.insurer_no)
    register(manager, other)
    assert consent_acts.open_scan(manager.caller, other.key, "care_planning", scan["number"]) is None


def test_not_after_the_person_is_no_longer_in_charge_of(world, person, manager):
    attach(manager, person)
    (scan,) = facts(manager, person)["scans"]
    world.run("UPDATE care.assignment SET ended_at = now() WHERE insured_key = %s", person.key)
    assert consent_acts.open_scan(manager.caller, person.key, "care_planning", scan["number"]) is None
    assert attach(manager, person, number=1) == "assignment:ended"
