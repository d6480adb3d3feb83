"""引き継ぎ, the municipal precedent (one office per group), and what the insurer itself may do."""

from __future__ import annotations

import pytest

from kiban.assignment import acts as assignment_acts
from kiban.gate.events import Event
from tests.gate.acts import at_once, choose_policy, give, grant, month_start, offer, refuse, register, sees
from tests.world import World, days, hours

pytestmark = pytest.mark.database


@pytest.fixture
def person(world: World):
    person = world.person(world.insurer(started_on=days(-10)))
    world.consent(person)
    return person


@pytest.fixture
def old(world: World, person):
    """A care manager of the office that makes the plan."""
    manager = world.actor(world.organisation("43"), name="試験 前任")
    register(manager, person)
    return manager


@pytest.fixture
def new(world: World):
    """A care manager of the office that is to make it."""
    return world.actor(world.organisation("43"), name="試験 後任")


def right(world, person, actor):
    """(viewing_to, ended, reason) of the actor's office."""
    return world.one(
        """SELECT viewing_to, ended_at IS NOT NULL, end_reason FROM care.assignment
            WHERE insured_key = %s AND organisation_id = %s""",
        person.key,
        actor.organisation.id,
    )


class TestHandover:
    def test_today(self, world, person, old, new):
        assert offer(old, person, new.organisation.number) == "ok"
        assert (sees(old, person), sees(new, person)) == ("allowed", "assignment:none")  # an offer gives nothing
        assert register(new, person)[0] == "ok"
        assert (sees(old, person), sees(new, person)) == ("assignment:ended", "allowed")
        assert right(world, person, old)[1:] == (True, "handover")
        assert assignment_acts.offers(new.caller, "care_planning") == []

    def test_later_the_old_office_looks_until_then_and_not_longer(self, world, person, old, new):
        assert offer(old, person, new.organisation.number, days(20)) == "ok"
        register(new, person)
        assert (sees(old, person), sees(new, person)) == ("allowed", "allowed")
        assert right(world, person, old) == (days(20), False, "handover")
        administrator = world.actor(old.organisation, level="administrator")
        assert (
            assignment_acts.go_on(administrator.caller, "care_planning", [person.key], month_start())
            == "assignment:none"
        )
        assert right(world, person, old)[0] == days(20)

    def test_registering_again_is_a_new_right_and_lengthens_nothing(self, world, person, old, new):
        offer(old, person, new.organisation.number, days(20))
        register(new, person)
        assert register(old, person, viewing_from=days(1))[0] == "ok"
        rows = world.connection.execute(
            """SELECT viewing_from, viewing_to, end_reason FROM care.assignment
                WHERE insured_key = %s AND organisation_id = %s ORDER BY id""",
            [person.key, old.organisation.id],
        ).fetchall()
        assert rows == [(days(0), days(20), "handover"), (days(1), days(60), None)]

    def test_not_before_the_new_office_has_confirmed_identity(self, world, person, old, new):
        offer(old, person, new.organisation.number)
        assert register(new, person, sex="1")[0] == "assignment:no_match"
        assert sees(old, person) == "allowed"
        assert register(new, person, capacity="service")[0] == "ok"  # in charge, but does not make the plan
        assert sees(old, person) == "allowed"
        register(new, person)
        assert sees(old, person) == "assignment:ended"

    def test_an_office_that_holds_a_right_already_takes_it_over_too(self, world, person, old, new):
        register(new, person)
        offer(old, person, new.organisation.number)
        register(new, person)
        assert sees(old, person) == "assignment:ended"

    def test_registering_too_late_ends_the_old_right_at_once(self, world, person, old, new):
        offer(old, person, new.organisation.number)
        world.run("UPDATE care.handover SET starts_on = %s WHERE insured_key = %s", days(-5), person.key)
        register(new, person)
        assert sees(old, person) == "assignment:ended"

    def test_a_right_of_the_old_office_that_would_only_begin_later_ends_too(self, world, person, old, new):
        world.assignment(person, old.organisation, viewing_from=days(70), viewing_to=days(90))
        offer(old, person, new.organisation.number, days(20))
        assert register(new, person)[0] == "ok"
        open_ones = world.connection.execute(
            "SELECT viewing_to FROM care.assignment"
            " WHERE insured_key = %s AND organisation_id = %s AND ended_at IS NULL",
            [person.key, old.organisation.id],
        ).fetchall()
        assert open_ones == [(days(20),)]

    def test_the_offer_names_no_person(self, world, person, old, new):
        offer(old, person, new.organisation.number, note=f"{person.name}さんをお願いします")
        (found,) = assignment_acts.offers(new.caller, "care_planning")
        assert set(found) == {"number", "from_name", "from_number", "offered_at", "starts_on", "insurer_name"}
        assert found["from_name"] == old.organisation.name
        assert person.name not in str(found)
        assert person.insured_no not in str(found)
        assert str(person.key) not in str(found)
        (row,) = world.log(account_id=new.account_id)
        assert (row["action"], row["persons"], row["insured_key"]) == ("handover:list", [], 0)

    def test_only_the_office_it_is_made_to_sees_it(self, world, person, old, new):
        offer(old, person, new.organisation.number)
        third = world.actor(world.organisation("43"))
        assert assignment_acts.offers(third.caller, "care_planning") == []
        register(third, person)
        assert sees(old, person) == "allowed"
        state = assignment_acts.state(third.caller, person.key, "care_planning")
        assert state["handover"] is None
        assert assignment_acts.state(old.caller, person.key, "care_planning")["handover"]["to"] == new.organisation.name

    def test_taken_back(self, world, person, old, new):
        offer(old, person, new.organisation.number)
        assert assignment_acts.withdraw_offer(new.caller, person.key, "care_planning") == "assignment:none"
        assert assignment_acts.withdraw_offer(old.caller, person.key, "care_planning") == "ok"
        assert assignment_acts.withdraw_offer(old.caller, person.key, "care_planning") == "assignment:none"
        assert assignment_acts.offers(new.caller, "care_planning") == []
        register(new, person)
        assert sees(old, person) == "allowed"

    def test_one_at_a_time(self, world, person, old, new):
        offer(old, person, new.organisation.number)
        other = world.organisation("43")
        assert offer(old, person, other.number) == "assignment:offered_already"
        assignment_acts.withdraw_offer(old.caller, person.key, "care_planning")
        assert offer(old, person, other.number) == "ok"

    def test_to_whom_it_cannot_go(self, world, person, old):
        closed = world.organisation("43", ended_on=days(0))
        closing = world.organisation("43", ended_on=days(10))
        no_plans = world.organisation("15")
        clinic = world.organisation(kind="medical")
        for number in (old.organisation.number, "1399999999", "", closed.number, no_plans.number, clinic.number):
            assert offer(old, person, number) == "assignment:unknown_office"
        assert offer(old, person, closing.number, days(10)) == "assignment:unknown_office"
        assert offer(old, person, closing.number, days(9)) == "ok"

    def test_from_care_to_prevention(self, world, person, old):
        centre = world.actor(world.organisation("46"))
        assert offer(old, person, centre.organisation.number) == "ok"
        assert register(centre, person)[0] == "ok"
        assert sees(old, person) == "assignment:ended"
        assert sees(centre, person) == "role:no_cell"  # the table has no column for it: in charge, but shown nothing

    @pytest.mark.parametrize("day", [-1, 100, None])
    def test_from_when_it_cannot_be(self, world, person, old, new, day):
        starts_on = None if day is None else days(day)
        found = assignment_acts.offer(
            old.caller, person.key, "care_planning", to_number=new.organisation.number, starts_on=starts_on, note=""
        )
        assert found == "assignment:bad_period"

    def test_only_by_the_office_that_makes_the_plan(self, world, person, old, new):
        nurse = world.actor(world.organisation("15"), "nurse")
        assert offer(nurse, person, new.organisation.number) == "assignment:none"
        register(nurse, person, capacity="service")
        assert offer(nurse, person, new.organisation.number) == "assignment:other_capacity"
        assert assignment_acts.offers(new.caller, "care_planning") == []


