"""What the list counts is of everybody, whatever page is shown; filters, one care manager's persons, taking along."""

from __future__ import annotations

import json

import psycopg
import pytest

from kiban.assignment import acts as assignment_acts
from kiban.gate import door
from tests.gate.acts import register
from tests.gate.listing import add, listed, names
from tests.world import World, days

pytestmark = pytest.mark.database


@pytest.fixture
def crowd(world: World, office, insurer):
    """Nine persons: three without consent, one over, two to renew, one whose municipality waits, two in order."""
    for number in range(3):
        add(world, insurer, office, f"同意 {number}", f"ア{number}", consent=False)
    add(world, insurer, office, "過ぎた", "イ", valid_to=days(0))
    add(world, insurer, office, "三十日", "ウ", valid_to=days(31))
    add(world, insurer, office, "六十日", "エ", valid_to=days(61))
    add(world, world.insurer(), office, "未開始", "オ")
    for number in range(2):
        add(world, insurer, office, f"良好 {number}", f"カ{number}", valid_to=days(62))
    return world.actor(office)


COUNTS = {
    "consent": 3,
    "refused": 0,
    "municipality": 1,
    "role": 0,
    "no_certification": 0,
    "over": 1,
    "presses": 1,
    "opens": 1,
    "assignment": 0,
}


def test_who_is_renewed_already_is_not_to_be_renewed(world, office, insurer):
    """The next card joins on to the one that ends: the list shows its end. With a gap between them it does not."""
    joined, gap, later = (
        add(world, insurer, office, name, kana, valid_to=days(20))
        for name, kana in (("続く", "ア"), ("間が空く", "イ"), ("更新前", "ウ"))
    )
    for person, first in ((joined, days(20)), (gap, days(22))):
        world.record(
            person, "insurance_card.card", {"care_level": "22"}, valid_from=first, valid_to=days(385), history_no=2
        )
    answer = listed(world.actor(office))
    ends = {person["name"]: person["valid_to"] for person in answer["people"]}
    assert ends == {"続く": str(days(385)), "間が空く": str(days(20)), "更新前": str(days(20))}
    assert {person["name"]: person["care_level"] for person in answer["people"]}["続く"] == "21", "that of today"
    assert answer["lacking"]["presses"] == 2
    assert later.name == "更新前"


@pytest.mark.parametrize("page", [{"limit": 1}, {"limit": 2, "offset": 4}, {"limit": 200}, {"lacks": ["over"]}])
def test_counts_are_of_everybody_whatever_is_shown(crowd, page):
    answer = listed(crowd, **page)
    assert answer["lacking"] == COUNTS
    assert answer["everybody"] == 9


def test_of_each_thing_the_first_are_named_and_the_log_names_them(world, crowd):
    answer = listed(crowd, sort="valid_to", limit=1, named=2)
    assert names(answer) == ["過ぎた"]
    beside = [person["name"] for person in answer["named"]]
    assert beside == ["三十日", "六十日", "同意 0", "同意 1", "未開始"]
    (row,) = world.log(account_id=crowd.account_id)
    assert row["persons"] == [person["key"] for person in (*answer["people"], *answer["named"])]


@pytest.mark.parametrize(
    ("lacks", "who"),
    [
        (["consent"], ["同意 0", "同意 1", "同意 2"]),
        (["over", "presses", "opens"], ["過ぎた", "三十日", "六十日"]),
        (["municipality"], ["未開始"]),
        (["refused"], []),
    ],
)
def test_a_filter_leaves_who_lacks_it(world, crowd, lacks, who):
    answer = listed(crowd, lacks=lacks, limit=2)
    assert names(answer) == who[:2]
    assert answer["total"] == len(who)
    assert names(listed(crowd, lacks=lacks, limit=2, offset=2)) == who[2:]
    assert len(world.log(account_id=crowd.account_id)[0]["persons"]) == len(who[:2])


