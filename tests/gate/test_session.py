"""What the gate asks of a session at every call: used lately, not locked, and under a 代行 within its scope."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from kiban.assignment import acts as assignment_acts
from kiban.consent import acts as consent_acts
from kiban.gate import door
from kiban.log import acts as log_acts
from kiban.web.request import Caller
from tests.gate.acts import give, register, sees
from tests.world import days, hours

pytestmark = pytest.mark.database


def seen_at(world, actor) -> dt.datetime | None:
    key = hashlib.sha256(actor.session.encode()).hexdigest()
    return world.one("SELECT seen_at FROM staff_session WHERE session_key = %s", key)


# Everything the gate does for somebody, each in one call.
CALLS = {
    "record:open": lambda a, p: door.open_records(a.caller, p.key, ["insurance_card.card"], "care_planning"),
    "people:list": lambda a, p: door.list_people(a.caller, "care_planning"),
    "log:read": lambda a, p: log_acts.who_opened(a.caller, p.key, "care_planning"),
    "consent:read": lambda a, p: consent_acts.history(a.caller, p.key, "care_planning"),
    "consent:give": give,
    "assignment:register": register,
    "assignment:read": lambda a, p: assignment_acts.state(a.caller, p.key, "care_planning"),
    "assignment:lapsing": lambda a, p: assignment_acts.lapsing(a.caller, "care_planning", days(30)),
}


class TestSeen:
    @pytest.mark.parametrize("event", CALLS)
    def test_every_call_is_use(self, world, office, person, event):
        manager = world.actor(office, session={"seen_at": hours(-0.1)})
        before = dt.datetime.now(dt.UTC)
        CALLS[event](manager, person)
        assert seen_at(world, manager) >= before

    def test_written_at_most_once_a_minute(self, world, office, person):
        manager = world.actor(office, session={"seen_at": hours(-0.5 / 60)})
        before = seen_at(world, manager)
        sees(manager, person)
        assert seen_at(world, manager) == before
        world.run("UPDATE staff_session SET seen_at = %s WHERE account_id = %s", hours(-1.1 / 60), manager.account_id)
        sees(manager, person)
        assert seen_at(world, manager) > before

    def test_the_first_time_it_is_written(self, world, office, person):
        manager = world.actor(office)
        assert seen_at(world, manager) is None
        sees(manager, person)
        assert seen_at(world, manager) is not None

    @pytest.mark.parametrize("state", [{"locked_at": hours(-0.1)}, {"expire_date": hours(-0.1)}])
    def test_who_is_refused_does_not_count_as_use(self, world, office, person, state):
        manager = world.actor(office, session={"seen_at": hours(-0.2), **state})
        before = seen_at(world, manager)
        assert sees(manager, person).startswith("account:")
        assert seen_at(world, manager) == before

    def test_nor_a_call_from_another_terminal(self, world, office, person):
        """Whoever has only the cookie does not keep the screen open."""
        manager = world.actor(office, session={"seen_at": hours(-0.2)})
        before = seen_at(world, manager)
        _, other, _, _ = world.terminal(office)
        door.open_records(Caller(manager.session, other), person.key, ["insurance_card.card"], "care_planning")
        assert seen_at(world, manager) == before


class TestLock:
    @pytest.mark.parametrize("event", CALLS)
    def test_a_locked_screen_opens_nothing(self, world, office, person, event):
        manager = world.actor(office, level="administrator", session={"locked_at": hours(-0.01)})
        answer = CALLS[event](manager, person)
        (row,) = world.log(account_id=manager.account_id)
        assert (row["action"], row["outcome"], row["standing"]) == (event, "denied", ["account:locked"])
        assert person.name not in str(answer)

    @pytest.mark.parametrize(
        ("minutes", "answer"), [(29.9, "allowed"), (30, "account:locked"), (300, "account:locked")]
    )
    def test_half_an_hour_without_use_locks_by_itself(self, world, office, person, minutes, answer):
        manager = world.actor(office, session={"seen_at": hours(-minutes / 60), "second_factor_at": hours(-7)})
        assert sees(manager, person) == answer

    def test_also_a_session_that_was_never_used(self, world, office, person):
        manager = world.actor(office, session={"second_factor_at": hours(-0.51)})
        assert sees(manager, person) == "account:locked"

    def test_using_it_does_not_unlock_it(self, world, office, person):
        manager = world.actor(office, session={"seen_at": hours(-0.6)})
        sees(manager, person)
        assert sees(manager, person) == "account:locked"

    def test_another_terminal_does_not_help(self, world, office, person):
        manager = world.actor(office, session={"locked_at": hours(-0.1)})
        _, other, _, _ = world.terminal(office)
        answer = json.loads(
            door.open_records(Caller(manager.session, other), person.key, ["insurance_card.card"], "care_planning")
        )
        assert answer["standing"] == ["account:locked", "terminal:other_terminal"]


class TestDelegation:
    """代行 widens nothing, and is good for what it was given for."""

    @pytest.fixture
    def absent(self, world, office):
        return world.actor(office, name="試験 休み")

    def acting(self, world, actor, absent, **more):
        delegation = world.insert(
            "staff_delegation",
            **{
                "actor_id": actor.account_id,
                "absent_id": absent.account_id,
                "organisation_id": actor.organisation.id,
                "permitted_by_id": absent.account_id,
                "reason": "休暇のため",
                "starts_at": hours(-1),
                "ends_at": hours(1),
                **more,
            },
        )
        world.run("UPDATE staff_session SET delegation_id = %s WHERE account_id = %s", delegation, actor.account_id)
        world.seal("account_id = %s", actor.account_id)
        return delegation

    def test_the_scope_is_a_list_of_purposes(self, world, office, person, absent):
        manager = world.actor(office)
        self.acting(world, manager, absent, purposes=["care_planning", "inquiry"])
        assert sees(manager, person) == "allowed"
        assert sees(manager, person, purpose="inquiry") == "allowed"
        assert sees(manager, person, purpose="certification_support") == "delegation:out_of_scope"

    def test_without_a_list_it_is_for_all(self, world, office, person, absent):
        manager = world.actor(office)
        self.acting(world, manager, absent, purposes=[])
        assert sees(manager, person, purpose="certification_support") == "allowed"

    def test_acts_are_held_to_it_too(self, world, office, person, absent):
        manager = world.actor(office)
        self.acting(world, manager, absent, purposes=["inquiry"])
        assert give(manager, person) == "delegation:out_of_scope"
        assert register(manager, person) == ("delegation:out_of_scope", None)
        assert consent_acts.history(manager.caller, person.key, "care_planning") is None
        assert assignment_acts.lapsing(manager.caller, "care_planning", days(90)) == []

    def test_it_widens_nothing(self, world, office, person, absent):
        clerk = world.actor(office, "clerk")
        before = sees(clerk, person, "certification.survey")
        self.acting(world, clerk, absent)
        assert sees(absent, person, "certification.survey") == "allowed"
        assert sees(clerk, person, "certification.survey") == before != "allowed"
        administrator = world.actor(office, level="administrator")
        self.acting(world, clerk, administrator)
        assert assignment_acts.go_on(clerk.caller, "care_planning", [person.key], days(0).replace(day=1)) == (
            "role:not_administrator"
        )
        assert log_acts.who_opened(clerk.caller, person.key, "inquiry").rows == ()

    def test_it_ends_with_the_absent_ones_employment(self, world, office, person, absent):
        manager = world.actor(office)
        self.acting(world, manager, absent)
        assert sees(manager, person) == "allowed"
        world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), absent.employment_id)
        assert sees(manager, person) == "delegation:absent_left"

    @pytest.mark.parametrize(
        ("state", "answer"),
        [
            ({"ends_at": hours(0)}, "ended"),
            ({"starts_at": hours(0.5)}, "not_started"),
            ({"revoked_at": hours(-0.1)}, "revoked"),
            ({"permitted_by_id": None}, "no_permitter"),
        ],
    )
    def test_it_ends_by_itself_and_at_once(self, world, person, absent, state, answer):
        manager = world.actor(absent.organisation)
        self.acting(world, manager, absent, **state)
        assert sees(manager, person) == f"delegation:{answer}"

    def test_not_somebody_elses(self, world, office, person, absent):
        manager, other = world.actor(office), world.actor(office)
        delegation = self.acting(world, other, absent)
        world.run("UPDATE staff_session SET delegation_id = %s WHERE account_id = %s", delegation, manager.account_id)
        world.seal("account_id = %s", manager.account_id)
        assert sees(manager, person) == "delegation:other_actor"

    def test_both_names_are_in_the_log_and_on_the_page(self, world, office, person, absent):
        manager = world.actor(office, name="試験 代わり")
        delegation = self.acting(world, manager, absent)
        opened = json.loads(door.open_records(manager.caller, person.key, ["insurance_card.card"], "care_planning"))
        assert opened["caller"]["name"] == "試験 代わり"
        assert (opened["caller"]["acting"]["for"], opened["caller"]["acting"]["reason"]) == ("試験 休み", "休暇のため")
        give(manager, person)
        for row in world.log(account_id=manager.account_id):
            assert (row["account_id"], row["delegation_id"]) == (manager.account_id, delegation)
        administrator = world.actor(office, level="administrator")
        rows = log_acts.who_opened(administrator.caller, person.key, "inquiry").rows
        assert {(row.account, row.absent) for row in rows} == {("試験 代わり", "試験 休み")}


@pytest.mark.parametrize("of_another", [False, True])
def test_a_sealed_session_without_an_employment_of_its_account_opens_nothing(world, office, person, of_another):
    manager, other = world.actor(office), world.actor(office)
    key = hashlib.sha256(manager.session.encode()).hexdigest()
    employment = world.one("SELECT id FROM staff_employment WHERE account_id = %s", other.account_id)
    world.run(
        "UPDATE staff_session SET employment_id = %s WHERE session_key = %s", employment if of_another else None, key
    )
    world.seal("session_key = %s", key)
    opening = door.open_person(manager.caller, person.key, ["insurance_card.card"], "care_planning")
    assert opening.standing["account"] == "not_employed"
    assert not opening.items[0].allowed