def level(world, person, code):
    """The person's 要介護度."""
    world.record(person, "insurance_card.card", {"care_level": code}, valid_from=days(-100), valid_to=days(100))


class TestMunicipalPrecedent:
    """Rules of a municipality's own system: within a group one office, one of each group at once."""

    @pytest.fixture
    def centre(self, world):
        return world.actor(world.organisation("46"), name="試験 地域包括")

    @pytest.fixture(autouse=True)
    def _policy(self, person):
        choose_policy(person.insurer_no)

    def test_a_new_care_office_takes_the_place_of_the_old_one(self, world, person, old, new):
        register(new, person)
        assert right(world, person, old)[1:] == (True, "policy")
        assert right(world, person, new)[1:] == (False, None)

    def test_without_the_policy_it_does_not(self, world, new):
        other = world.person(world.insurer(started_on=days(-10)))
        first = world.actor(world.organisation("43"))
        register(first, other)
        register(new, other)
        assert right(world, other, first)[1:] == (False, None)

    def test_not_before_the_new_one_begins(self, world, person, old, new):
        register(new, person, viewing_from=days(15))
        assert right(world, person, old) == (days(15), False, "policy")
        assert sees(old, person) == "allowed"

    def test_a_facility_takes_the_place_of_the_care_office_and_the_other_way_round(self, world, person, old, new):
        facility = world.actor(world.organisation("51"))
        register(facility, person, capacity="service")
        assert right(world, person, old)[1:] == (True, "policy")
        register(new, person)
        assert right(world, person, facility)[1:] == (True, "policy")

    def test_a_service_office_takes_nobodys_place(self, world, person, old):
        visiting = world.actor(world.organisation("11", "13"), "nurse")
        register(visiting, person, capacity="service")
        assert right(world, person, old)[1:] == (False, None)
        register(world.actor(world.organisation("43")), person)
        assert right(world, person, visiting)[1:] == (False, None)

    def test_a_care_office_that_only_serves_takes_nobodys_place(self, world, person, old):
        both = world.actor(world.organisation("43", "15"))
        register(both, person, capacity="service")
        assert right(world, person, old)[1:] == (False, None)

    def test_one_of_each_group_at_once(self, world, person, old, centre):
        assert register(centre, person)[0] == "ok"
        assert right(world, person, old)[1:] == (False, None)
        assert right(world, person, centre)[1:] == (False, None)

    def test_a_plan_handed_on_by_the_centre_leaves_the_centre_its_right(self, world, person, centre, new):
        level(world, person, "12")
        register(centre, person)
        register(new, person)
        assert right(world, person, centre)[1:] == (False, None)

    @pytest.mark.parametrize("code", ["21", "25"])
    def test_from_support_to_care_the_centre_keeps_it_until_a_care_office_has_it(
        self, world, person, centre, new, code
    ):
        register(centre, person)
        level(world, person, code)
        assert right(world, person, centre)[1:] == (False, None)
        register(new, person)
        assert right(world, person, centre)[1:] == (True, "policy")

    @pytest.mark.parametrize("code", ["12", "13", "06"])
    def test_from_care_to_support_the_care_office_keeps_it_until_a_centre_has_it(
        self, world, person, old, centre, code
    ):
        level(world, person, code)
        assert right(world, person, old)[1:] == (False, None)
        register(centre, person)
        assert right(world, person, old)[1:] == (True, "policy")

    def test_a_hand_over_keeps_its_day(self, world, person, old, new):
        offer(old, person, new.organisation.number, days(20))
        register(new, person)
        assert right(world, person, old) == (days(20), False, "handover")

    def test_lengthening_is_not_a_new_right(self, world, person, old, centre):
        level(world, person, "12")
        register(centre, person)
        care = world.actor(world.organisation("43"))
        register(care, person)
        register(centre, person, viewing_to=days(70))
        assert right(world, person, care)[1:] == (False, None)

    def test_a_grant_by_the_municipality_takes_the_place_too(self, world, person, old, new):
        city = world.organisation(kind="municipality", number=person.insurer_no)
        assert grant(world.actor(city, "municipal_officer"), person, new.organisation.number) == "ok"
        assert right(world, person, old)[1:] == (True, "policy")

    def test_another_persons_offices_are_left_alone(self, world, person, old, new):
        neighbour = world.person(person.insurer_no)
        register(old, neighbour)
        register(new, person)
        assert right(world, neighbour, old)[1:] == (False, None)


