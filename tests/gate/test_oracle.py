"""The gate against its oracle, over the whole domain: they must give the same eight answers."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from kiban.gate import door
from kiban.gate.events import STANDING
from kiban.web.request import Caller
from tests.gate.oracle import Facts, allowed, decide
from tests.world import Actor, Organisation, Person, World, days, hours, today

ITEMS = (
    "insurance_card.card",
    "insurance_card.burden_ratio",
    "insurance_card.reduction",
    "certification.result",
    "certification.survey",
    "certification.progress",
    "opinion.opinion",
    "housing.equipment",
    "careplan.plan",
    "life.feedback",
)
JOBS = ("care_manager", "nurse", "clerk", "physician", "medical_clerk", "municipal_officer")
# Days around every boundary of a half-open period.
DAYS = st.sampled_from([-30, -1, 0, 1, 30])
MOMENTS = st.sampled_from([-30.0, -9.0, -1.0, 1.0, 9.0])


# The facts that can be taken back as a mistake, by their tables.
FACTS = ("assignment", "identity", "consent", "refusal")


def mostly(value, others):
    """The ordinary value most of the time, so that every condition gets the chance to be the only one that fails."""
    return st.one_of(st.just(value), st.just(value), st.just(value), others)


CASES = st.fixed_dictionaries(
    {
        "item": st.sampled_from(ITEMS),
        "purpose": mostly("care_planning", st.sampled_from(["inquiry", "curiosity", ""])),
        "session_known": mostly(True, st.just(False)),
        "session_expires": mostly(7.0, MOMENTS),
        "active": mostly(True, st.just(False)),
        "first_password": mostly(False, st.just(True)),
        "second_factor": mostly(-1.0, st.one_of(st.none(), st.sampled_from([-9.0, -7.9, -8.1, -0.4]))),
        "locked": mostly(None, MOMENTS),
        "seen": mostly(-0.1, st.sampled_from([None, -0.6, -0.4, 0.0])),
        "refusals": mostly([], st.sampled_from([[None], [-1.0], [-1.0, None]])),
        "mistaken": mostly(
            frozenset(),
            st.frozensets(st.tuples(st.sampled_from(FACTS), st.sampled_from([0, 1])), max_size=3),
        ),
        "emergency": mostly(None, st.sampled_from([(-1.0, 1.0), (-9.0, -1.0), (1.0, 9.0)])),
        "employed_from": mostly(-100, DAYS),
        "employed_to": mostly(None, DAYS),
        "organisation_ended": mostly(None, DAYS),
        "certificate_sent": mostly(True, st.just(False)),
        "certificate_known": mostly(True, st.just(False)),
        "certificate_from": mostly(-100.0, MOMENTS),
        "certificate_to": mostly(100.0, MOMENTS),
        "certificate_revoked": mostly(None, MOMENTS),
        "certificate_of_same_organisation": mostly(True, st.just(False)),
        "certificate_of_session": mostly(True, st.just(False)),
        "kind": mostly("office", st.sampled_from(["municipality", "medical"])),
        "services": mostly(
            frozenset({"43"}), st.frozensets(st.sampled_from(["43", "52", "55", "15", "46"]), max_size=3)
        ),
        "job": mostly("care_manager", st.sampled_from(JOBS)),
        "decision": st.one_of(st.none(), st.tuples(st.booleans(), st.booleans(), DAYS, st.one_of(st.none(), DAYS))),
        "assignments": mostly(
            [("plan", -30, None, None)],
            st.lists(
                st.tuples(
                    st.sampled_from(["plan", "service", "opinion"]),
                    DAYS,
                    st.one_of(st.none(), DAYS),
                    st.one_of(st.none(), MOMENTS),
                ),
                max_size=3,
                unique_by=lambda r: (r[0], r[1]),
            ),
        ),
        "identity_on": mostly(-30, st.one_of(st.none(), DAYS)),
        "own_insurer": mostly(True, st.just(False)),
        "consents": mostly(
            [(-30, None)],
            st.lists(st.tuples(DAYS, st.one_of(st.none(), MOMENTS)), max_size=3, unique_by=lambda c: c[1] is None),
        ),
        "insurer_known": mostly(True, st.just(False)),
        "insurer_started": mostly(-30, st.one_of(st.none(), DAYS)),
        "migrated": mostly({"*": -30}, st.dictionaries(st.sampled_from(["*", *ITEMS]), DAYS, max_size=2)),
        "delegation": mostly(
            None,
            st.tuples(
                st.booleans(),
                st.booleans(),
                st.booleans(),
                MOMENTS,
                MOMENTS,
                st.one_of(st.none(), MOMENTS),
                mostly(True, st.just(False)),
                st.sampled_from([[], ["care_planning"], ["inquiry", "care_planning"], ["opinion_writing"]]),
            ),
        ),
    }
)


@cache
def matrix():
    world = World()
    cells = world.connection.execute(
        """SELECT party, item, job_type, status, is_open, needs_consent, assignment FROM gate_cell
            WHERE matrix_id = (SELECT version FROM gate_matrixversion WHERE effective_from <= %s
                                ORDER BY effective_from DESC, loaded_at DESC LIMIT 1)""",
        [today()],
    ).fetchall()
    columns = world.one("SELECT party_of_service FROM gate_matrixversion ORDER BY effective_from DESC LIMIT 1")
    world.connection.close()
    return {(p, i, j): (s, o, c, r) for p, i, j, s, o, c, r in cells}, columns


def day(number):
    return None if number is None else days(number)


def moment(number):
    return None if number is None else hours(number)


def usable(start, end):
    """The table itself refuses a period that ends before it starts: such an end is left open."""
    return None if end is None or end <= start else days(end)


def insurer_of(world: World, case: dict, office: Organisation) -> str:
    """The person's insurer, with what it has migrated; the office itself where that is a municipality."""
    insurer = world.insurer(started_on=day(case["insurer_started"]), items=())
    for item, on in case["migrated"].items():
        world.insert("registry_migrateditem", insurer_id=world.insurer_id(insurer), item=item, migrated_on=days(on))
    if case["kind"] == "municipality" and case["own_insurer"]:
        world.run("UPDATE registry_organisation SET number = %s WHERE id = %s", insurer, office.id)
    return insurer


