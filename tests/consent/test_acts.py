"""Consent, identity and assignment are written through the gate, with who recorded them, and stand in the log."""

from __future__ import annotations

import pytest

from kiban.consent import acts as consent_acts
from tests.gate.acts import PNG, end, give, refuse, register, sees, signing, withdraw
from tests.world import World, days, hours

pytestmark = pytest.mark.database


@pytest.fixture
def office(world: World):
    return world.organisation("43")


@pytest.fixture
def person(world: World):
    return world.person(world.insurer(started_on=days(-10)))


def test_the_whole_road(world, office, person):
    manager = world.actor(office)
    assert sees(manager, person) == "assignment:none,consent:none"
    assert register(manager, person) == ("ok", person.key)
    assert sees(manager, person) == "consent:none"
    assert give(manager, person) == "ok"
    assert sees(manager, person) == "allowed"
    assert withdraw(manager, person) == "ok"
    assert sees(manager, person) == "consent:withdrawn"
    assert give(manager, person) == "ok"
    assert sees(manager, person) == "allowed"
    assert end(manager, person) == "ok"
    assert sees(manager, person) == "assignment:ended"
    events = [row["action"] for row in world.log(account_id=manager.account_id) if row["action"] != "record:open"]
    assert events == [
        "assignment:register",
        "consent:give",
        "consent:withdraw",
        "consent:give",
        "assignment:end",
    ]
    recorded = world.connection.execute(
        "SELECT recorded_by, organisation_id, taken_by FROM care.consent WHERE insured_key = %s", [person.key]
    ).fetchall()
    assert recorded == [(manager.account_id, office.id, "office")] * 2


def test_giving_consent_twice_keeps_the_first(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    give(manager, person, on=days(-3))
    give(manager, person)
    assert world.one("SELECT given_on FROM care.consent WHERE insured_key = %s", person.key) == days(-3)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"insured_no": "9999999999"}, "assignment:no_match"),
        ({"insured_no": "abc"}, "assignment:no_match"),
        ({"birth": days(-30000)}, "assignment:no_match"),
        ({"sex": "1"}, "assignment:no_match"),
        ({"capacity": "opinion"}, "assignment:other_capacity"),
        ({"method": "guess"}, "assignment:unknown_method"),
        ({"viewing_to": days(0)}, "assignment:bad_period"),
        ({"viewing_to": days(200)}, "assignment:period_too_long"),
        ({"place": "moon"}, "assignment:unknown_method"),
        ({"method": "card"}, "assignment:no_proof"),
        ({"viewing_from": days(-10), "viewing_to": days(-1)}, "assignment:bad_period"),
    ],
)
def test_a_registration_that_does_not_fit_tells_nothing_more(world, office, person, change, answer):
    manager = world.actor(office)
    assert register(manager, person, **change) == (answer, None)
    (row,) = world.log(account_id=manager.account_id)
    assert (row["outcome"], row["insured_key"]) == ("denied", 0)


def test_a_service_office_cannot_say_it_makes_the_plan(world, person):
    nurse = world.actor(world.organisation("15"), "nurse")
    assert register(nurse, person)[0] == "assignment:other_capacity"
    assert register(nurse, person, capacity="service")[0] == "ok"


def test_guessing_is_stopped(world, office, person):
    manager = world.actor(office)
    for number in range(10):
        assert register(manager, person, insured_no=f"88888888{number:02d}")[0] == "assignment:no_match"
    assert register(manager, person)[0] == "assignment:too_many_misses"
    assert register(world.actor(office), person)[0] == "ok"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"on": days(1)}, "consent:date_in_future"),
        ({"signer": "neighbour"}, "consent:unknown_signer"),
        ({"channel": "pigeon"}, "consent:unknown_channel"),
        ({"signer": "scribe"}, "consent:no_witness"),
        ({"signer": "scribe", "witness": "  "}, "consent:no_witness"),
    ],
)
def test_consent_that_cannot_be(world, office, person, change, answer):
    manager = world.actor(office)
    register(manager, person)
    assert give(manager, person, **change) == answer


def test_no_consent_for_somebody_elses_person(world, person):
    manager = world.actor(world.organisation("43"))
    assert give(manager, person) == "assignment:none"
    assert withdraw(manager, person) == "assignment:none"
    assert end(manager, person) == "assignment:none"