def test_what_was_said_about_consent(world, crowd, office, insurer):
    said_no = add(world, insurer, office, "断った", "キ", consent=False)
    took_back = add(world, insurer, office, "撤回", "ク")
    world.run("UPDATE care.consent SET withdrawn_at = now() WHERE insured_key = %s", took_back.key)
    world.run(
        """INSERT INTO care.refusal (insured_key, refused_on, text_version, signer, signer_name, witness, channel, note,
                                     organisation_id, recorded_by)
           VALUES (%s, %s, '1', 'self', '', '', 'meeting', '', %s, %s)""",
        said_no.key,
        days(-1),
        office.id,
        crowd.account_id,
    )
    answer = listed(crowd, lacks=["refused"])
    assert names(answer) == ["断った", "撤回"]
    assert answer["lacking"] == COUNTS | {"refused": 2}


def test_own_persons_are_those_of_the_care_manager(world, crowd, office):
    people = {person["name"]: person["key"] for person in listed(crowd)["people"]}
    other = world.actor(office, name="後任")
    mine, theirs = [people["過ぎた"], people["同意 0"]], [people["三十日"]]
    assert assignment_acts.entrust(crowd.caller, "care_planning", mine, crowd.employment_id) == "ok"
    assert assignment_acts.entrust(crowd.caller, "care_planning", theirs, other.employment_id) == "ok"
    own = listed(crowd, whose="own")
    assert names(own) == ["同意 0", "過ぎた"]
    assert (own["total"], own["lacking"]["over"], own["lacking"]["consent"]) == (2, 1, 1)
    assert names(listed(crowd, whose=str(other.account_id))) == ["三十日"]
    assert len(names(listed(crowd, whose="nobody"))) == 6
    assert len(names(listed(other, whose="all"))) == 9  # it is a view, and no right
    assert own["people"][0]["responsible"] == listed(crowd)["people"][0]["responsible"] != ""


def test_a_successor_takes_over_and_both_stay_in_the_record(world, crowd, office):
    key = listed(crowd)["people"][0]["key"]
    other = world.actor(office)
    for employment in (crowd.employment_id, crowd.employment_id, other.employment_id):
        assert assignment_acts.entrust(crowd.caller, "care_planning", [key], employment) == "ok"
    assert world.one("SELECT count(*) FROM care.responsible WHERE insured_key = %s", key) == 2
    assert assignment_acts.entrust(crowd.caller, "care_planning", [key], None) == "ok"
    assert names(listed(other, whose="own")) == []
    assert world.one("SELECT count(*) FROM care.responsible WHERE insured_key = %s AND ended_at IS NULL", key) == 0


def test_who_registers_somebody_for_the_plan_looks_after_them(world, office, insurer):
    manager, clerk, person, other = (
        world.actor(office),
        world.actor(office, "clerk"),
        world.person(insurer),
        world.person(insurer),
    )
    for actor, whom in ((manager, person), (clerk, other), (world.actor(office), person)):  # who lengthens it: no
        assert register(actor, whom)[0] == "ok"
    assert [one["key"] for one in listed(manager, whose="own")["people"]] == [person.key]
    assert [one["key"] for one in listed(manager, whose="nobody")["people"]] == [other.key]


def test_nobody_is_entrusted_to_somebody_of_elsewhere_or_with_a_stranger(world, crowd, office, insurer):
    key = listed(crowd)["people"][0]["key"]
    elsewhere = world.actor(world.organisation("43"))
    gone = world.actor(office, employed=(days(-9), days(0)))
    stranger = world.person(insurer)
    for employment in (elsewhere.employment_id, gone.employment_id):
        answer = assignment_acts.entrust(crowd.caller, "care_planning", [key], employment)
        assert answer == "assignment:not_employed"
    answer = assignment_acts.entrust(crowd.caller, "care_planning", [key, stranger.key], crowd.employment_id)
    assert answer == "assignment:none"
    assert world.one("SELECT count(*) FROM care.responsible WHERE insured_key = ANY (%s)", [key, stranger.key]) == 0


def test_taking_along_is_another_word_of_the_log(world, crowd):
    answer = json.loads(door.list_people(crowd.caller, "care_planning", limit=5000, export=True))
    assert len(answer["people"]) == 9
    (row,) = world.log(account_id=crowd.account_id)
    assert (row["action"], len(row["persons"])) == ("people:export", 9)


@pytest.mark.parametrize("bad", [{"lacks": ["x"]}, {"whose": "x"}, {"named": 11}, {"export": True, "limit": 5001}])
def test_an_unknown_filter_is_an_error(crowd, bad):
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        listed(crowd, **bad)
