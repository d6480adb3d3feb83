"""From the card to the gate: the page's steps one by one, with the real client, PC/SC and an emulated card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from django.test import Client as Browser

from kiban.assignment import acts as assignment_acts
from tests import cast
from tests.card.authorities import Authority, auth_authority, now, rsa_key
from tests.card.emulator import EmulatedCard
from tests.card.reader import VirtualReader, virtual_reader
from tests.card.terminal import Client, card_client
from tests.world import Actor, Person, days

pytestmark = pytest.mark.outside
ORIGIN = "https://localhost"


@pytest.fixture(scope="module")
def reader() -> Iterator[VirtualReader]:
    with virtual_reader() as found:
        yield found


@pytest.fixture(scope="module")
def client(reader: VirtualReader) -> Iterator[Client]:
    with card_client(ORIGIN) as started:
        yield started


@pytest.fixture(autouse=True)
def trust(settings, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(auth_authority().pem())
    settings.CARD_ANCHORS, settings.CARD_REVOCATION = str(tmp_path / "ca.pem"), "off"


def challenge(actor: Actor) -> str:
    answer = cast.browser(actor).post("/card/challenge/")
    assert answer.status_code == 200
    return answer.json()["challenge"]


def show(actor: Actor, text: str, signed: dict[str, Any]) -> dict[str, Any]:
    """Bring what the client answered to the platform."""
    body = {"challenge": text, "signature": signed["signature"], "certificate": signed["certificate"]}
    answer = cast.browser(actor).post("/card/proof/", json.dumps(body), content_type="application/json")
    assert answer.status_code == (200 if answer.json()["code"] == "ok" else 400)
    return answer.json()


def read(actor: Actor, client: Client) -> dict[str, Any]:
    text = challenge(actor)
    return show(actor, text, client.sign(text))


def register(actor: Actor, person: Person | None, proof: str) -> tuple[str, int | None]:
    items = (
        assignment_acts.FourItems(person.insurer_no, person.insured_no, person.birth, person.sex) if person else None
    )
    return assignment_acts.register(
        actor.caller,
        "care_planning",
        items,
        method="card",
        capacity="plan",
        viewing_from=days(0),
        viewing_to=days(30),
        proof=proof,
    )


def fresh_card(**more: Any) -> EmulatedCard:
    """A card of its own serial number: a card stays bound to its person for good."""
    return EmulatedCard.make(certificate=auth_authority().issue(rsa_key("card").public_key(), **more))


def test_a_card_registers_its_person_once(client, reader, town):
    with reader.card(fresh_card()) as card:
        told = read(town.manager, client)
    assert (told["code"], told["revocation_checked"]) == ("ok", False)
    assert register(town.manager, town.stranger, told["proof"]) == ("ok", town.stranger.key)
    assert register(town.manager, town.person, told["proof"])[0] == "assignment:no_proof"  # it was for one use
    bound = town.world.one("SELECT issuer, serial FROM care.card WHERE insured_key = %s", town.stranger.key)
    issuer = auth_authority().certificate.subject.rfc4514_string()
    assert bound == (issuer, f"{card.certificate.serial_number:x}")


def test_a_bound_card_needs_no_numbers_and_fits_nobody_else(client, reader, town):
    with reader.card(fresh_card()):
        assert register(town.manager, None, read(town.manager, client)["proof"])[0] == "assignment:card_unknown"
        assert register(town.manager, town.stranger, read(town.manager, client)["proof"])[0] == "ok"
        assert register(town.elsewhere, None, read(town.elsewhere, client)["proof"]) == ("ok", town.stranger.key)
        other = read(town.elsewhere, client)["proof"]
    assert register(town.elsewhere, town.person, other)[0] == "assignment:card_of_other"


def test_a_proof_replayed(client, reader, town):
    with reader.card(fresh_card()):
        text = challenge(town.manager)
        signed = client.sign(text)
    assert show(town.manager, text, signed)["code"] == "ok"
    assert show(town.manager, text, signed)["code"] == "challenge_used"


def test_a_proof_of_another_session(client, reader, town):
    with reader.card(fresh_card()):
        text = challenge(town.manager)
        signed = client.sign(text)
    assert show(town.elsewhere, text, signed)["code"] == "challenge_foreign"
    proof = show(town.manager, text, signed)["proof"]
    assert register(town.elsewhere, town.stranger, proof)[0] == "assignment:no_proof"


def test_a_challenge_for_another_name_of_the_server(client, reader, town, settings):
    """A page reached by another name gets a challenge for that name, which the client does not sign."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    text = cast.browser(town.manager).post("/card/challenge/", HTTP_HOST="127.0.0.1").json()["challenge"]
    with reader.card(fresh_card()) as card:
        assert client.sign(text)["code"] == "challenge_of_other_site"
    assert card.signatures == 0


def test_a_foreign_an_ended_and_a_revoked_card(client, reader, town, settings, tmp_path):
    key = rsa_key("card").public_key()
    with reader.card(EmulatedCard.make(certificate=Authority.make().issue(key))):
        assert read(town.manager, client)["code"] == "issuer_unknown"
    with reader.card(fresh_card(not_after=now(), not_before=now().replace(year=2020))):
        assert read(town.manager, client)["code"] == "expired"
    with reader.card(fresh_card()) as card:
        listed = auth_authority().crl([card.certificate.serial_number])
        (tmp_path / "list.crl").write_bytes(listed.public_bytes(serialization.Encoding.DER))
        settings.CARD_REVOCATION = f"crl:{tmp_path / 'list.crl'}"
        assert read(town.manager, client)["code"] == "revoked"
    with reader.card(fresh_card()):
        told = read(town.manager, client)
    assert (told["code"], told["revocation_checked"]) == ("ok", True)
    assert register(town.manager, town.stranger, told["proof"])[0] == "ok"
    latest = "SELECT revocation FROM care.confirmation WHERE insured_key = %s ORDER BY id DESC LIMIT 1"
    assert town.world.one(latest, town.stranger.key) == "yes"


def test_a_form_shown_again_keeps_the_proof(client, reader, town):
    """Something else was mistyped: the card need not be read again, unless the proof was used or is another's."""
    with reader.card(fresh_card()):
        proof = read(town.manager, client)["proof"]

    def kept(actor: Actor) -> bool:
        answer = cast.browser(actor).post("/people/register/", {"proof": proof, "insured_no": "1"})
        assert answer.status_code == 422
        return f'name="proof" value="{proof}"' in answer.content.decode()

    assert kept(town.manager)
    assert not kept(town.elsewhere)
    assert register(town.manager, town.stranger, proof)[0] == "ok"
    assert not kept(town.manager)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"challenge": 1, "signature": 2, "certificate": 3}', b"x" * 20_000]
)
def test_nonsense_instead_of_a_proof(town, body):
    answer = cast.browser(town.manager).post("/card/proof/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_another_site_cannot_ask(town):
    """Without the form's token neither a challenge is made nor a proof taken."""
    browser: Browser = cast.browser(town.manager, enforce_csrf_checks=True)
    for address in ("/card/challenge/", "/card/proof/"):
        assert browser.post(address, b"{}", content_type="application/json").status_code == 403


def test_without_an_authority_there_is_no_card(town, settings):
    settings.CARD_ANCHORS = ""
    answer = cast.browser(town.manager).post("/card/challenge/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_set_up")
