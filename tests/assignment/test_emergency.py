"""緊急時の閲覧: off by default, for one account and some hours, never wider than the table, and reviewed."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command

from kiban.assignment import acts as assignment_acts
from kiban.assignment import emergencies
from kiban.gate import door
from kiban.log import acts as log_acts
from tests.gate.acts import allow_emergency, emergency, end, give, grant, offer, refuse, register, sees, withdraw
from tests.world import World, days, hours

pytestmark = pytest.mark.database


@pytest.fixture
def manager(world: World, office):
    return world.actor(office, name="試験 太郎")


@pytest.fixture
def administrator(world: World, office):
    return world.actor(office, "manager", level="administrator", name="試験 管理者")


@pytest.fixture
def on(world, person, administrator):
    """Insurer and office have both switched it on."""
    allow_emergency(world, person.insurer_no)
    assert emergencies.switch(administrator.caller, "care_planning", on=True) == "ok"


def listed(actor, **more):
    return emergencies.opened(actor.caller, "care_planning", **more)


def review(actor, person, number, verdict="proper", note="記録を確かめました"):
    return emergencies.review(actor.caller, person.key, "care_planning", number, verdict=verdict, note=note)


class TestSwitches:
    def test_off_as_installed(self, world, person, office, manager):
        assert not emergencies.is_on(emergencies.Organisation.objects.get(pk=office.id))
        assert emergency(manager, person) == "emergency:off_office"
        assert sees(manager, person) == "assignment:none,consent:none"

    def test_the_office_alone_is_not_enough(self, person, manager, administrator):
        emergencies.switch(administrator.caller, "care_planning", on=True)
        assert emergency(manager, person) == "emergency:off_insurer"
        # ... and it does not tell whether there is such a person.
        assert emergency(manager, person, sex="1") == "emergency:off_insurer"

    def test_nor_is_the_insurer(self, world, person, manager):
        allow_emergency(world, person.insurer_no)
        assert emergency(manager, person) == "emergency:off_office"

    @pytest.mark.parametrize("change", [{"starts_on": days(1)}, {"ends_on": days(0)}])
    def test_a_decision_that_is_not_in_force(self, world, person, manager, administrator, change):
        allow_emergency(world, person.insurer_no, **change)
        emergencies.switch(administrator.caller, "care_planning", on=True)
        assert emergency(manager, person) == "emergency:off_insurer"

    def test_both(self, on, person, manager):
        assert emergency(manager, person) == "ok"
        assert sees(manager, person) == "allowed"

    def test_switched_off_again(self, on, person, manager, administrator):
        assert emergencies.switch(administrator.caller, "care_planning", on=False) == "ok"
        assert emergency(manager, person) == "emergency:off_office"

    def test_a_general_member_does_not_switch(self, world, person, manager):
        assert emergencies.switch(manager.caller, "care_planning", on=True) == "role:not_administrator"
        assert emergency(manager, person) == "emergency:off_office"
        row = world.log(account_id=manager.account_id)[0]
        assert (row["action"], row["outcome"], row["numbers"]) == ("emergency:switch", "denied", [1])

    def test_one_offices_switch_is_not_anothers(self, world, on, person):
        elsewhere = world.actor(world.organisation("43"))
        assert emergency(elsewhere, person) == "emergency:off_office"

    def test_switching_twice_is_once(self, world, on, office, administrator):
        emergencies.switch(administrator.caller, "care_planning", on=True)
        assert world.one("SELECT count(*) FROM assignment_emergencyswitch WHERE organisation_id = %s", office.id) == 1

    def test_a_municipality_has_no_need_of_it(self, world, on, person):
        city = world.organisation(kind="municipality", number=person.insurer_no)
        officer = world.actor(city, "municipal_officer", level="administrator")
        emergencies.switch(officer.caller, "insurer_duty", on=True)
        assert emergency(officer, person) == "emergency:off_office"

    def test_the_operator_records_and_ends_the_insurers_decision(self, world, person, manager, administrator, capsys):
        emergencies.switch(administrator.caller, "care_planning", on=True)
        allow = ["allow", person.insurer_no, "--hours", "4", "--review-days", "5", "--document", "試験要領"]
        dates = ["--number", "試第2号", "--decided-on", days(-3).isoformat(), "--from", days(0).isoformat()]
        call_command("emergency", *allow, *dates, "--by", "試験")
        assert emergency(manager, person) == "ok"
        call_command("emergency", "list")
        assert "4時間\t5日以内に確認\t試験要領 試第2号" in capsys.readouterr().out
        call_command("emergency", "stop", person.insurer_no)
        assert emergency(manager, person) == "emergency:off_insurer"
        with pytest.raises(CommandError, match="台帳にありません"):
            call_command("emergency", "stop", "000000")


class TestOpening:
    @pytest.mark.parametrize("reason", ["", "   ", "急いでいる", "急ぐ" + "\u3000" * 20, "あ" * 501, None])
    def test_a_reason_is_needed(self, world, on, person, manager, reason):
        assert emergency(manager, person, reason) == "emergency:no_reason"
        assert world.one("SELECT count(*) FROM care.emergency WHERE insured_key = %s", person.key) == 0

    def test_nothing_the_table_keeps_closed(self, world, on, person, manager, office):
        clerk = world.actor(office, "clerk")
        assert emergency(clerk, person) == "ok"
        assert emergency(manager, person) == "ok"
        assert sees(clerk, person, "certification.survey") == ("role:closed,assignment:emergency,consent:emergency")
        assert sees(manager, person, "certification.progress").startswith("role:unconfirmed")
        assert sees(manager, person, "certification.survey") == "allowed"

    def test_nothing_of_a_municipality_that_has_not_started(self, world, manager, administrator):
        person = world.person(world.insurer())
        allow_emergency(world, person.insurer_no)
        emergencies.switch(administrator.caller, "care_planning", on=True)
        assert emergency(manager, person) == "ok"
        assert sees(manager, person).endswith("municipality:not_started")

    def test_for_the_one_who_asked_only(self, world, on, person, manager, administrator):
        emergency(manager, person)
        for other in (world.actor(manager.organisation), administrator):
            assert sees(other, person) == "assignment:none,consent:none"

    def test_also_against_a_refusal_which_stays_a_refusal(self, world, on, person, manager, administrator):
        colleague = world.actor(manager.organisation)
        emergency(manager, person)
        assert [one["refused"] for one in listed(administrator)] == [False]
        world.run("UPDATE care.emergency SET ends_at = now() WHERE insured_key = %s", person.key)
        register(colleague, person)
        refuse(colleague, person)
        assert sees(manager, person) == "consent:refused"
        emergency(manager, person)
        assert sees(manager, person) == "allowed"
        assert sees(colleague, person) == "consent:refused"
        assert [one["refused"] for one in listed(administrator)] == [True, False]

    def test_it_ends_by_itself(self, world, on, person, manager):
        emergency(manager, person)
        kept = world.one("SELECT ends_at - opened_at, review_by FROM care.emergency WHERE insured_key = %s", person.key)
        assert kept == (dt.timedelta(hours=2), days(3))
        world.run(
            "UPDATE care.emergency SET opened_at = %s, ends_at = %s WHERE insured_key = %s",
            hours(-2),
            hours(0),
            person.key,
        )
        assert sees(manager, person) == "assignment:none,consent:none"

    def test_an_opening_under_it_says_so_in_the_log(self, world, on, person, manager):
        emergency(manager, person)
        sees(manager, person)
        asked, looked = world.log(insured_key=person.key)
        number = world.one("SELECT id FROM care.emergency WHERE insured_key = %s", person.key)
        assert (asked["action"], asked["outcome"], asked["emergency_id"]) == (
            "emergency:open",
            "allowed",
            number,
        )
        assert looked["emergency_id"] == number
        assert looked["decisions"] == ["+insurance_card.card|assignment:emergency,consent:emergency"]
        assert looked["certificate"] == manager.fingerprint

    def test_the_page_is_told_until_when_and_why(self, on, person, manager):

        emergency(manager, person, "意識がなく、家族に連絡がつかない")
        answer = json.loads(door.open_records(manager.caller, person.key, ["insurance_card.card"], "care_planning"))
        assert answer["basis"]["emergency"]["reason"] == "意識がなく、家族に連絡がつかない"
        assert answer["person"]["name"] == person.name

    def test_guessing_counts_together_with_registering(self, world, on, person, manager):
        for number in range(5):
            assert emergency(manager, person, insured_no=f"44444444{number:02d}") == "assignment:no_match"
            assert register(manager, person, insured_no=f"44444444{number:02d}")[0] == "assignment:no_match"
        assert emergency(manager, person) == "assignment:too_many_misses"
        assert register(manager, person)[0] == "assignment:too_many_misses"

    def test_the_callers_standing_is_asked_as_ever(self, world, on, person, office):
        leaver = world.actor(office, employed=(days(-10), days(0)))
        locked = world.actor(office, session={"locked_at": hours(-0.1)})
        stolen = world.actor(office, certificate={"revoked_at": hours(-0.1)})
        assert emergency(leaver, person) == "account:left"
        assert emergency(locked, person) == "account:locked"
        assert emergency(stolen, person) == "terminal:revoked"

    def test_it_gives_no_right_to_act(self, world, on, person, manager, administrator):
        emergency(manager, person)
        assert sees(manager, person) == "allowed"
        other = world.organisation("43")
        for act in (give, refuse, withdraw, end):
            assert act(manager, person) == "assignment:none"
        assert offer(manager, person, other.number) == "assignment:none"
        assert grant(manager, person, other.number) == "assignment:none"
        assert assignment_acts.state(manager.caller, person.key, "care_planning") is None
        assert assignment_acts.go_on(administrator.caller, "care_planning", [person.key], days(0).replace(day=1)) == (
            "assignment:none"
        )

    def test_it_is_in_no_list_of_the_office(self, on, person, manager):
        emergency(manager, person)
        assert str(person.key) not in door.list_people(manager.caller, "care_planning")


class TestReview:
    def test_by_another_administrator_once(self, world, on, person, manager, administrator):
        emergency(manager, person)
        (one,) = listed(administrator, pending_only=True)
        assert (one["name"], one["account"], one["own_act"]) == (person.name, "試験 太郎", False)
        assert one["review_by"] == days(3).isoformat()
        assert review(administrator, person, one["number"]) == "ok"
        assert listed(administrator, pending_only=True) == []
        (one,) = listed(administrator)
        assert (one["verdict"], one["reviewer"]) == ("proper", "試験 管理者")
        assert review(administrator, person, one["number"], "improper") == "emergency:none"

    def test_nobody_passes_judgement_on_the_own_act(self, on, person, administrator, office, world):
        emergency(administrator, person)
        (one,) = listed(administrator)
        assert one["own_act"]
        assert review(administrator, person, one["number"]) == "emergency:own_act"
        second = world.actor(office, level="office")
        assert review(second, person, one["number"]) == "ok"

    def test_nor_in_the_place_of_the_one_who_did_it(self, world, on, person, office, administrator):
        opener = world.actor(office, level="administrator")
        emergency(opener, person)
        (one,) = listed(administrator)
        delegation = world.insert(
            "staff_delegation",
            actor_id=administrator.account_id,
            absent_id=opener.account_id,
            organisation_id=office.id,
            permitted_by_id=opener.account_id,
            reason="試験",
            starts_at=hours(-1),
            ends_at=hours(1),
        )
        world.run(
            "UPDATE staff_session SET delegation_id = %s WHERE account_id = %s", delegation, administrator.account_id
        )
        world.seal("account_id = %s", administrator.account_id)
        assert review(administrator, person, one["number"]) == "emergency:own_act"
        world.run("UPDATE staff_session SET delegation_id = NULL WHERE account_id = %s", administrator.account_id)
        world.seal("account_id = %s", administrator.account_id)
        assert review(administrator, person, one["number"]) == "ok"

    @pytest.mark.parametrize(("verdict", "note"), [("fine", "よい"), ("proper", " "), ("proper", "あ" * 501)])
    @pytest.mark.usefixtures("on")
    def test_a_verdict_and_a_note(self, person, manager, administrator, verdict, note):
        emergency(manager, person)
        (one,) = listed(administrator)
        assert review(administrator, person, one["number"], verdict, note) == "emergency:no_verdict"

    def test_a_general_member_neither_lists_nor_reviews(self, world, on, person, manager, administrator):
        emergency(manager, person)
        (one,) = listed(administrator)
        colleague = world.actor(manager.organisation)
        assert listed(colleague) == []
        assert review(colleague, person, one["number"]) == "role:not_administrator"

    def test_what_is_overdue_stays_in_the_list(self, world, on, person, manager, administrator):
        emergency(manager, person)
        world.run(
            "UPDATE care.emergency SET review_by = %s, opened_at = %s, ends_at = %s WHERE insured_key = %s",
            days(-5),
            hours(-200),
            hours(-198),
            person.key,
        )
        (one,) = listed(administrator, pending_only=True)
        assert one["review_by"] == days(-5).isoformat()
        assert one["reviewed_at"] is None

    def test_another_office_sees_and_reviews_nothing(self, world, on, person, manager, administrator):
        emergency(manager, person)
        (one,) = listed(administrator)
        elsewhere = world.actor(world.organisation("43"), level="administrator")
        assert listed(elsewhere) == []
        assert review(elsewhere, person, one["number"]) == "emergency:none"
        assert listed(administrator, pending_only=True) != []

    def test_a_municipality_sees_those_about_its_own_insured(self, world, on, person, manager):
        emergency(manager, person)
        own = world.organisation(kind="municipality", number=person.insurer_no)
        other = world.organisation(kind="municipality", number=world.insurer())
        officer = world.actor(own, "municipal_officer", level="administrator")
        stranger = world.actor(other, "municipal_officer", level="administrator")
        (one,) = listed(officer)
        assert (one["organisation"], one["reason"]) == (manager.organisation.name, "倒れているところを見つけたため")
        assert listed(stranger) == []
        assert review(stranger, person, one["number"]) == "emergency:none"
        assert review(officer, person, one["number"], "unclear") == "ok"

    def test_the_list_is_logged_with_everybody_on_it(self, world, on, person, manager, administrator):
        emergency(manager, person)
        listed(administrator)
        row = world.log(account_id=administrator.account_id)[-1]
        assert (row["action"], row["persons"]) == ("emergency:list", [person.key])

    def test_the_office_can_answer_for_it_from_its_own_log(self, world, on, person, manager, administrator):
        emergency(manager, person)
        sees(manager, person)
        rows = log_acts.who_opened(administrator.caller, person.key, "inquiry").rows
        assert [row.event for row in rows] == ["record:open", "emergency:open"]
        elsewhere = world.actor(world.organisation("43"), level="administrator")
        assert log_acts.who_opened(elsewhere.caller, person.key, "inquiry").rows == ()
