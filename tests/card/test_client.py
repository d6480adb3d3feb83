"""The client through its front door: HTTP on loopback in, the real PC/SC and OpenSC, an emulated card at the end."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.card.emulator import AUTH_CERTIFICATE, PERSONAL_APPLICATIONS, SIGNATURE_CERTIFICATE, EmulatedCard
from tests.card.reader import VirtualReader, virtual_reader
from tests.card.terminal import Client, card_client

pytestmark = pytest.mark.outside
ORIGIN = "https://kaigo.example.jp"


@pytest.fixture(scope="module")
def reader() -> Iterator[VirtualReader]:
    with virtual_reader() as found:
        yield found


@pytest.fixture(scope="module")
def client(reader: VirtualReader) -> Iterator[Client]:
    with card_client(ORIGIN) as started:
        yield started


def challenge(*, origin: str = ORIGIN, made: float = 0) -> str:
    """One that is worth signing, or of another site, or of another time (seconds from now)."""
    return f"kiban-card/1 {origin} {int(time.time() + made)} {secrets.token_urlsafe(48)}"


def test_a_challenge_is_signed_with_the_right_pin(client, reader):
    with reader.card(EmulatedCard.make()) as card:
        state = client.state()
        assert (state["code"], state["tries_left"], state["card"]) == ("ready", 3, "my_number")
        assert state["key_type"] == "RSA-2048"
        text = challenge()
        told = client.sign(text)
    assert told["code"] == "signed"
    certificate = x509.load_der_x509_certificate(base64.b64decode(told["certificate"]))
    assert certificate == card.certificate
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(told["signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert "1234" not in json.dumps(told)


def test_nothing_personal_is_touched(client, reader):
    with reader.card(EmulatedCard.make()) as card:
        client.state()
        assert client.sign(challenge())["code"] == "signed"
    assert not [name for name in card.selected if any(personal in name for personal in PERSONAL_APPLICATIONS)]
    assert any(AUTH_CERTIFICATE in name for name in card.read)
    assert not [name for name in card.read if name.endswith(SIGNATURE_CERTIFICATE)]  # it has name and address


def test_wrong_pin_counts_down_and_says_so(client, reader):
    with reader.card(EmulatedCard.make()) as card:
        told = client.sign(challenge(), "9999")
        assert (told["code"], told["tries_left"]) == ("wrong_pin", 2)
        assert "あと2回" in told["message"]
        assert client.state()["tries_left"] == 2
        assert client.sign(challenge())["code"] == "signed"
        assert client.state()["tries_left"] == card.tries_left == 3


def test_the_last_try_needs_a_word(client, reader):
    with reader.card(EmulatedCard.make(tries=1)) as card:
        assert client.state()["code"] == "last_try"
        told = client.sign(challenge(), "9999")
        assert (told["code"], told["tries_left"]) == ("last_try", 1)
        assert card.pin_tries_seen == 0
        assert client.sign(challenge(), "1234", confirm_last_try=True)["code"] == "signed"


@pytest.mark.parametrize("answer", ["63C0", "6983", "6984"])
def test_locked_is_told_alike_whatever_the_card_says(client, reader, answer):
    with reader.card(EmulatedCard.make(tries=1, locked_answer=answer)) as card:
        by_this_try = client.sign(challenge(), "9999", confirm_last_try=True)
        before = card.pin_tries_seen
        later = client.sign(challenge(), "1234", confirm_last_try=True)
        assert client.state()["code"] == "pin_locked"
    assert by_this_try == later
    assert (later["code"], later["tries_left"]) == ("pin_locked", 0)
    assert before == card.pin_tries_seen == 1  # a locked card is not asked again


@pytest.mark.parametrize("answer", ["6983", "6984"])
def test_locked_is_told_alike_by_a_card_that_does_not_count(client, reader, answer):
    """One that has no number for the question how many tries are left, which OpenSC takes for another card."""
    with reader.card(EmulatedCard.make(tries=0, locked_query=answer, locked_answer=answer)) as card:
        state, told = client.state(), client.sign(challenge())
    assert (state["code"], state["card"], told["code"]) == ("pin_locked", "my_number", "pin_locked")
    assert state["message"] == told["message"]
    assert card.pin_tries_seen == 0


@pytest.mark.parametrize("pin", ["", "123", "12345", "abcd", "１２３４", "12 4"])
def test_what_is_no_pin_never_reaches_the_card(client, reader, pin):
    with reader.card(EmulatedCard.make()) as card:
        assert client.sign(challenge(), pin)["code"] == "pin_not_four_digits"
    assert card.pin_tries_seen == 0


def test_no_card_and_another_card(client, reader):
    assert client.state()["code"] == client.sign(challenge())["code"] == "no_card"
    with reader.card(EmulatedCard.make(my_number_card=False)):
        assert client.state()["code"] == client.sign(challenge())["code"] == "other_card"


@pytest.mark.parametrize("command", ["00200080", "802A0080"])
def test_a_card_pulled_while_signing(client, reader, command):
    """Taken out at the PIN, and at the signature."""

    def at(card: EmulatedCard, sent: bytes) -> bool:
        return sent[:4].hex().upper() == command and len(sent) > 5

    with reader.card(EmulatedCard.make(pull_when=at)) as card:
        told = client.sign(challenge())
    assert told["code"] in ("card_removed", "card_error")
    assert "もう一度" in told["message"]
    assert card.signatures == 0
    with reader.card(EmulatedCard.make()):  # and it goes on
        assert client.sign(challenge())["code"] == "signed"


def test_a_challenge_is_signed_once(client, reader):
    with reader.card(EmulatedCard.make()) as card:
        text = challenge()
        assert client.sign(text, "9999")["code"] == "wrong_pin"  # not signed, so not used up
        assert client.sign(text)["code"] == "signed"
        assert client.sign(text)["code"] == "challenge_used"
    assert card.signatures == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (challenge(origin="https://elsewhere.example"), "challenge_of_other_site"),
        (challenge(origin=f"{ORIGIN}.evil.example"), "challenge_of_other_site"),
        (challenge(made=-3600), "challenge_not_fresh"),
        (challenge(made=3600), "challenge_not_fresh"),
        (challenge() + "\n", "challenge_malformed"),
        (challenge()[:-1], "challenge_malformed"),
        (challenge().translate(str.maketrans("0123456789", "０１２３４５６７８９")), "challenge_malformed"),
        ("", "challenge_malformed"),
        ("I owe you 1,000,000 yen", "challenge_malformed"),
    ],
)
def test_what_is_not_worth_signing(client, reader, text, code):
    with reader.card(EmulatedCard.make()) as card:
        assert client.sign(text)["code"] == code
    assert card.pin_tries_seen == card.signatures == 0


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": f"{ORIGIN}.evil.example"},
        {"Origin": f"{ORIGIN}:443"},
        {"Origin": ORIGIN.upper()},
        {"Origin": "null"},
        {"Origin": ""},
        {"Host": "localhost"},
        {"Host": "kaigo.example.jp"},
        {"Host": "127.0.0.1"},
        {"Host": ""},
    ],
)
def test_another_site_is_told_nothing(client, method, headers):
    """A foreign page, a name pointed at 127.0.0.1, a program without manners."""
    status, answered, body = client.request(method, "/state", b"{}", **headers)
    assert status == 403
    assert json.loads(body)["code"] == "forbidden"
    assert not [name for name in answered if name.lower().startswith("access-control-")]


def test_the_browsers_question_is_answered_for_the_platform_only(client):
    asked = {
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "content-type",
        "Access_Control_Request_Private_Network": "true",
    }
    status, answered, _ = client.request("OPTIONS", "/sign", **asked)
    assert status == 204
    assert answered["Access-Control-Allow-Origin"] == ORIGIN
    assert answered["Access-Control-Allow-Private-Network"] == "true"
    assert client.request("OPTIONS", "/", **asked)[0] == 403


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/state", b"{}", {"Content_Type": "text/plain"}, 400),
        ("/state", b"", {}, 400),
        ("/state", b"[]", {}, 400),
        ("/state", b"[" * 4000, {}, 400),
        ("/state", b"{", {}, 400),
        ("/state", b" " * 5000 + b"{}", {}, 400),
        ("/sign", b'{"challenge": 1, "pin": "1234"}', {}, 400),
        ("/sign", b'{"challenge": "x"}', {}, 400),
        ("/sign", b'{"challenge": "x", "pin": "1234", "confirm_last_try": 1}', {}, 400),
        ("/name", b"{}", {}, 404),
    ],
)
def test_nonsense_is_told_apart_from_work(client, path, body, headers, status):
    assert client.request("POST", path, body, **headers)[0] == status
    assert client.request("GET", path)[0] == 403


def test_it_listens_on_loopback_only(client):
    listening = {
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{client.port:04X}")
    }
    assert listening == {f"0100007F:{client.port:04X}"}


def test_the_pin_is_neither_in_a_file_nor_seen_by_others(client, reader):
    """While the card makes the signature, its process is looked at as any account of the machine could."""
    arguments: list[str] = []
    environment: set[str] = set()

    def look(_: EmulatedCard, sent: bytes) -> bool:
        if sent[:4].hex().upper() == "802A0080":
            (child,) = _children(client.process.pid)
            arguments.extend(Path(f"/proc/{child}/cmdline").read_text().split("\0"))
            environment.update(Path(f"/proc/{child}/environ").read_text().split("\0"))
        return False

    own = set(Path(f"/proc/{client.process.pid}/environ").read_text().split("\0"))
    with reader.card(EmulatedCard.make(pin="8351", pull_when=look)):
        assert client.sign(challenge(), "8351")["code"] == "signed"
    assert arguments[1:-1] == ["-P", "-m", "kiban_card.card"]
    added = dict(entry.split("=", 1) for entry in environment - own)
    assert set(added) <= {"OPENSC_CONF", "PYTHONIOENCODING"}
    folder = Path(added["OPENSC_CONF"]).parent
    assert [(path.name, "8351" in path.read_text()) for path in folder.iterdir()] == [("opensc.conf", False)]
    assert folder.stat().st_mode & 0o077 == 0


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for thread in Path(f"/proc/{pid}/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]