def caller_of(world: World, case: dict, office: Organisation) -> tuple[Actor, Caller]:
    """Who asks, with what the request shows of them."""
    same = case["certificate_of_same_organisation"]
    actor = world.actor(
        office,
        case["job"],
        employed=(days(case["employed_from"]), day(case["employed_to"])),
        certificate={
            "not_before": hours(case["certificate_from"]),
            "not_after": hours(case["certificate_to"]),
            "revoked_at": moment(case["certificate_revoked"]),
        },
        certificate_organisation=None if same else world.organisation("43"),
        account={"is_active": case["active"], "must_change_password": case["first_password"]},
        session={
            "expire_date": hours(case["session_expires"]),
            "second_factor_at": moment(case["second_factor"]),
            "locked_at": moment(case["locked"]),
            "seen_at": moment(case["seen"]),
            **({} if case["certificate_of_session"] else {"certificate_fingerprint": "0" * 64}),
        },
    )
    certificate = actor.fingerprint if case["certificate_known"] else "f" * 64
    session = actor.session if case["session_known"] else "unknown"
    return actor, Caller(session, certificate if case["certificate_sent"] else "")


def delegate(world: World, case: dict, actor: Actor) -> tuple | None:
    """The 代行 the session is in, if it is in one."""
    if case["delegation"] is None:
        return None
    mine, here, permitted, starts, ends, revoked, employed_there, purposes = case["delegation"]
    delegation = (mine, here, permitted, hours(starts), hours(ends), moment(revoked), employed_there, purposes)
    other = world.actor(world.organisation("43"))
    place = actor.organisation if here else other.organisation
    absent = world.actor(place, employed=None if employed_there else (days(-9), days(0)))
    delegation_id = world.insert(
        "staff_delegation",
        actor_id=actor.account_id if mine else other.account_id,
        absent_id=absent.account_id,
        purposes=purposes,
        organisation_id=place.id,
        permitted_by_id=other.account_id if permitted else None,
        reason="試験",
        starts_at=delegation[3],
        ends_at=delegation[4],
        revoked_at=delegation[5],
    )
    world.run("UPDATE staff_session SET delegation_id = %s WHERE account_id = %s", delegation_id, actor.account_id)
    world.seal("account_id = %s", actor.account_id)
    return delegation


def write_facts(world: World, case: dict, person: Person, actor: Actor) -> None:
    """What stands about the person: 担当, 本人確認, 同意, 不同意, 緊急."""
    office = actor.organisation
    for capacity, start, end, ended in case["assignments"]:
        world.assignment(
            person, office, capacity, viewing_from=days(start), viewing_to=usable(start, end), ended_at=moment(ended)
        )
    if case["identity_on"] is not None:
        world.identity(person, office, confirmed_on=days(case["identity_on"]))
    for given_on, withdrawn in case["consents"]:
        world.consent(person, given_on=days(given_on), withdrawn_at=moment(withdrawn))
    for ended in case["refusals"]:
        world.refusal(person, office, ended_at=moment(ended))
    for kind, place in case["mistaken"]:
        numbers = f"SELECT id FROM care.{kind} WHERE insured_key = %s ORDER BY id LIMIT 1 OFFSET {place}"
        world.run(f"UPDATE care.{kind} SET mistaken_at = now() WHERE id = ({numbers})", person.key)
    if case["emergency"] is not None:
        world.emergency(person, actor, *map(hours, case["emergency"]))


