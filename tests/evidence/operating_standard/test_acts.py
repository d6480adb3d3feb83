"""運営基準の記録 through the gate: who may enter and read, what is refused, what stays of a mistake, the count."""

from __future__ import annotations

import datetime as dt

import pytest

from kiban.evidence.operating_standard import acts, notices, standing
from kiban.evidence.operating_standard.facts import State
from kiban.evidence.operating_standard.months import month_before
from kiban.evidence.operating_standard.requirements import Requirement
from kiban.evidence.operating_standard.vocabulary import ENTRIES, Kind, Tick, Way
from tests.cast import Cast
from tests.evidence.operating_standard.standing_days import last_month, twentieth_to_come
from tests.gate.acts import PURPOSE, agree, deliver, put_plan, record_monitoring
from tests.world import days

pytestmark = pytest.mark.database


def due(town: Cast, today: dt.date, accounts: list[int] | None = None) -> int:
    return town.world.one("SELECT gate.standard_due(%s, %s, %s)", town.office.id, accounts, today)


def test_the_gate_knows_the_words_of_the_form(world):
    found = world.connection.execute("SELECT kind, ways, ticks, records FROM gate.standard_words()").fetchall()
    assert {kind: (ways, ticks, records) for kind, ways, ticks, records in found} == {
        kind.value: ([one.value for one in entry.ways], [one.value for one in entry.ticks], entry.has_record)
        for kind, entry in ENTRIES.items()
    }


def test_what_is_entered_is_told_with_its_day_and_the_moment_it_was_entered(town: Cast):
    assert record_monitoring(town.manager, town.person, days(-1)) == "ok"
    found = standing.of_person(town.manager.caller, town.person.key, PURPOSE)
    (fact,) = found.facts
    assert (fact.kind, fact.way, fact.on, fact.written_on) == (Kind.MONITORING, Way.VISIT, days(-1), days(-1))
    assert fact.ticks == {Tick.USER_MET}
    assert fact.by == town.manager.name
    assert fact.recorded_at.date() == days(0)


def test_the_same_twice_is_kept_once(town: Cast):
    assert record_monitoring(town.manager, town.person) == "ok"
    assert record_monitoring(town.administrator, town.person) == "same"
    assert town.world.one("SELECT count(*) FROM care.standard_fact WHERE insured_key = %s", town.person.key) == 1


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({"on": days(1)}, "standard:bad_day"),
        ({"on": dt.date(1999, 1, 1)}, "standard:bad_day"),
        ({"written_on": days(1)}, "standard:bad_record_day"),
        ({"on": days(0), "written_on": days(-1)}, "standard:bad_record_day"),
        ({"way": Way.LETTER}, "standard:bad_content"),
        ({"ticks": [Tick.TO_USER]}, "standard:bad_content"),
    ],
)
def test_what_cannot_be_is_refused(town: Cast, more, answer):
    assert record_monitoring(town.manager, town.person, **more) == answer
    assert town.world.one("SELECT count(*) FROM care.standard_fact WHERE insured_key = %s", town.person.key) == 0


def test_only_a_monitoring_has_a_record_of_its_own(town: Cast):
    given = {"on": days(0), "way": Way.HANDED, "ticks": [], "written_on": days(0)}
    answer = acts.record(town.manager.caller, town.person.key, PURPOSE, Kind.DELIVERY, **given)
    assert answer == "standard:bad_content"


@pytest.mark.parametrize("who", ["elsewhere", "counselor", "officer", "physician", "leaver", "revoked"])
def test_only_the_office_that_makes_the_plan(town: Cast, who):
    actor = getattr(town, who)
    assert ":" in record_monitoring(actor, town.person)
    assert acts.of_person(actor.caller, town.person.key, PURPOSE) is None
    people = standing.of_month(actor.caller, PURPOSE, last_month(), own_only=False)
    assert town.person.key not in [one.key for one in people or ()]


def test_an_office_of_other_rules_has_none_of_this(world):
    """介護予防支援 makes plans too, by rules nobody looked up."""
    preventing, person = world.organisation("46"), world.person(world.insurer(started_on=days(-10)))
    world.in_charge(person, preventing)
    manager = world.actor(preventing)
    assert record_monitoring(manager, person) == "standard:other_office"
    assert standing.of_month(manager.caller, PURPOSE, last_month(), own_only=False) is None
    assert world.one("SELECT gate.standard_due(%s, NULL, %s)", preventing.id, twentieth_to_come()) == 0


def test_another_office_in_charge_later_is_not_told_what_this_one_entered(town: Cast):
    assert record_monitoring(town.manager, town.person) == "ok"
    town.world.in_charge(town.person, town.other_office)
    found = standing.of_person(town.elsewhere.caller, town.person.key, PURPOSE)
    assert found.facts == []
    number = town.world.one("SELECT max(id) FROM care.standard_fact WHERE insured_key = %s", town.person.key)
    wrong = acts.correct(town.elsewhere.caller, town.person.key, PURPOSE, number, reason="別の方")
    assert wrong == "standard:none"


