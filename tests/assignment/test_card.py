"""A card's proof at the gate: for one session, for ten minutes, once; and whose card it is after that."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

import pytest

from kiban.assignment import acts as assignment_acts
from kiban.assignment import card_proofs
from kiban.gate.events import Event
from tests.gate.acts import at_once, four, register, sees
from tests.world import Person, days

pytestmark = pytest.mark.database


def card() -> tuple[str, str]:
    """Issuer and serial of a card nobody has seen."""
    return "CN=試験 認証局", secrets.token_hex(10)


def proof(actor, issued: tuple[str, str], **more) -> str:
    """The nonce of a proof of that card, kept for the actor's session."""
    nonce = secrets.token_hex(16)
    values = {"issuer": issued[0], "serial": issued[1], "revocation_checked": True, **more}
    assert assignment_acts.keep_proof(actor.caller, nonce, **values)
    return nonce


def by_card_alone(actor, nonce):
    return assignment_acts.register(
        actor.caller, "care_planning", None, method="card", capacity="plan", viewing_from=days(0), proof=nonce
    )


def with_card(actor, person: Person, nonce, **more):
    return register(actor, person, method="card", proof=nonce, **more)


def test_the_first_use_binds_the_card_and_the_second_needs_nothing_else(world, office, person):
    manager = world.actor(office)
    mine = card()
    assert by_card_alone(manager, proof(manager, mine)) == ("assignment:card_unknown", None)
    assert with_card(manager, person, proof(manager, mine)) == ("ok", person.key)
    kept = world.one("SELECT issuer, serial, bound_by FROM care.card WHERE insured_key = %s", person.key)
    assert kept == (*mine, manager.account_id)
    elsewhere = world.actor(world.organisation("43"))
    assert sees(elsewhere, person) == "assignment:none,consent:none"
    assert by_card_alone(elsewhere, proof(elsewhere, mine)) == ("ok", person.key)
    assert sees(elsewhere, person) == "consent:none"
    assert world.one("SELECT count(*) FROM care.card WHERE insured_key = %s", person.key) == 1
    methods = world.connection.execute(
        "SELECT method FROM care.identity WHERE insured_key = %s", [person.key]
    ).fetchall()
    assert methods == [("card",), ("card",)]


def test_an_unknown_card_and_then_the_four_items_with_the_same_proof(world, office, person):
    manager = world.actor(office)
    nonce = proof(manager, card())
    assert by_card_alone(manager, nonce) == ("assignment:card_unknown", None)
    assert with_card(manager, person, nonce, sex="1") == ("assignment:no_match", None)  # mistyped: the card stays read
    assert with_card(manager, person, nonce) == ("ok", person.key)


def test_once(world, office, person):
    manager = world.actor(office)
    nonce = proof(manager, card())
    assert with_card(manager, person, nonce)[0] == "ok"
    other = world.person(person.insurer_no)
    assert with_card(manager, other, nonce) == ("assignment:no_proof", None)
    assert by_card_alone(manager, nonce) == ("assignment:no_proof", None)
    assert not assignment_acts.keep_proof(manager.caller, nonce, issuer="a", serial="b", revocation_checked=True)
    assert with_card(manager, person, nonce) == ("assignment:no_proof", None)  # keeping it again does not renew it


def by_card(person: Person, nonce: str) -> dict[str, Any]:
    """A registration with card and four items, as the gate takes it."""
    how = {"method": "card", "place": "office", "capacity": "plan", "viewing_from": days(0)}
    return asdict(four(person)) | how | {"proof": nonce}


def test_once_also_when_two_use_it_at_once(world, office, person):
    manager = world.actor(office)
    mine, other = card(), world.person(person.insurer_no)
    nonce = proof(manager, mine)
    answers = at_once(
        world,
        manager,
        Event.ASSIGNMENT_REGISTER,
        None,
        lambda: with_card(manager, other, nonce),
        **by_card(person, nonce),
    )
    assert answers == (("ok", person.key), ("assignment:no_proof", None))
    assert world.one("SELECT count(*) FROM care.card WHERE serial = %s", mine[1]) == 1