def test_the_municipality_takes_consent_of_its_own_insured_only(world, person):
    city = world.organisation(kind="municipality", number=person.insurer_no)
    officer = world.actor(city, "municipal_officer")
    assert give(officer, person) == "ok"
    assert world.one("SELECT taken_by FROM care.consent WHERE insured_key = %s", person.key) == "municipality"
    elsewhere = world.person(world.insurer())
    assert give(officer, elsewhere) == "assignment:other_insurer"


def test_a_leaver_records_nothing(world, office, person):
    leaver = world.actor(office, employed=(days(-10), days(0)))
    assert register(leaver, person) == ("account:left", None)
    assert give(leaver, person) == "account:left"


def test_withdrawal_is_effective_on_the_next_opening_of_everybody(world, office, person):
    manager, colleague = world.actor(office), world.actor(office)
    register(manager, person)
    give(manager, person)
    assert sees(colleague, person) == "allowed"
    withdraw(manager, person)
    assert sees(colleague, person) == "consent:withdrawn"


def test_a_consent_from_tomorrow_does_not_hold_today(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    world.consent(person, given_on=days(1))
    assert sees(manager, person) == "consent:later"
    world.run("UPDATE care.consent SET withdrawn_at = %s WHERE insured_key = %s", hours(-1), person.key)
    assert sees(manager, person) == "consent:withdrawn"


def test_refusing_is_a_fact_that_stops_viewing_and_a_consent_ends_it(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    assert refuse(manager, person) == "ok"
    assert sees(manager, person) == "consent:refused"
    assert refuse(manager, person) == "ok"  # said twice, one fact
    assert world.one("SELECT count(*) FROM care.refusal WHERE insured_key = %s", person.key) == 1
    assert give(manager, person) == "ok"
    assert sees(manager, person) == "allowed"
    assert refuse(manager, person, signer="scribe", witness="立会 花子") == "ok"
    assert sees(manager, person) == "consent:refused"
    assert world.one("SELECT withdrawn_witness FROM care.consent WHERE insured_key = %s", person.key) == "立会 花子"
    history = consent_acts.history(manager.caller, person.key, "care_planning")
    assert history["state"] == "refused"
    assert [len(history[part]) for part in ("consents", "refusals", "others", "scans")] == [1, 2, 0, 0]


def test_the_older_consents_open_nothing(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    for kind in ("article33", "application"):
        paper = signing(signer="family", signer_name="試験 家族")
        assert (
            consent_acts.record_other(manager.caller, person.key, "care_planning", paper, kind=kind, covers_family=True)
            == "ok"
        )
    assert sees(manager, person) == "consent:none"
    others = consent_acts.history(manager.caller, person.key, "care_planning")["others"]
    assert [one["kind"] for one in others] == ["application", "article33"]
    assert consent_acts.withdraw_other(manager.caller, person.key, "care_planning", others[0]["number"]) == "ok"
    assert (
        consent_acts.withdraw_other(manager.caller, person.key, "care_planning", others[0]["number"]) == "consent:none"
    )


def test_a_signed_paper_is_kept_beside_its_fact_and_opened_by_the_own_office_only(world, office, person):
    manager, elsewhere = world.actor(office), world.actor(world.organisation("43"))
    register(manager, person)
    register(elsewhere, person)
    give(manager, person)
    number = consent_acts.history(manager.caller, person.key, "care_planning")["consents"][0]["number"]

    def attach(actor, **more):
        values = {"subject": "consent", "number": number, "media_type": "image/png", "content": PNG, **more}
        return consent_acts.attach_scan(actor.caller, person.key, "care_planning", **values)

    assert attach(elsewhere) == "consent:none"
    assert attach(manager, number=number + 1) == "consent:none"
    assert attach(manager, subject="withdrawal") == "consent:none"
    assert attach(manager, media_type="text/html") == "consent:bad_scan"
    assert attach(manager, content=b"") == "consent:bad_scan"
    assert attach(manager) == "ok"
    (scan,) = consent_acts.history(manager.caller, person.key, "care_planning")["scans"]
    assert consent_acts.open_scan(manager.caller, person.key, "care_planning", scan["number"]) == ("image/png", PNG)
    assert consent_acts.open_scan(elsewhere.caller, person.key, "care_planning", scan["number"]) is None
    assert consent_acts.history(elsewhere.caller, person.key, "care_planning")["scans"] == []
    actions = [row["action"] for row in world.log(account_id=elsewhere.account_id)]
    assert actions[-2:] == ["scan:open", "consent:read"]


@pytest.mark.parametrize("act", [give, refuse, withdraw])
@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"on": days(1)}, "consent:date_in_future"),
        ({"on": None}, "consent:date_in_future"),
        ({"signer": "neighbour"}, "consent:unknown_signer"),
        ({"signer": None}, "consent:unknown_signer"),
        ({"channel": "pigeon"}, "consent:unknown_channel"),
        ({"channel": None}, "consent:unknown_channel"),
        ({"signer": "scribe"}, "consent:no_witness"),
        ({"signer": "scribe", "witness": " \t\u3000\n"}, "consent:no_witness"),
        ({"signer": "scribe", "witness": None}, "consent:no_witness"),
    ],
)
def test_every_form_is_held_to_the_same_rules(world, person, act, change, answer):
    manager = world.actor(world.organisation("43"))
    register(manager, person)
    world.consent(person)
    assert act(manager, person, **change) == answer
    assert sees(manager, person) == "allowed"
    assert world.one("SELECT count(*) FROM care.refusal WHERE insured_key = %s", person.key) == 0