def test_a_mistake_stays_with_who_why_and_when_and_proves_nothing(town: Cast):
    key, caller = town.person.key, town.manager.caller
    day = last_month().replace(day=15)
    assert record_monitoring(town.manager, town.person, day) == "ok"
    before = standing.of_person(caller, key, PURPOSE)
    (fact,) = before.facts
    assert before.month(last_month(), days(0)).results[Requirement.MONITORING].state is State.PROVED
    assert acts.correct(caller, key, PURPOSE, fact.number, reason="  ") == "standard:no_reason"
    assert acts.correct(caller, key, PURPOSE, fact.number, reason="別の方の訪問") == "ok"
    assert acts.correct(caller, key, PURPOSE, fact.number, reason="もう一度") == "standard:none"
    after = standing.of_person(caller, key, PURPOSE)
    ((again, correction),) = after.entered
    assert again.is_mistaken
    assert (correction.reason, town.manager.name in correction.by) == ("別の方の訪問", True)
    assert after.month(last_month(), days(0)).results[Requirement.MONITORING].state is State.MISSING
    assert record_monitoring(town.manager, town.person, day) == "ok"  # entered anew


def test_what_the_plan_says_of_agreement_and_delivery_proves_it(town: Cast):
    assert put_plan(town.manager, town.person) == "ok"
    assert agree(town.manager, town.person) == "ok"
    assert deliver(town.manager, town.person) == "ok"
    found = standing.of_person(town.manager.caller, town.person.key, PURPOSE)
    results = found.month(days(0).replace(day=1), days(0)).results
    for requirement in (Requirement.AGREEMENT, Requirement.DELIVERY):
        (proof,) = results[requirement].proofs
        assert (results[requirement].state, proof.on, proof.from_plan) == (State.PROVED, days(0), True)
    agreement, delivery = (results[one].proofs[0] for one in (Requirement.AGREEMENT, Requirement.DELIVERY))
    assert (agreement.details, agreement.by) == (("本人",), town.manager.name)
    assert agreement.recorded_at < delivery.recorded_at  # each as it was entered, not as the newest version was


def test_the_list_names_everybody_it_tells_of_in_its_row(town: Cast):
    found = standing.of_month(town.manager.caller, PURPOSE, last_month(), own_only=False)
    mine = {town.person.key, town.without_consent.key, town.not_started.key}
    assert {one.key for one in found} == mine
    row = town.world.log(account_id=town.manager.account_id)[-1]
    assert (row["action"], set(row["persons"]), row["insured_key"]) == ("standard:list", mine, 0)


def test_a_month_before_the_office_made_the_plan_has_nobody(town: Cast):
    since = days(-40).replace(day=1)
    assert standing.of_month(town.manager.caller, PURPOSE, month_before(since), own_only=False) == []
    assert len(standing.of_month(town.manager.caller, PURPOSE, since, own_only=False)) == 3


def test_own_is_whom_one_looks_after(town: Cast):
    town.world.insert("care.responsible", insured_key=town.person.key, organisation_id=town.office.id,
                      account_id=town.manager.account_id, recorded_by=town.manager.account_id)  # fmt: skip
    month = last_month()
    (one,) = standing.of_month(town.manager.caller, PURPOSE, month, own_only=True)
    assert (one.key, one.responsible) == (town.person.key, town.manager.name)
    assert standing.of_month(town.administrator.caller, PURPOSE, month, own_only=True) == []


class TestCounting:
    def test_from_the_twentieth_on(self, town: Cast):
        assert due(town, twentieth_to_come() - dt.timedelta(days=1)) == 0
        assert due(town, twentieth_to_come()) == 3

    def test_a_monitoring_of_the_month_is_counted_off_and_a_mistaken_one_not(self, town: Cast):
        day, world = twentieth_to_come(), town.world
        values = {"organisation_id": town.office.id, "kind": "monitoring", "way": "video", "happened_on": day,
                  "recorded_by": town.manager.account_id}  # fmt: skip
        world.insert("care.standard_fact", insured_key=town.person.key, **values)
        assert due(town, day) == 2
        world.run("UPDATE care.standard_fact SET mistaken_at = now() WHERE insured_key = %s", town.person.key)
        assert due(town, day) == 3

    def test_of_ones_own(self, town: Cast):
        town.world.insert("care.responsible", insured_key=town.person.key, organisation_id=town.office.id,
                          account_id=town.manager.account_id, recorded_by=town.manager.account_id)  # fmt: skip
        assert due(town, twentieth_to_come(), [town.manager.account_id]) == 1

    def test_what_the_page_and_the_e_mail_are_told_is_the_same(self, town: Cast):
        told = acts.own_due(town.manager.caller, PURPOSE, own_only=False)
        assert told == acts.all_due(days(0)).get(town.office.id, 0) == (3 if days(0).day >= 20 else 0)

    def test_who_makes_no_plans_or_has_no_standing_has_nothing_to_see_to(self, town: Cast):
        for actor in (town.counselor, town.officer, town.leaver):
            assert acts.own_due(actor.caller, PURPOSE, own_only=False) == 0

    def test_the_line_says_how_many_and_by_when(self):
        (line,) = notices.lines(3, dt.date(2026, 11, 20))
        assert (line.what, line.days) == ("今月のモニタリングの記録がまだない方 3名", 10)
        assert list(notices.lines(0, dt.date(2026, 11, 20))) == []