def test_one_card_is_not_bound_to_two_persons_at_once(world, office, person):
    one, two = world.actor(office), world.actor(office)
    mine, other = card(), world.person(person.insurer_no)
    first, second = proof(one, mine), proof(two, mine)
    answers = at_once(
        world, one, Event.ASSIGNMENT_REGISTER, None, lambda: with_card(two, other, second), **by_card(person, first)
    )
    assert answers == (("ok", person.key), ("assignment:card_of_other", None))


def test_not_without_a_proof(world, office, person):
    manager = world.actor(office)
    assert with_card(manager, person, None) == ("assignment:no_proof", None)
    assert with_card(manager, person, "made up") == ("assignment:no_proof", None)
    assert by_card_alone(manager, None) == ("assignment:no_proof", None)


def test_not_the_proof_of_another_session(world, office, person):
    manager, colleague = world.actor(office), world.actor(office)
    nonce = proof(manager, card())
    assert with_card(colleague, person, nonce) == ("assignment:no_proof", None)
    assert with_card(manager, person, nonce)[0] == "ok"


@pytest.mark.parametrize(("age", "answer"), [("9 minutes 50 seconds", "ok"), ("10 minutes", "assignment:no_proof")])
def test_not_a_proof_older_than_ten_minutes(world, office, person, age, answer):
    manager = world.actor(office)
    nonce = proof(manager, card())
    world.run("UPDATE assignment_cardproof SET made_at = now() - %s::interval WHERE nonce = %s", age, nonce)
    world.run(  # as if it had been made then
        "UPDATE assignment_cardproof SET seal = gate.sealed(concat_ws('|', 'kiban-proof-1', nonce, session, serial,"
        " revocation, gate.microseconds(made_at), issuer)) WHERE nonce = %s", nonce
    )  # fmt: skip
    assert with_card(manager, person, nonce)[0] == answer


def test_old_proofs_are_taken_away(world, office):
    manager = world.actor(office)
    old, fresh = proof(manager, card()), proof(manager, card())
    world.run("UPDATE assignment_cardproof SET made_at = now() - interval '25 hours' WHERE nonce = %s", old)
    card_proofs.tidy()
    left = {nonce for (nonce,) in world.connection.execute("SELECT nonce FROM assignment_cardproof")}
    assert old not in left
    assert fresh in left


def test_not_somebody_elses_card(world, office, person):
    manager = world.actor(office)
    mine, other = card(), world.person(person.insurer_no)
    with_card(manager, person, proof(manager, mine))
    assert with_card(manager, other, proof(manager, mine)) == ("assignment:card_of_other", None)
    assert world.log(insured_key=other.key) == []
    # The same serial of another issuer is another card.
    assert with_card(manager, other, proof(manager, ("CN=別の試験 認証局", mine[1])))[0] == "ok"


def test_a_new_card_of_the_same_person_is_bound_too(world, office, person):
    manager = world.actor(office)
    old, renewed = card(), card()
    with_card(manager, person, proof(manager, old))
    assert with_card(manager, person, proof(manager, renewed))[0] == "ok"
    for one in (old, renewed):
        assert by_card_alone(manager, proof(manager, one)) == ("ok", person.key)


@pytest.mark.parametrize(("checked", "kept"), [(True, "yes"), (False, "off")])
def test_whether_revocation_was_checked_is_kept_with_the_confirmation(world, office, person, checked, kept):
    manager = world.actor(office)
    with_card(manager, person, proof(manager, card(), revocation_checked=checked))
    (confirmation,) = assignment_acts.state(manager.caller, person.key, "care_planning")["confirmations"]
    assert (confirmation["method"], confirmation["revocation"]) == ("card", kept)


def test_four_items_need_the_items(world, office):
    manager = world.actor(office)
    for method in ("four_items", "visual"):
        assert assignment_acts.register(
            manager.caller, "care_planning", None, method=method, capacity="plan", viewing_from=days(0)
        ) == ("assignment:no_match", None)


def test_guessing_with_a_card_is_guessing(world, office, person):
    manager = world.actor(office)
    nonce = proof(manager, card())
    for number in range(10):
        assert with_card(manager, person, nonce, insured_no=f"55555555{number:02d}")[0] == "assignment:no_match"
    assert with_card(manager, person, nonce)[0] == "assignment:too_many_misses"
