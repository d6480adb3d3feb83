"""担当: how long it lasts, registering, going on, ending."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.assignment import acts as assignment_acts
from kiban.assignment import policy as assignment_policy
from kiban.gate import door
from kiban.registry.models import Insurer
from tests.assignment.periods import period
from tests.gate.acts import choose_policy, end, give, month_start, register, sees
from tests.world import World, days, hours, today

pytestmark = pytest.mark.database


class TestPeriod:
    def test_without_a_last_day_it_is_as_long_as_the_policy_gives(self, world, office, person):
        register(world.actor(office), person, viewing_to=None)
        assert period(world, person, office) == (days(0), month_start(4))

    def test_the_installations_rule_is_marked_as_unconfirmed(self, world, office, person):
        manager = world.actor(office)
        register(manager, person)
        policy = assignment_acts.state(manager.caller, person.key, "care_planning")["policy"]
        assert (policy["months"], policy["is_confirmed"]) == (3, False)
        assert "未確認" in policy["source"]

    @pytest.mark.parametrize("months", [0, 1, 24])
    def test_an_insurers_own_rule_goes_before_it(self, world, office, person, months):
        choose_policy(person.insurer_no, months=months)
        manager = world.actor(office)
        too_long = month_start(months + 1).replace(day=2)
        assert register(manager, person, viewing_to=too_long) == ("assignment:period_too_long", None)
        assert register(manager, person, viewing_to=None)[0] == "ok"
        assert period(world, person, office)[1] == month_start(months + 1)

    def test_the_newest_that_has_begun_counts(self, world, office, person):
        choose_policy(person.insurer_no, months=1)
        choose_policy(person.insurer_no, months=6)
        choose_policy(person.insurer_no, months=12, starts_on=days(1))
        register(world.actor(office), person, viewing_to=None)
        assert period(world, person, office)[1] == month_start(7)

    def test_another_insurers_rule_does_not_count(self, world, office, person):
        choose_policy(world.insurer(), months=12)
        assert register(world.actor(office), person, viewing_to=month_start(5))[0] == "assignment:period_too_long"

    def test_it_cannot_be_registered_ahead_month_after_month(self, world, office, person):
        manager = world.actor(office)
        assert register(manager, person, viewing_from=days(100), viewing_to=None) == ("assignment:bad_period", None)
        assert register(manager, person, viewing_from=days(30), viewing_to=None)[0] == "ok"
        assert sees(manager, person) == "assignment:not_started,consent:none"

    def test_one_that_goes_on_is_lengthened_and_never_shortened(self, world, office, person):
        manager = world.actor(office)
        for length, expected in ((20, 20), (60, 60), (40, 60)):
            register(manager, person, viewing_to=days(length))
            assert period(world, person, office) == (days(0), days(expected))

    def test_a_gap_is_not_closed(self, world, office, person):
        manager = world.actor(office)
        register(manager, person, viewing_to=days(10))
        register(manager, person, viewing_from=days(30), viewing_to=days(60))
        found = world.connection.execute(
            "SELECT viewing_from, viewing_to FROM care.assignment WHERE insured_key = %s ORDER BY id", [person.key]
        ).fetchall()
        assert found == [(days(0), days(10)), (days(30), days(60))]

    def test_what_the_insurer_had_allowed_is_gone_when_it_was_taken_away(self, world, office, person):
        manager = world.actor(office)
        city = world.organisation(kind="municipality", number=person.insurer_no)
        officer = world.actor(city, "municipal_officer")
        assignment_acts.grant(
            officer.caller,
            person.key,
            "insurer_duty",
            organisation_number=office.number,
            capacity="plan",
            viewing_from=days(0),
            viewing_to=days(700),
        )
        assignment_acts.revoke(
            officer.caller, person.key, "insurer_duty", organisation_number=office.number, reason="mistake"
        )
        assert register(manager, person, viewing_to=days(30))[0] == "ok"
        assert period(world, person, office) == (days(0), days(30))

    @given(month=st.dates(min_value=today().replace(year=2020), max_value=today().replace(year=2040)), more=...)
    def test_it_ends_with_the_last_day_of_a_month(self, month, more: int):
        months = more % 25
        connection = World().connection
        (found,) = connection.execute("SELECT gate.viewing_end(%s, %s)", [month.replace(day=1), months]).fetchone()
        connection.close()
        number = month.year * 12 + month.month + months
        assert (found.year, found.month, found.day) == (number // 12, number % 12 + 1, 1)


class TestPolicyAsData:
    @pytest.mark.parametrize(
        ("change", "said"),
        [({"months": 25}, "0から24"), ({"exclusivity": "some"}, "none か groups"), ({"source": " "}, "根拠")],
    )
    def test_a_rule_that_cannot_be(self, world, change, said):
        with pytest.raises(assignment_policy.PolicyError, match=said):
            choose_policy(world.insurer(), **change)

    def test_choosing_makes_a_version_and_changes_none(self, world):
        insurer = world.insurer()
        choose_policy(insurer, months=1, exclusivity="none")
        choose_policy(insurer, months=2)
        rows = Insurer.objects.get(number=insurer).policy_set.order_by("version")
        assert [(row.version, row.months, bool(row.groups)) for row in rows] == [(1, 1, False), (2, 2, True)]

    def test_loading_the_installations_rule_again_changes_nothing(self, world):
        before = world.one("SELECT count(*) FROM assignment_policy WHERE insurer_id IS NULL")
        assignment_policy.load()
        assert world.one("SELECT count(*) FROM assignment_policy WHERE insurer_id IS NULL") == before == 1


class TestGoingOn:
    @pytest.fixture
    def administrator(self, world, office):
        return world.actor(office, "manager", level="administrator")

    def go_on(self, actor, *people, month=None):
        return assignment_acts.go_on(actor.caller, "care_planning", [p.key for p in people], month or month_start())

    def test_the_administrator_confirms_for_a_month(self, world, office, person, administrator):
        register(world.actor(office), person, viewing_to=days(2))
        assert self.go_on(administrator, person) == "ok"
        assert period(world, person, office)[1] == month_start(4)
        assert self.go_on(administrator, person) == "ok"  # twice changes nothing
        (kept,) = world.connection.execute(
            """SELECT month, source, viewing_before, viewing_to, recorded_by FROM care.continuation
                WHERE insured_key = %s""",
            [person.key],
        ).fetchall()
        assert kept == (month_start(), "confirmed", days(2), month_start(4), administrator.account_id)
        row = world.log(account_id=administrator.account_id)[-1]
        assert (row["action"], row["persons"], row["outcome"]) == ("assignment:continue", [person.key], "allowed")
        assert row["day"] == month_start()

    def test_a_month_gone_by_gives_less_and_never_takes_away(self, world, office, person, administrator):
        register(world.actor(office), person, viewing_to=days(1))
        assert self.go_on(administrator, person, month=month_start(-2)) == "ok"
        assert period(world, person, office)[1] == max(month_start(2), days(1))
        assert self.go_on(administrator, person) == "ok"
        assert self.go_on(administrator, person, month=month_start(-1)) == "ok"
        assert period(world, person, office)[1] == month_start(4)

    @pytest.mark.parametrize("ahead", [1, -4])
    def test_not_for_a_month_to_come_nor_long_gone(self, world, office, person, administrator, ahead):
        register(world.actor(office), person)
        assert self.go_on(administrator, person, month=month_start(ahead)) == "assignment:bad_period"

    def test_not_for_a_day(self, world, office, person, administrator):
        register(world.actor(office), person)
        assert self.go_on(administrator, person, month=month_start().replace(day=2)) == "assignment:bad_period"

    def test_a_general_member_may_not(self, world, office, person):
        manager = world.actor(office)
        register(manager, person, viewing_to=days(2))
        assert self.go_on(manager, person) == "role:not_administrator"
        assert period(world, person, office)[1] == days(2)
        assert world.log(account_id=manager.account_id)[-1]["outcome"] == "denied"

    def test_all_or_none(self, world, office, person, administrator):
        register(world.actor(office), person, viewing_to=days(2))
        assert self.go_on(administrator, person, world.person(person.insurer_no)) == "assignment:none"
        assert period(world, person, office)[1] == days(2)
        assert world.log(account_id=administrator.account_id)[-1]["persons"] == []

    def test_nobody_and_too_many(self, administrator):
        assert self.go_on(administrator) == "assignment:none"
        many = list(range(1, 502))
        assert assignment_acts.go_on(administrator.caller, "care_planning", many, month_start()) == "assignment:none"

    @pytest.mark.parametrize(
        "state",
        [
            {"viewing_to": days(0)},
            {"ended_at": hours(-1)},
            {"viewing_from": days(1), "viewing_to": days(9)},
            {"viewing_to": days(9), "end_reason": "handover"},
        ],
    )
    def test_what_is_over_or_settled_does_not_go_on(self, world, office, person, administrator, state):
        world.identity(person, office)
        world.assignment(person, office, **{"viewing_from": days(-40), "viewing_to": days(9), **state})
        before = period(world, person, office)
        assert self.go_on(administrator, person) == "assignment:none"
        assert assignment_acts.lapsing(administrator.caller, "care_planning", days(20)) == []
        assert period(world, person, office) == before

    def test_nor_what_the_office_never_confirmed(self, world, office, person, administrator):
        world.assignment(person, office, viewing_to=days(9))
        assert self.go_on(administrator, person) == "assignment:none"

    def test_another_office_does_not_go_on_for_this_one(self, world, office, person):
        register(world.actor(office), person)
        elsewhere = world.actor(world.organisation("43"), level="administrator")
        assert self.go_on(elsewhere, person) == "assignment:none"

    def test_the_list_of_what_lapses(self, world, office, person, administrator):
        clerk = world.actor(office, "clerk")
        later, unconfirmed = world.person(person.insurer_no), world.person(person.insurer_no)
        soon = world.person(person.insurer_no)
        register(clerk, person, viewing_to=days(5))
        register(clerk, soon, viewing_to=days(3))
        register(clerk, later, viewing_to=days(40))
        world.assignment(unconfirmed, office, viewing_to=days(4))
        found = assignment_acts.lapsing(clerk.caller, "care_planning", days(5))
        assert [(one["key"], one["name"]) for one in found] == [(soon.key, soon.name), (person.key, person.name)]
        row = world.log(account_id=clerk.account_id)[-1]
        assert (row["action"], sorted(row["persons"])) == ("assignment:lapsing", sorted([soon.key, person.key]))
        self.go_on(administrator, soon)
        assert [one["key"] for one in assignment_acts.lapsing(clerk.caller, "care_planning", days(5))] == [person.key]
        assert assignment_acts.lapsing(world.actor(world.organisation("43")).caller, "care_planning", days(90)) == []

    def test_the_list_says_when_it_went_on_last(self, world, office, person, administrator):
        register(world.actor(office), person, viewing_to=days(2))
        self.go_on(administrator, person, month=month_start(-1))
        (found,) = assignment_acts.lapsing(administrator.caller, "care_planning", days(100))
        assert (found["last_month"], found["source"]) == (month_start(-1).isoformat(), "confirmed")


class TestEnding:
    @pytest.mark.parametrize("reason", ["ended", "moved", "facility", "died", "mistake"])
    def test_with_a_reason_and_at_once(self, world, office, person, reason):
        manager, colleague = world.actor(office), world.actor(office)
        register(manager, person)
        give(manager, person)
        assert sees(colleague, person) == "allowed"
        assert end(manager, person, reason) == "ok"
        assert sees(colleague, person) == "assignment:ended"
        kept = world.one("SELECT end_reason, ended_by FROM care.assignment WHERE insured_key = %s", person.key)
        assert kept == (reason, manager.account_id)

    @pytest.mark.parametrize("reason", ["", "handover", "policy", "bored", None])
    def test_not_without_one(self, world, office, person, reason):
        manager = world.actor(office)
        register(manager, person)
        assert end(manager, person, reason) == "assignment:unknown_reason"
        assert world.one("SELECT ended_at FROM care.assignment WHERE insured_key = %s", person.key) is None

    def test_another_offices_right_stays(self, world, office, person):
        here, there = world.actor(office), world.actor(world.organisation("43"))
        register(here, person)
        register(there, person)
        end(here, person)
        assert sees(there, person) == "consent:none"

    def test_twice(self, world, office, person):
        manager = world.actor(office)
        register(manager, person)
        end(manager, person)
        assert end(manager, person) == "assignment:none"

    def test_registering_again_makes_it_begin_anew(self, world, office, person):
        manager = world.actor(office)
        register(manager, person, viewing_to=days(50))
        end(manager, person, "mistake")
        register(manager, person, viewing_to=days(10))
        assert world.one(
            "SELECT viewing_to, ended_at, end_reason FROM care.assignment WHERE insured_key = %s", person.key
        ) == (days(10), None, None)


def test_what_is_told_of_it(world, office, person):
    manager = world.actor(office, name="試験 太郎")
    register(manager, person, method="visual", place="visit", document="運転免許証")
    state = assignment_acts.state(manager.caller, person.key, "care_planning")
    assert state["person"]["name"] == person.name
    (confirmation,) = state["confirmations"]
    assert confirmation.pop("number") > 0  # by which a confirmation is taken back as a mistake
    assert confirmation == {
        "mistaken_at": None,
        "confirmed_on": days(0).isoformat(),
        "method": "visual",
        "place": "visit",
        "document": "運転免許証",
        "revocation": None,
        "account": "試験 太郎",
    }
    there = world.actor(world.organisation("15"), "nurse")
    assert assignment_acts.state(there.caller, person.key, "service_provision") is None
    register(there, person, capacity="service")
    (own,) = assignment_acts.state(there.caller, person.key, "service_provision")["assignments"]
    assert own["organisation_number"] == there.organisation.number  # not who else is in charge
    city = world.organisation(kind="municipality", number=person.insurer_no)
    officer = world.actor(city, "municipal_officer")
    everything = assignment_acts.state(officer.caller, person.key, "insurer_duty")
    assert len(everything["assignments"]) == 2
    assert everything["confirmations"] == []  # what an office was shown stays with the office


def test_a_card_is_the_stronger_identity_and_stays(world, office, person):
    world.identity(person, office, method="card", confirmed_on=days(9))
    register(world.actor(office), person)
    found = world.one("SELECT method, confirmed_on FROM care.identity WHERE insured_key = %s", person.key)
    assert found == ("card", days(0))


def test_missing_entries_are_refused_in_words(world, office, person):
    manager = world.actor(office)
    for change in ({"capacity": None}, {"method": None}, {"place": None}, {"viewing_from": None}):
        result, key = register(manager, person, **change)
        assert result.startswith("assignment:")
        assert key is None
    assert register(manager, person, document=None)[0] == "ok"


def test_a_list_names_nobody_whose_standing_is_wrong(world, office, person):
    register(world.actor(office), person, viewing_to=days(3))
    leaver = world.actor(office, employed=(days(-10), days(0)))
    assert assignment_acts.lapsing(leaver.caller, "care_planning", days(90)) == []
    (row,) = world.log(account_id=leaver.account_id)
    assert (row["outcome"], row["persons"], row["standing"]) == ("denied", [], ["account:left"])


def test_the_list_of_people_follows(world, office, person):
    manager = world.actor(office)
    assert f'"key" : {person.key}' not in door.list_people(manager.caller, "care_planning")
    register(manager, person)
    assert f'"key" : {person.key}' in door.list_people(manager.caller, "care_planning")
    end(manager, person)
    assert f'"key" : {person.key}' not in door.list_people(manager.caller, "care_planning")
