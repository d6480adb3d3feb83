"""問い合わせ between two offices: about a common user only, read by the two only, answered once."""

from __future__ import annotations

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.month import queries
from kiban.ops import provision
from tests.exchange.town import unit_of

pytestmark = pytest.mark.database
WORDS = "12日の訪問介護は、予定にありますが実績にありません。"


@pytest.fixture
def common(town):
    unit = unit_of("schedule", town.scene())
    town.send(town.planner, unit)
    return town, min(unit.people)


def test_a_question_is_asked_read_and_answered(common, world):
    town, key = common
    assert queries.ask(town.planner, key, town.providing.number, "202610", WORDS) == "ok"
    (asked,) = queries.listed(town.provider)
    assert (asked.words, asked.is_mine, asked.number) == (WORDS, False, town.planning.number)
    assert queries.reply(town.provider, key, asked.number_of_query, "休まれました。") == "ok"
    assert queries.reply(town.provider, key, asked.number_of_query, "別の答え") == "exchange:no_query"
    (told,) = queries.listed(town.planner, "202610")
    assert (told.answer, told.is_mine) == ("休まれました。", True)
    assert queries.listed(town.provider) == []
    (row,) = world.log(action="exchange:ask", organisation_id=town.planning.id)
    assert row["insured_key"] == key
    assert key in world.log(action="exchange:queries", organisation_id=town.providing.id)[0]["persons"]


def test_only_about_a_common_user_of_that_month(common):
    town, key = common
    assert queries.ask(town.planner, key + 50, town.providing.number, "202610", WORDS) == "exchange:stranger"
    assert queries.ask(town.planner, key, town.providing.number, "202609", WORDS) == "exchange:stranger"
    assert queries.ask(town.outsider, key, town.providing.number, "202610", WORDS) == "exchange:stranger"
    assert queries.ask(town.planner, key, "9999999993", "202610", WORDS) == "exchange:receiver_not_here"


def test_after_a_withdrawal_there_is_nothing_in_common(town):
    unit = unit_of("schedule", town.scene())
    number = town.send(town.planner, unit)
    boxes.withdraw(town.planner, number)
    assert queries.ask(town.planner, min(unit.people), town.providing.number, "202610", WORDS) == "exchange:stranger"


def test_others_neither_read_nor_answer(common, world):
    town, key = common
    queries.ask(town.planner, key, town.providing.number, "202610", WORDS)
    assert queries.listed(town.outsider) == []
    number = world.one("SELECT max(id) FROM care.exchange_query WHERE insured_key = %s", key)
    assert queries.reply(town.outsider, key, number, "答え") == "exchange:no_query"
    assert queries.reply(town.planner, key, number, "自分で答える") == "exchange:no_query"
    body = world.one("SELECT body FROM care.exchange_query WHERE id = %s", number)
    assert "訪問介護".encode() not in bytes(body)


def test_a_running_server_goes_on_when_the_functions_are_put_in_place_anew(common, world):
    """``kiban setup`` beside it: the calls its connections have prepared name types that are gone."""
    town, key = common
    assert queries.ask(town.planner, key, town.providing.number, "202610", WORDS) == "ok"
    before = queries.listed(town.provider)
    world.run("COMMENT ON SCHEMA gate IS 'those of another version'")
    assert provision.set_functions_and_grants()
    assert queries.listed(town.provider) == before != []
