"""Every answer that stands in the SQL of any room has words for the user."""

from __future__ import annotations

import re

import pytest

from kiban.gate.events import ANSWERS, PASSES, Condition, Event
from kiban.ops import sqlfiles
from kiban.ops.room import Room, rooms

LITERAL = re.compile(r"'([a-z_]+:[a-z_]+)'")
NO_ANSWERS = {*Event, "office:"}  # what stands in SQL with a colon and is no answer


def answers(room: Room) -> set[str]:
    """All answers in the room's functions."""
    text = "".join(sqlfiles.read(room.label, f"functions/{name}.sql") for name in room.sql_functions)
    return set(LITERAL.findall(text)) - NO_ANSWERS


def every_room_with_sql() -> list[Room]:
    return [room for room in rooms() if room.sql_functions]


@pytest.mark.parametrize("room", every_room_with_sql(), ids=lambda room: room.label)
def test_every_answer_has_words_in_its_room_or_at_the_gate(room):
    gate = next(one for one in rooms() if one.label == "gate").answer_words()
    assert answers(room) <= set(room.answer_words()) | set(gate)


def test_the_answers_are_found():
    found = set().union(*map(answers, every_room_with_sql()))
    assert {"assignment:other_capacity", "consent:no_witness", "exchange:not_own", "plan:changed"} <= found
    assert len(found) > 50


def test_so_has_every_answer_about_a_condition():
    gate = next(one for one in rooms() if one.label == "gate").answer_words()
    refusing = {f"{condition}:{answer}" for condition in Condition for answer in set(ANSWERS[condition]) - PASSES}
    assert refusing <= set(gate)


def test_words_end_a_sentence_and_name_no_answer_that_is_not_there():
    written = set().union(*map(answers, every_room_with_sql()))
    for room in every_room_with_sql():
        assert all(words.endswith("。") for words in room.answer_words().values())
        assert room.label == "gate" or set(room.answer_words()) <= written


def test_answers_about_conditions_are_those_of_the_sql():
    """Every code in the SQL is in ``events.ANSWERS``; what is not, has no words."""
    caller = sqlfiles.read("gate", "functions/caller.sql")
    decided = sqlfiles.read("gate", "functions/decide.sql")
    ladders = sqlfiles.read("gate", "functions/ladders.sql")
    context = caller[caller.index("CREATE FUNCTION gate.context(") :]
    body = ladders + context[: context.index("END $$;")] + decided
    codes = set(re.findall(r"(?:THEN|ELSE) '([a-z_]+)'", body)) - {"own", "opinion", "any"}
    # Said where nothing is decided, where a session is stopped, and where nothing is opened at all.
    elsewhere = {"not_asked", "too_fast", "unsealed"}
    assert codes == {answer for answers in ANSWERS.values() for answer in answers} - elsewhere
