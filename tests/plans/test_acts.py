"""Plans an office writes itself: its own, of its own users, in versions nobody covers up."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.gate import calling, door
from kiban.gate.events import Event
from kiban.ops import database
from kiban.ops.database import Role
from kiban.plans import acts as plan_acts
from kiban.plans import daily
from kiban.records.versions import canonical, digest
from tests.gate.acts import PURPOSE, agree, at_once, deliver, end, plan, put_plan, withdraw_plan
from tests.plans.desk import MADE, Desk
from tests.world import Actor, days, hours

pytestmark = pytest.mark.database


def test_a_plan_is_a_record_as_intake_makes_it(desk):
    assert put_plan(desk.manager, desk.person) == "ok"
    (version,) = desk.versions()
    content = plan(desk.manager)
    number = desk.manager.organisation.number
    assert version == {
        "history_no": 1,
        "version": 1,
        "valid_from": MADE,
        "valid_to": None,
        "source": f"office:{number}",
        "in_force": True,
        "reason": "",
        "digest": digest(MADE, None, content),
        "content": content,
        "recorded_by": desk.manager.account_id,
        "entry": f"{number}/{MADE.isoformat()}",
    }


def test_a_correction_needs_a_reason_and_what_it_was_made_from(desk):
    put_plan(desk.manager, desk.person)
    assert put_plan(desk.manager, desk.person, policy="見守る") == "plan:exists"
    assert put_plan(desk.manager, desk.person, "1.1", policy="見守る") == "plan:no_reason"
    assert put_plan(desk.manager, desk.person, "1.1", " \u3000\n", policy="見守る") == "plan:no_reason"
    assert put_plan(desk.manager, desk.person, "1.1", "書き落とし", policy="見守る") == "ok"
    assert put_plan(desk.manager, desk.person, "1.1", "ほかの人", policy="見守らない") == "plan:changed"
    assert [(one["version"], one["in_force"], one["reason"]) for one in desk.versions()] == [
        (1, False, ""),
        (2, True, "書き落とし"),
    ]


def test_the_same_again_is_no_version(desk):
    put_plan(desk.manager, desk.person)
    assert put_plan(desk.manager, desk.person) == "same"
    assert put_plan(desk.manager, desk.person, "9.9", "何度押しても") == "same"
    assert len(desk.versions()) == 1


def test_agreed_then_delivered_each_a_version(desk):
    put_plan(desk.manager, desk.person)
    assert deliver(desk.manager, desk.person, "1.1") == "plan:not_agreed"
    assert agree(desk.manager, desk.person) == "ok"
    assert deliver(desk.manager, desk.person, on=days(-1)) == "plan:bad_date"
    assert deliver(desk.manager, desk.person) == "ok"
    *_, agreed, delivered = desk.versions()
    assert (agreed["reason"], delivered["reason"]) == ("同意・確認用登録", "交付用登録")
    today = days(0).isoformat()
    assert agreed["content"] == plan(desk.manager, agreed_on=today, agreed_by="self")
    assert delivered["content"] == agreed["content"] | {"delivered_on": today, "delivered_to": "試験デイサービス"}
    assert delivered["digest"] == digest(MADE, None, delivered["content"])


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"on": days(1)}, "plan:bad_date"),
        ({"on": None}, "plan:bad_date"),
        ({"who": "nobody"}, "plan:unknown_signer"),
        ({"made_on": days(-4)}, "plan:none"),
        ({"base": "1.7"}, "plan:changed"),
    ],
)
def test_an_agreement_that_cannot_be(desk, change, answer):
    put_plan(desk.manager, desk.person)
    assert agree(desk.manager, desk.person, **change) == answer
    assert len(desk.versions()) == 1


def test_taken_back_it_is_no_plan_any_more_and_its_versions_stay(desk):
    put_plan(desk.manager, desk.person)
    assert withdraw_plan(desk.manager, desk.person, " ") == "plan:no_reason"
    assert withdraw_plan(desk.manager, desk.person) == "ok"
    assert withdraw_plan(desk.manager, desk.person) == "plan:none"
    assert [(one["version"], one["in_force"], one["reason"]) for one in desk.versions()] == [
        (1, False, ""),
        (2, False, "作り直すため"),
    ]
    assert plan_acts.own(desk.manager.caller, desk.person.key, PURPOSE)["plans"] == []
    assert put_plan(desk.manager, desk.person) == "ok"
    assert [one["in_force"] for one in desk.versions()] == [False, False, True]


def test_own_plans_are_read_by_the_office_that_made_them_only(desk):
    put_plan(desk.manager, desk.person)
    other = desk.world.organisation("43")
    desk.world.in_charge(desk.person, other)
    found = plan_acts.own(desk.manager.caller, desk.person.key, PURPOSE)
    assert found["person"]["name"] == desk.person.name
    assert [(one["base"], one["made_on"], one["content"]) for one in found["plans"]] == [
        ("1.1", MADE.isoformat(), plan(desk.manager))
    ]
    assert found["plans"][0]["account"] == desk.manager.name
    assert plan_acts.own(desk.world.actor(other).caller, desk.person.key, PURPOSE)["plans"] == []
    assert plan_acts.own(desk.helper.caller, desk.person.key, PURPOSE) is None


class TestWhoMayNot:
    def refused(self, desk: Desk, actor: Actor, answer: str, **more: Any) -> None:
        before = desk.versions()
        assert put_plan(actor, desk.person, **more) == answer
        assert desk.versions() == before
        row = desk.world.log(account_id=actor.account_id)[-1]
        assert (row["action"], row["outcome"], row["detail"]) == ("plan:put", "denied", "")

    def test_an_office_that_gives_services(self, desk):
        self.refused(desk, desk.helper, "plan:not_plan_office")

    def test_a_planning_office_of_others(self, desk):
        self.refused(desk, desk.world.actor(desk.world.organisation("43")), "assignment:none")

    def test_a_planning_office_that_gives_a_service_here(self, desk):
        both = desk.world.organisation("43", "15")
        desk.world.in_charge(desk.person, both, "service")
        self.refused(desk, desk.world.actor(both), "assignment:other_capacity")

    def test_one_whose_assignment_has_ended(self, desk):
        assert end(desk.manager, desk.person) == "ok"
        self.refused(desk, desk.manager, "assignment:ended")

    def test_one_whose_assignment_is_over_or_not_begun(self, desk):
        for period, answer in (
            ({"viewing_to": days(0)}, "assignment:ended"),
            ({"viewing_from": days(1)}, "assignment:not_started"),
        ):
            office = desk.world.organisation("43")
            desk.world.identity(desk.person, office)
            desk.world.assignment(desk.person, office, **period)
            self.refused(desk, desk.world.actor(office), answer)

    def test_one_that_never_confirmed_identity(self, desk):
        office = desk.world.organisation("43")
        desk.world.assignment(desk.person, office)
        self.refused(desk, desk.world.actor(office), "assignment:no_identity")

    def test_the_municipality(self, desk):
        city = desk.world.organisation(kind="municipality", number=desk.person.insurer_no)
        self.refused(
            desk, desk.world.actor(city, "municipal_officer"), "plan:not_plan_office", office_number="1370000001"
        )

    @pytest.mark.parametrize(
        ("state", "answer"),
        [
            ({"employed": (days(-100), days(0))}, "account:left"),
            ({"account": {"is_active": False}}, "account:inactive"),
            ({"session": {"second_factor_at": None}}, "account:no_second_factor"),
            ({"session": {"locked_at": hours(-0.1)}}, "account:locked"),
            ({"certificate": {"revoked_at": hours(-1)}}, "terminal:revoked"),
        ],
    )
    def test_somebody_who_is_not_in_standing(self, desk, state, answer):
        self.refused(desk, desk.world.actor(desk.manager.organisation, **state), answer)

    def test_in_anothers_name(self, desk):
        self.refused(desk, desk.manager, "plan:other_office", office_number=desk.helper.organisation.number)

    def test_over_anothers_plan(self, desk):
        """Nobody reaches the plan of another office: entries are told apart by its number."""
        put_plan(desk.manager, desk.person)
        other = desk.world.organisation("43")
        desk.world.in_charge(desk.person, other)
        actor = desk.world.actor(other)
        self.refused(
            desk, actor, "plan:other_office", office_number=desk.manager.organisation.number, base="1.1", reason="x"
        )
        assert withdraw_plan(actor, desk.person) == "plan:none"
        assert agree(actor, desk.person) == "plan:none"
        (version,) = desk.versions()
        assert version["in_force"]

    def test_with_any_sql(self, desk):
        with database.connect(Role.WEB) as web:
            for statement in (
                "INSERT INTO care.record (insured_key, item, content) VALUES (1, 'careplan.plan', '{}')",
                "UPDATE care.record SET content = '{}'",
                "SELECT gate.write_plan(1, '', 1, '{}', now()::date, '', false)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    web.execute(statement)

    def test_a_content_that_says_another_day_or_nothing(self, desk):
        about = (desk.manager.caller, PURPOSE, Event.PLAN_PUT, desk.person.key)
        for content in (plan(desk.manager, days(-9)), {}, [], None, "text", plan(desk.manager, x="大" * 1_000_000)):
            answer = calling.act(*about, content=content, made_on=MADE, base="", reason="")
            assert answer == "plan:bad_content"
        assert calling.act(*about, content=None, made_on=None) == "plan:bad_content"
        assert desk.versions() == []

    def test_a_content_the_kind_does_not_know(self, desk):
        with pytest.raises(plan_acts.ContentError) as caught:
            put_plan(desk.manager, desk.person, favourite_colour="青", care_level="99")
        assert {one.field for one in caught.value.problems} == {"favourite_colour", "care_level"}


class TestDrafts:
    TYPED = {"policy": ["途中"]}

    def drafts(self, actor: Actor, desk: Desk) -> list[Any]:
        found = plan_acts.own(actor.caller, desk.person.key, PURPOSE)
        return [one["typed"] for one in found["drafts"]] if found else []

    def keep(self, actor: Actor, desk: Desk, typed: Any = TYPED, plan: dt.date | None = None) -> str:
        return plan_acts.keep(actor.caller, desk.person.key, PURPOSE, plan, typed)

    def test_they_are_the_typists_at_this_office(self, desk):
        colleague = desk.world.actor(desk.manager.organisation)
        other = desk.world.organisation("43")
        desk.world.in_charge(desk.person, other)
        assert self.keep(desk.manager, desk) == "ok"
        assert self.drafts(desk.manager, desk) == [self.TYPED]
        assert self.drafts(colleague, desk) == []
        assert self.drafts(desk.world.actor(other), desk) == []

    def test_one_for_each_plan_until_it_is_stored_or_dropped(self, desk):
        put_plan(desk.manager, desk.person)
        self.keep(desk.manager, desk, {"a": ["1"]})
        self.keep(desk.manager, desk, {"a": ["2"]})
        self.keep(desk.manager, desk, {"b": ["3"]}, MADE)
        assert self.drafts(desk.manager, desk) == [{"b": ["3"]}, {"a": ["2"]}]
        put_plan(desk.manager, desk.person, "1.1", "誤字", policy="見守る")
        assert self.drafts(desk.manager, desk) == [{"a": ["2"]}]
        self.keep(desk.manager, desk, None)
        assert self.drafts(desk.manager, desk) == []

    def test_a_refused_plan_leaves_them(self, desk):
        self.keep(desk.manager, desk)
        assert put_plan(desk.manager, desk.person, base="7.7") == "plan:changed"
        assert self.drafts(desk.manager, desk) == [self.TYPED]

    def test_who_may_not_write_the_plan_keeps_none(self, desk):
        left = desk.world.actor(desk.manager.organisation, employed=(days(-100), days(0)))
        assert self.keep(desk.helper, desk) == "plan:not_plan_office"
        assert self.keep(left, desk) == "account:left"
        assert self.keep(desk.manager, desk, {"policy": ["大" * 1_000_000]}) == "plan:bad_content"
        assert desk.world.one("SELECT count(*) FROM care.plan_draft WHERE insured_key = %s", desk.person.key) == 0

    def test_after_two_weeks_it_is_shown_no_more_and_taken_away(self, desk):
        self.keep(desk.manager, desk)
        desk.world.run(
            "UPDATE care.plan_draft SET saved_at = now() - interval '15 days' WHERE insured_key = %s", desk.person.key
        )
        assert self.drafts(desk.manager, desk) == []
        kept = "SELECT count(*) FROM care.plan_draft WHERE insured_key = %s"
        assert desk.world.one(kept, desk.person.key) == 1
        assert "片付けました" in daily.tidy()
        assert desk.world.one(kept, desk.person.key) == 0


def test_two_corrections_at_once_make_one(desk):
    put_plan(desk.manager, desk.person)
    one, other = at_once(
        desk.world,
        desk.manager,
        Event.PLAN_PUT,
        desk.person,
        lambda: put_plan(desk.manager, desk.person, "1.1", "誤字", policy="見守らない"),
        content=plan(desk.manager, policy="見守る"),
        made_on=MADE,
        base="1.1",
        reason="誤字",
    )
    assert (one, other) == ("ok", "plan:changed")


def test_a_plan_taken_back_is_not_shown_as_one_in_force(desk):
    from kiban.viewing import opening

    desk.world.consent(desk.person)
    put_plan(desk.manager, desk.person)
    opened = opening.open_items(desk.manager.caller, desk.person.key, [plan_acts.ITEM], PURPOSE)
    assert len(opened.items[plan_acts.ITEM].current) == 1
    withdraw_plan(desk.manager, desk.person)
    opened = opening.open_items(desk.manager.caller, desk.person.key, [plan_acts.ITEM], PURPOSE)
    item = opened.items[plan_acts.ITEM]
    assert (item.allowed, item.current, len(item.earlier)) == (True, [], 2)


def test_reading_and_writing_rest_on_the_assignment(desk):
    put_plan(desk.manager, desk.person)
    assignment = desk.world.one(
        "SELECT id FROM care.assignment WHERE insured_key = %s AND organisation_id = %s",
        desk.person.key,
        desk.manager.organisation.id,
    )
    (row,) = desk.world.log(account_id=desk.manager.account_id)
    assert (row["assignment_id"], row["day"]) == (assignment, MADE)
    assert json.loads(door.open_records(desk.manager.caller, desk.person.key, [plan_acts.ITEM], PURPOSE))


def json_values() -> st.SearchStrategy[Any]:
    text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
    scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | text
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(text, inner), max_leaves=8)


OWNER: list[psycopg.Connection[Any]] = []


@given(content=st.dictionaries(st.text("abz_ZÄあ", min_size=1), json_values()), day=st.none() | st.dates())
def test_the_digest_is_the_one_intake_makes(content, day):
    if not OWNER:
        OWNER.append(database.connect(Role.OWNER))
    row = (
        OWNER[0]
        .execute(
            "SELECT gate.canonical_json(%s::jsonb), gate.record_digest(%s, NULL, %s::jsonb)",
            [json.dumps(content), day, json.dumps(content)],
        )
        .fetchone()
    )
    assert row == (canonical(content), digest(day, None, content))
