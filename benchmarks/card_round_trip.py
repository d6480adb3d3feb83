"""A My Number card's round trip: state and signature through the client, then the proof on the server.

Real PC/SC (pcscd), real OpenSC, an emulated card that answers at once: what is measured is the software's share; a
real card adds its own time, above all for the signature. The client is compared with ``pkcs11-tool`` doing the same on
the same reader; on the server the check of a proof with the whole request. Everything takes turns.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import own_folder

ORIGIN = "https://localhost"
CLIENT_GOAL, CHECK_GOAL = 5.0, 0.25


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in a process and a data folder of their own. Needs pcscd, vsmartcard-vpcd and OpenSC."""
    return own_folder.run("benchmarks.card_round_trip", quick=quick)


def measure(quick: bool) -> list[dict[str, Any]]:
    """The whole benchmark, in this process."""
    own_folder.set_up()
    with tempfile.TemporaryDirectory() as folder:
        return [client(Path(folder), 10 if quick else 40), server(Path(folder), 100 if quick else 400)]


def client(folder: Path, rounds: int) -> dict[str, Any]:
    """State and signature through the client, and a signature with pkcs11-tool, in turn."""
    from tests.card.emulator import EmulatedCard
    from tests.card.reader import virtual_reader
    from tests.card.terminal import card_client

    from kiban_card import opensc

    environment = {**os.environ, "OPENSC_CONF": str(opensc.write_configuration(folder))}
    text = folder / "text"
    tool = ["pkcs11-tool", "--module", str(opensc.find_module()), "--login", "--pin", "1234", "--sign", "--id", "01"]
    tool += ["-m", "SHA256-RSA-PKCS", "-i", str(text), "-o", str(folder / "signature")]
    with virtual_reader() as reader, card_client(ORIGIN) as running, reader.card(EmulatedCard.make()) as card:

        def sign() -> None:
            told = running.sign(f"kiban-card/1 {ORIGIN} {int(time.time())} {secrets.token_urlsafe(48)}")
            assert told["code"] == "signed", told["code"]

        def state() -> None:
            assert running.state()["code"] == "ready"

        def by_hand() -> None:
            text.write_text(f"kiban-card/1 {ORIGIN} {int(time.time())} {secrets.token_urlsafe(48)}")
            subprocess.run(tool, env=environment, check=True, capture_output=True)

        found = in_turn({"sign": sign, "state": state, "tool": by_hand}, rounds)
        before = card.commands
        sign()
        commands = card.commands - before
    ratios = [sign / tool for tool, sign in zip(found["tool"], found["sign"], strict=True)]
    return {
        "name": "one signature of an emulated card: card client / pkcs11-tool",
        "ratio": round(statistics.median(ratios), 3),
        "goal": f"under {CLIENT_GOAL}",
        "measured": {
            "signature ms": ms(found["sign"]),
            "state ms": ms(found["state"]),
            "pkcs11-tool ms": ms(found["tool"]),
            "commands to the card": commands,
            "rounds": rounds,
        },
    }


def server(folder: Path, rounds: int) -> dict[str, Any]:
    """The check of a proof alone, two bare verifications, and the whole request with its rows, in turn."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    from django.conf import settings
    from tests import cast
    from tests.card.authorities import auth_authority, der, rsa_key
    from tests.world import World

    from kiban.terminals.card.verify import Answer, verify

    authority, key = auth_authority(), rsa_key("card")
    (folder / "ca.pem").write_bytes(authority.pem())
    (folder / "list.crl").write_bytes(authority.crl(list(range(1, 1000))).public_bytes(serialization.Encoding.DER))
    settings.CARD_ANCHORS, settings.CARD_REVOCATION = str(folder / "ca.pem"), f"crl:{folder / 'list.crl'}"
    certificate = authority.issue(key.public_key())
    actor = cast.build(World()).manager
    browser = cast.browser(actor)
    here = {"session": actor.session, "terminal": actor.fingerprint, "origin": ORIGIN}

    def signed() -> Answer:
        text = browser.post("/card/challenge/").json()["challenge"]
        return Answer(text, key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()), der(certificate))

    answers = [signed() for _ in range(rounds)]
    left = iter(answers)
    one = answers[0]

    def request() -> None:
        answer = next(left)
        body = {
            "challenge": answer.challenge,
            "signature": base64.b64encode(answer.signature).decode(),
            "certificate": base64.b64encode(answer.certificate).decode(),
        }
        told = browser.post("/card/proof/", json.dumps(body), content_type="application/json").json()
        assert told["code"] == "ok", told["code"]

    def check() -> None:
        assert verify(one, **here).result == "ok"

    def bare() -> None:
        key.public_key().verify(one.signature, one.challenge.encode(), padding.PKCS1v15(), hashes.SHA256())
        certificate.verify_directly_issued_by(authority.certificate)

    found = in_turn({"request": request, "check": check, "bare": bare}, rounds)
    shares = [check / request for check, request in zip(found["check"], found["request"], strict=True)]
    return {
        "name": "check of a card's proof (chain, validity, signature, CRL of 999) / the whole request",
        "ratio": round(statistics.median(shares), 3),
        "goal": f"under {CHECK_GOAL}",
        "measured": {
            "check ms": ms(found["check"]),
            "two bare RSA verifications ms": ms(found["bare"]),
            "request ms": ms(found["request"]),
            "rounds": rounds,
        },
    }


def in_turn(jobs: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of every job in every round; every other round backwards, one round before anything counts."""
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds):
        for name, job in list(jobs.items())[:: 1 if number % 2 else -1]:
            begun = time.perf_counter()
            job()
            found[name].append(time.perf_counter() - begun)
    return {name: seconds[1:] for name, seconds in found.items()}


def ms(seconds: list[float]) -> float:
    """The median in milliseconds."""
    return round(statistics.median(seconds) * 1000, 2)


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), ensure_ascii=False))