def decide_otherwise(world: World, case: dict, insurer: str, columns: dict[str, str]) -> dict:
    """The insurer's own decision about the item; those in force today, as the oracle takes them."""
    decisions = {}
    if case["decision"] is None:
        return decisions
    is_open, needs_consent, start, end = case["decision"]
    in_force = start <= 0 and (end is None or end > 0)
    for party in {columns.get(s) for s in case["services"]} | {case["kind"]}:
        if party in (None, "office"):
            continue
        world.insert(
            "gate_insurerdecision",
            insurer_id=world.insurer_id(insurer),
            party=party,
            item=case["item"],
            job_type=case["job"],
            version=1,
            is_open=is_open,
            needs_consent=needs_consent,
            document_name="試験要領",
            document_number="1",
            decided_on=days(-60),
            starts_on=days(start),
            ends_on=day(end),
            recorded_at=hours(-1),
            recorded_by="試験",
        )
        if in_force:
            decisions[(party, case["item"], case["job"])] = (is_open, needs_consent)
    return decisions


# What the oracle is told just as the case says it.
AS_THEY_ARE = (
    "item", "purpose", "session_known", "active", "first_password", "certificate_sent", "certificate_known",
    "certificate_of_same_organisation", "certificate_of_session", "services", "job", "insurer_known",
)  # fmt: skip


def facts_of(case: dict, **written: Any) -> Facts:
    """The case for the oracle. ``written``: what came of writing the rows."""
    return Facts(
        **{name: case[name] for name in AS_THEY_ARE},
        **written,
        today=today(),
        now=dt.datetime.now(dt.UTC),
        session_expires=hours(case["session_expires"]),
        second_factor_at=moment(case["second_factor"]),
        locked_at=moment(case["locked"]),
        seen_at=moment(case["seen"]),
        mistaken=case["mistaken"],
        refusals=[moment(ended) for ended in case["refusals"]],
        emergency=None if case["emergency"] is None else tuple(map(hours, case["emergency"])),
        employed_from=days(case["employed_from"]),
        employed_to=day(case["employed_to"]),
        organisation_ended=day(case["organisation_ended"]),
        certificate_from=hours(case["certificate_from"]),
        certificate_to=hours(case["certificate_to"]),
        certificate_revoked=moment(case["certificate_revoked"]),
        organisation_kind=case["kind"],
        assignments=[(c, days(s), usable(s, e), moment(x)) for c, s, e, x in case["assignments"]],
        identity_on=day(case["identity_on"]),
        same_insurer=case["kind"] == "municipality" and case["own_insurer"],
        consents=[(days(g), moment(w)) for g, w in case["consents"]],
        insurer_started=day(case["insurer_started"]),
        migrated={item: days(on) for item, on in case["migrated"].items()},
    )


def build(world: World, case: dict) -> tuple[Facts, Caller, int]:
    """The same case twice: as rows for the gate, as facts for the oracle."""
    cells, columns = matrix()
    office = world.organisation(*case["services"], kind=case["kind"], ended_on=day(case["organisation_ended"]))
    insurer = insurer_of(world, case, office)
    person = world.person(insurer)
    actor, caller = caller_of(world, case, office)
    delegation = delegate(world, case, actor)
    write_facts(world, case, person, actor)
    decisions = decide_otherwise(world, case, insurer, columns)
    if not case["insurer_known"]:
        world.run("UPDATE registry_insurer SET number = NULL WHERE id = %s", world.insurer_id(insurer))
    facts = facts_of(case, matrix=cells, columns=columns, decisions=decisions, delegation=delegation)
    return facts, caller, person.key


@given(case=CASES)
@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_gate_and_oracle_agree(case, world):
    facts, caller, key = build(world, case)
    expected = decide(facts)
    opening = door.open_person(caller, key, [case["item"]], case["purpose"])
    (item,) = opening.items
    found = {str(name): value for name, value in item.answers.items()}
    note(f"expected {expected}")
    note(f"found    {found}")
    assert found == expected
    assert item.allowed == allowed(expected)
    assert (item.records != ()) <= item.allowed
    # The name belongs to whoever stands before the door with an assignment, or with an emergency in its place.
    name_shown = expected["assignment"] in ("ok", "emergency") and all(expected[c] == "ok" for c in STANDING)
    assert (opening.person is not None) == name_shown