@pytest.mark.parametrize("act", [refuse, withdraw])
def test_in_an_open_session_nothing_is_shown_from_the_next_look_on(world, office, person, act):
    manager, city = world.actor(office), world.organisation(kind="municipality", number=person.insurer_no)
    register(manager, person)
    world.consent(person)
    assert sees(manager, person) == "allowed"
    assert act(world.actor(city, "municipal_officer"), person) == "ok"
    assert sees(manager, person) == f"consent:{'refused' if act is refuse else 'withdrawn'}"
    kept = world.one("SELECT withdrawn_on, withdrawn_org FROM care.consent WHERE insured_key = %s", person.key)
    assert kept == (days(0), world.one("SELECT id FROM registry_organisation WHERE number = %s", person.insurer_no))


def test_withdrawing_what_was_never_given(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    assert withdraw(manager, person) == "consent:none"
    refuse(manager, person)
    assert withdraw(manager, person) == "consent:none"
    assert sees(manager, person) == "consent:refused"


def test_should_both_ever_stand_nothing_is_shown(world, office, person):
    """A municipal file loaded in the very moment of a refusal: the narrower reading counts."""
    manager = world.actor(office)
    register(manager, person)
    refuse(manager, person)
    world.consent(person)
    assert sees(manager, person) == "consent:refused"
    assert consent_acts.history(manager.caller, person.key, "care_planning")["state"] == "refused"


def test_a_refusal_stays_in_the_history_after_a_consent(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    refuse(manager, person, note="家族と相談したいとのこと")
    give(manager, person)
    history = consent_acts.history(manager.caller, person.key, "care_planning")
    assert history["state"] == "given"
    (refusal,) = history["refusals"]
    assert refusal["ended_at"] is not None
    assert refusal["note"] == "家族と相談したいとのこと"


def test_the_older_consents_of_another_office_are_neither_shown_nor_ended(world, office, person):
    manager, elsewhere = world.actor(office), world.actor(world.organisation("43"))
    for actor in (manager, elsewhere):
        register(actor, person)
    record = consent_acts.record_other
    about = (person.key, "care_planning", signing())
    assert record(manager.caller, *about, kind="article33", covers_family=True) == "ok"
    assert record(manager.caller, *about, kind="comprehensive", covers_family=True) == "consent:unknown_kind"
    (kept,) = consent_acts.history(manager.caller, person.key, "care_planning")["others"]
    assert (kept["kind"], kept["covers_family"]) == ("article33", True)
    assert consent_acts.history(elsewhere.caller, person.key, "care_planning")["others"] == []
    withdraw_other = consent_acts.withdraw_other
    assert withdraw_other(elsewhere.caller, person.key, "care_planning", kept["number"]) == "consent:none"
    assert withdraw_other(manager.caller, person.key, "care_planning", kept["number"] + 10**6) == "consent:none"
    assert consent_acts.history(manager.caller, person.key, "care_planning")["others"][0]["withdrawn_at"] is None


def test_the_older_consents_do_not_even_weaken_a_refusal(world, office, person):
    manager = world.actor(office)
    register(manager, person)
    refuse(manager, person)
    consent_acts.record_other(
        manager.caller, person.key, "care_planning", signing(), kind="application", covers_family=False
    )
    assert sees(manager, person) == "consent:refused"