class TestMunicipality:
    @pytest.fixture
    def officer(self, world, person):
        city = world.organisation(kind="municipality", number=person.insurer_no)
        return world.actor(city, "municipal_officer")

    def test_it_grants_and_takes_away(self, world, person, officer, new):
        assert grant(officer, person, new.organisation.number) == "ok"
        assert sees(new, person) == "assignment:no_identity"  # the office confirms identity itself
        world.identity(person, new.organisation)
        assert sees(new, person) == "allowed"
        revoke = assignment_acts.revoke
        number = new.organisation.number
        caller = officer.caller
        assert revoke(caller, person.key, "insurer_duty", organisation_number=number, reason="moved") == "ok"
        assert sees(new, person) == "assignment:ended"
        assert right(world, person, new)[2] == "moved"
        assert (
            revoke(caller, person.key, "insurer_duty", organisation_number=number, reason="moved") == "assignment:none"
        )
        assert [row["action"] for row in world.log(account_id=officer.account_id)] == [
            "assignment:grant",
            "assignment:revoke",
            "assignment:revoke",
        ]

    def test_it_asks_an_institution_for_an_opinion(self, world, person, officer):
        clinic = world.organisation(kind="medical")
        assert grant(officer, person, clinic.number, capacity="opinion") == "ok"
        assert grant(officer, person, clinic.number, capacity="plan") == "assignment:unknown_office"
        assert sees(world.actor(clinic, "physician"), person, "opinion.opinion", "opinion_writing") != "assignment:none"

    def test_granting_again_changes_the_period(self, world, person, officer, new):
        grant(officer, person, new.organisation.number, viewing_to=days(30))
        grant(officer, person, new.organisation.number, viewing_to=days(10))
        assert right(world, person, new)[0] == days(10)

    @pytest.mark.parametrize(
        ("change", "answer"),
        [
            ({"viewing_to": days(0), "viewing_from": days(-3)}, "assignment:bad_period"),
            ({"viewing_from": days(5), "viewing_to": days(5)}, "assignment:bad_period"),
            ({"viewing_to": None}, "assignment:bad_period"),
            ({"capacity": "friend"}, "assignment:other_capacity"),
            ({"to": "1399999999"}, "assignment:unknown_office"),
        ],
    )
    def test_what_cannot_be_granted(self, person, officer, new, change, answer):
        to = change.get("to", new.organisation.number)
        assert grant(officer, person, to, **{key: value for key, value in change.items() if key != "to"}) == answer

    def test_a_reason_is_needed_to_take_away(self, world, person, officer, old):
        found = assignment_acts.revoke(
            officer.caller, person.key, "insurer_duty", organisation_number=old.organisation.number, reason="no"
        )
        assert found == "assignment:unknown_reason"
        assert sees(old, person) == "allowed"

    def test_another_municipality_may_neither(self, world, person, old, new):
        elsewhere = world.organisation(kind="municipality", number=world.insurer())
        officer = world.actor(elsewhere, "municipal_officer", level="administrator")
        assert grant(officer, person, new.organisation.number) == "assignment:other_insurer"
        number = old.organisation.number
        assert (
            assignment_acts.revoke(
                officer.caller, person.key, "insurer_duty", organisation_number=number, reason="died"
            )
            == "assignment:other_insurer"
        )
        assert assignment_acts.state(officer.caller, person.key, "insurer_duty") is None
        assert sees(old, person) == "allowed"
        assert {row["outcome"] for row in world.log(account_id=officer.account_id)} == {"denied"}

    def test_an_office_may_neither(self, world, person, old, new):
        assert grant(old, person, new.organisation.number) == "role:not_insurer"
        number = new.organisation.number
        register(new, person)
        assert (
            assignment_acts.revoke(old.caller, person.key, "care_planning", organisation_number=number, reason="ended")
            == "role:not_insurer"
        )
        assert sees(new, person) == "allowed"

    def test_an_office_cannot_register_for_a_municipality_nor_an_institution(self, world, person, officer):
        assert register(officer, person)[0] == "assignment:other_capacity"
        physician = world.actor(world.organisation(kind="medical"), "physician")
        assert register(physician, person, capacity="service")[0] == "assignment:other_capacity"


SIGNED = {"text_version": "1", "signer": "self", "channel": "meeting"}


def test_refusing_and_consenting_at_once_leaves_one_of_them(world, person, old, new):
    register(new, person)
    world.run("UPDATE care.consent SET withdrawn_at = %s WHERE insured_key = %s", hours(-1), person.key)
    answers = at_once(world, old, Event.CONSENT_REFUSE, person, lambda: give(new, person), refused_on=days(0), **SIGNED)
    assert answers == ("ok", "ok")
    assert world.one("SELECT count(*) FROM care.refusal WHERE insured_key = %s AND ended_at IS NULL", person.key) == 0
    assert (
        world.one("SELECT count(*) FROM care.consent WHERE insured_key = %s AND withdrawn_at IS NULL", person.key) == 1
    )


def test_giving_and_then_refusing_at_once_ends_closed(world, person, old, new):
    register(new, person)
    world.run("UPDATE care.consent SET withdrawn_at = %s WHERE insured_key = %s", hours(-1), person.key)
    answers = at_once(world, old, Event.CONSENT_GIVE, person, lambda: refuse(new, person), given_on=days(0), **SIGNED)
    assert answers == ("ok", "ok")
    assert sees(old, person) == "consent:refused"
