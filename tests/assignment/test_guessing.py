"""Registering by four items: what a wrong guess learns (nothing), and two who register at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiban.gate.events import Event
from tests.assignment.periods import period
from tests.gate.acts import at_once, choose_policy, register
from tests.world import Actor, Person, World, days

pytestmark = pytest.mark.database


def registering(actor: Actor, person: Person, beside: Callable[[], Any], **more: Any) -> tuple[Any, Any]:
    """The actor registers the person, and ``beside`` at once."""
    items = {"insurer_no": person.insurer_no, "insured_no": person.insured_no, "birth": person.birth, "sex": person.sex}
    how = {"method": "four_items", "place": "office", "capacity": "plan"}
    period = {"viewing_from": days(0), "viewing_to": days(60)}
    return at_once(World(), actor, Event.ASSIGNMENT_REGISTER, None, beside, **items | how | period | more)


class TestTwoAtOnce:
    def test_two_clerks_register_one_person_at_once(self, world, office, person):
        one, two = world.actor(office), world.actor(office)
        answers = registering(one, person, lambda: register(two, person))
        assert answers == (("ok", person.key), ("ok", person.key))
        assert world.one("SELECT count(*) FROM care.assignment WHERE insured_key = %s", person.key) == 1
        assert world.one("SELECT count(*) FROM care.identity WHERE insured_key = %s", person.key) == 1
        assert world.one("SELECT count(*) FROM care.confirmation WHERE insured_key = %s", person.key) == 2

    def test_the_second_lengthens_what_the_first_has_just_made(self, world, office, person):
        one, two = world.actor(office), world.actor(office)
        registering(one, person, lambda: register(two, person, viewing_to=days(70)), viewing_from=days(-1))
        assert world.one("SELECT count(*) FROM care.assignment WHERE insured_key = %s", person.key) == 1
        assert period(world, person, office) == (days(-1), days(70))

    def test_of_two_offices_that_take_the_one_place_at_once_one_has_it(self, world, person):
        choose_policy(person.insurer_no)
        one, two = (world.actor(world.organisation("43")) for _ in range(2))
        registering(one, person, lambda: register(two, person))
        left = world.connection.execute(
            "SELECT organisation_id FROM care.assignment WHERE insured_key = %s AND ended_at IS NULL", [person.key]
        ).fetchall()
        assert left == [(two.organisation.id,)]

    def test_guesses_made_at_once_are_counted_together(self, world, office, person):
        clerk = world.actor(office)
        for number in range(9):
            register(clerk, person, insured_no=f"77777777{number:02d}")
        answers = registering(clerk, person, lambda: register(clerk, person), insured_no="7777777799")
        assert answers == (("assignment:no_match", None), ("assignment:too_many_misses", None))


class TestGuessing:
    def test_no_answer_before_the_comparison_depends_on_the_person(self, world, office, person):
        clerk = world.actor(office)
        for change in ({"viewing_to": days(300)}, {"viewing_from": days(200)}, {"capacity": "opinion"}):
            right, wrong = register(clerk, person, **change), register(clerk, person, sex="1", **change)
            assert right == wrong

    def test_only_misses_make_one_wait(self, world, office, person):
        clerk = world.actor(office)
        for _ in range(11):
            register(clerk, person, viewing_to=days(-1))
        assert register(clerk, person)[0] == "ok"

    def test_the_wait_is_ten_minutes(self, world, office, person):
        clerk = world.actor(office)
        for number in range(10):
            register(clerk, person, insured_no=f"66666666{number:02d}")
        assert register(clerk, person)[0] == "assignment:too_many_misses"
        world.run("UPDATE gate.guess SET at = at - interval '11 minutes' WHERE account_id = %s", clerk.account_id)
        assert register(clerk, person)[0] == "ok"

    def test_a_miss_writes_down_neither_person_nor_guess(self, world, office, person):
        clerk = world.actor(office)
        register(clerk, person, sex="1")
        (row,) = world.log(account_id=clerk.account_id)
        assert (row["insured_key"], row["persons"], row["detail"]) == (0, [], "")
        assert world.log(insured_key=person.key) == []
