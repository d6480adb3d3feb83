"""Whom may I see: the list, its search, its order and its pages stay inside the authorised set."""

from __future__ import annotations

import json

import psycopg
import pytest

from kiban.gate import door
from tests.gate.listing import add, listed, names
from tests.world import days, hours

pytestmark = pytest.mark.database


def test_only_the_persons_of_the_office(world, office, insurer):
    manager = world.actor(office)
    other = world.organisation("43")
    mine = add(world, insurer, office, "試験 一郎", "シケンイチロウ")
    add(world, insurer, other, "試験 二郎", "シケンジロウ")
    add(world, insurer, office, "試験 三郎", "シケンサブロウ", assignment=False)
    ended = add(world, insurer, office, "試験 四郎", "シケンシロウ")
    world.run("UPDATE care.assignment SET ended_at = %s WHERE insured_key = %s", hours(-1), ended.key)
    unidentified = add(world, insurer, office, "試験 五郎", "シケンゴロウ", assignment=False)
    world.assignment(unidentified, office)
    answer = listed(manager)
    assert names(answer) == ["試験 一郎"]
    assert answer["total"] == 1
    (row,) = world.log(account_id=manager.account_id)
    assert row["persons"] == [mine.key]
    assert row["insured_key"] == 0


def test_what_is_missing_is_said_and_nothing_more_is_shown(world, office, insurer):
    manager = world.actor(office)
    add(world, insurer, office, "試験 一郎", "ア")
    add(world, insurer, office, "試験 二郎", "イ", consent=False)
    add(world, world.insurer(), office, "試験 三郎", "ウ")
    shown, without_consent, not_started = listed(manager)["people"]
    assert shown["care_level"] == "21"
    assert "-insurance_card.card|consent:none" in without_consent["decisions"]
    assert without_consent["care_level"] is without_consent["valid_to"] is None
    assert "-insurance_card.card|municipality:not_started" in not_started["decisions"]
    assert not_started["care_level"] is None


def test_order_by_validity_does_not_tell_what_is_hidden(world, office, insurer):
    manager = world.actor(office)
    add(world, insurer, office, "おそい", "ア", valid_to=days(90))
    add(world, insurer, office, "はやい", "イ", valid_to=days(10))
    add(world, insurer, office, "かくれた", "ウ", valid_to=days(1), consent=False, level="25")
    assert names(listed(manager, sort="valid_to")) == ["はやい", "おそい", "かくれた"]
    assert names(listed(manager, sort="care_level"))[-1] == "かくれた"


def test_pages_and_total(world, office, insurer):
    manager = world.actor(office)
    for number in range(7):
        add(world, insurer, office, f"試験 {number}", f"カナ{number}")
    first = listed(manager, limit=3)
    last = listed(manager, limit=3, offset=6)
    assert (first["total"], names(first)) == (7, ["試験 0", "試験 1", "試験 2"])
    assert (last["total"], names(last)) == (7, ["試験 6"])


@pytest.mark.parametrize("search", ["花子", "ハナコ", "0042", "花"])
def test_search_by_kanji_kana_and_the_last_digits(world, office, search):
    insurer = world.insurer(started_on=days(-10))
    manager = world.actor(office)
    add(world, insurer, office, "試験 花子", "シケンハナコ", insured_no="9900000042")
    add(world, insurer, office, "試験 太郎", "シケンタロウ", insured_no="9900000043")
    answer = listed(manager, search=search)
    assert names(answer) == ["試験 花子"]
    (row,) = world.log(account_id=manager.account_id)
    assert search not in str({**row, "leaf": "", "parameters": ""}).replace("0", "")


@pytest.mark.parametrize("search", ["%", "_", "\\", "';--", "𠮷"])
def test_signs_in_the_search_are_only_signs(world, office, insurer, search):
    manager = world.actor(office)
    add(world, insurer, office, "試験 花子", "シケンハナコ")
    assert names(listed(manager, search=search)) == []


def test_a_municipality_searches_its_own_insured(world, insurer):
    city = world.organisation(kind="municipality", number=insurer)
    officer = world.actor(city, "municipal_officer")
    person = world.person(insurer, "試験 花子")
    late = world.person(insurer, "試験 花子", insured_no=f"H{person.insured_no[1:]}")
    world.person(world.insurer(started_on=days(-10)), "試験 花子")
    answer = json.loads(door.list_people(officer.caller, "insurer_duty", search="花子"))
    assert {p["key"] for p in answer["people"]} == {person.key, late.key}
    assert json.loads(door.list_people(officer.caller, "insurer_duty"))["people"] == []


def test_refused_as_a_whole_and_logged(world, office, insurer):
    manager = world.actor(office, certificate={"revoked_at": hours(-1)})
    add(world, insurer, office, "試験 花子", "シケンハナコ")
    answer = listed(manager)
    assert answer["standing"] == ["terminal:revoked"]
    assert answer["people"] == []
    assert world.log(account_id=manager.account_id)[0]["outcome"] == "denied"


@pytest.mark.parametrize("bad", [{"sort": "birth"}, {"limit": 0}, {"limit": 201}, {"offset": -1}])
def test_an_unknown_order_or_page_is_an_error(world, office, bad):
    manager = world.actor(office)
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        listed(manager, **bad)


def test_list_and_opening_say_the_same(world, office):
    """The same rules: whatever state a person is in, the list and the record give the same answers."""
    manager = world.actor(office)
    for number, started in enumerate([days(-1), days(0), days(1), None]):
        for consent in (True, False):
            add(
                world,
                world.insurer(started_on=started),
                office,
                f"試験 {number}{consent}",
                f"カナ{number}{consent}",
                consent=consent,
            )
    people = listed(manager)["people"]
    assert len(people) == 8
    for person in people:
        opened = json.loads(
            door.open_records(
                manager.caller,
                person["key"],
                ["insurance_card.burden_ratio", "insurance_card.card"],
                "care_planning",
            )
        )
        assert person["decisions"] == [
            f"{'+' if item['allowed'] else '-'}{item['item']}|{item['answers']}" for item in opened["items"]
        ]
