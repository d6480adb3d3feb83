"""What the platform believes of a card's answer, with every kind of counterfeit; the card here is a key in memory."""

from __future__ import annotations

import datetime as dt
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from kiban.ops.room import State
from kiban.terminals.card import anchors, challenge, health
from kiban.terminals.card.results import MESSAGES, Result
from kiban.terminals.card.verify import Answer, Proof, verify
from tests.card.authorities import Authority, PrivateKey, auth_authority, der, now, rsa_key, signature_authority

ORIGIN = "https://kaigo.example.jp"
HERE = {"session": "a session", "terminal": "ab" * 32, "origin": ORIGIN}


@pytest.fixture(autouse=True)
def trust(settings, tmp_path: Path) -> Path:
    """The tests' authority is the one that is believed; revocation is not asked for."""
    folder = tmp_path / "anchors"
    folder.mkdir()
    (folder / "ca.pem").write_bytes(auth_authority().pem())
    settings.CARD_ANCHORS, settings.CARD_REVOCATION = str(folder), "off"
    return folder


def signed(text: str, key: PrivateKey, certificate: x509.Certificate) -> Answer:
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    return Answer(text, signature, der(certificate))


def card(authority: Authority | None = None, key: PrivateKey | None = None, **more: object) -> Callable[[str], Answer]:
    """Signs a text as a card with a certificate of this kind would."""
    key = key or rsa_key("card")
    certificate = (authority or auth_authority()).issue(key.public_key(), **more)  # type: ignore[arg-type]
    return lambda text: signed(text, key, certificate)


def shown(by: Callable[[str], Answer], **elsewhere: str) -> Proof:
    """What is made of a card's answer to a challenge for here, shown here or elsewhere."""
    return verify(by(challenge.issue(**HERE)), **{**HERE, **elsewhere})


def test_a_good_card_is_named_by_issuer_and_serial():
    proof = shown(card(serial=0xABC123))
    assert proof.result is Result.OK
    assert (proof.serial, proof.revocation_checked) == ("abc123", False)
    assert proof.issuer == auth_authority().certificate.subject.rfc4514_string()
    assert len(proof.nonce) == 64  # as long as the column it becomes the key of


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_another_kind_of_key_is_a_matter_of_the_certificate(curve):
    assert shown(card(key=ec.generate_private_key(curve))).result is Result.OK


@pytest.mark.parametrize(
    "key", [functools.partial(rsa_key, "weak", 1024), lambda: ec.generate_private_key(ec.SECP224R1())]
)
def test_a_weak_key_is_not_taken(key):
    assert shown(card(key=key())).result is Result.KEY_UNSUPPORTED


@pytest.mark.parametrize(
    "elsewhere", [{"session": "another"}, {"terminal": "cd" * 32}, {"origin": "https://kaigo.example.com"}]
)
def test_a_challenge_of_another_session_terminal_or_site(elsewhere):
    assert shown(card(), **elsewhere).result is Result.CHALLENGE_FOREIGN


def test_an_old_challenge(monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(challenge.time, "time", lambda: now().timestamp() - challenge.LASTS - 2)
        text = challenge.issue(**HERE)
    assert verify(card()(text), **HERE).result is Result.CHALLENGE_OLD


@pytest.mark.parametrize("change", ["made", "digits", "nonce", "purpose", "more", "none"])
def test_a_challenge_we_did_not_make(change):
    purpose, origin, made, nonce = challenge.issue(**HERE).split(" ")
    text = {
        "made": f"{purpose} {origin} {int(made) + 60} {nonce}",
        "digits": f"{purpose} {origin} {made.translate(str.maketrans('0123456789', '０１２３４５６７８９'))} {nonce}",
        "nonce": f"{purpose} {origin} {made} {'A' * 64}",
        "purpose": f"kiban-card/2 {origin} {made} {nonce}",
        "more": f"{purpose} {origin} {made} {nonce}\n",
        "none": "",
    }[change]
    assert verify(card()(text), **HERE).result is Result.CHALLENGE_FOREIGN


def test_a_signature_over_something_else():
    text, other = challenge.issue(**HERE), challenge.issue(**HERE)
    by = card()
    assert verify(Answer(text, by(other).signature, by(text).certificate), **HERE).result is Result.SIGNATURE_WRONG
    assert verify(Answer(text, b"", by(text).certificate), **HERE).result is Result.SIGNATURE_WRONG


def test_a_certificate_without_its_key():
    """Anybody can read the certificate from a card; it proves nothing alone."""
    text = challenge.issue(**HERE)
    stolen = card()(text).certificate
    assert verify(Answer(text, card(key=rsa_key("thief"))(text).signature, stolen), **HERE).result is (
        Result.SIGNATURE_WRONG
    )


def test_a_foreign_authority_with_the_same_names():
    assert shown(card(Authority.make())).result is Result.ISSUER_UNKNOWN
    assert shown(card(signature_authority(), for_signatures=True)).result is Result.ISSUER_UNKNOWN


def test_a_certificate_that_certifies_itself():
    key = rsa_key("card")
    assert shown(card(Authority.make(key=key), key=key)).result is Result.ISSUER_UNKNOWN


def test_a_card_that_plays_authority():
    """Signed by a good card's key, in the name of that card."""
    key = rsa_key("card")
    false_authority = Authority(key, auth_authority().issue(key.public_key()))
    assert shown(card(false_authority, key=rsa_key("second"))).result is Result.ISSUER_UNKNOWN


def test_no_authority_by_its_own_words(trust):
    key = rsa_key("not a CA")
    no_authority = Authority.make(key=key, is_ca=False)
    (trust / "not-a-ca.pem").write_bytes(no_authority.pem())
    assert shown(card(no_authority)).result is Result.ISSUER_UNKNOWN


def test_several_authorities_with_one_name(trust):
    """As with the real ones of 2015 and 2023: the key decides; one that has ended is no longer believed."""
    second, ended = Authority.make(), Authority.make(not_after=now() - dt.timedelta(days=1))
    (trust / "second.pem").write_bytes(second.pem())
    (trust / "ended.cer").write_bytes(der(ended.certificate))
    assert shown(card(second)).result is shown(card()).result is Result.OK
    assert shown(card(ended)).result is Result.ISSUER_UNKNOWN


def test_outside_its_time():
    day = dt.timedelta(days=1)
    assert shown(card(not_before=now() - 9 * day, not_after=now() - day)).result is Result.EXPIRED
    assert shown(card(not_before=now() + day)).result is Result.NOT_YET_VALID


@pytest.mark.parametrize("more", [{"for_signatures": True}, {"is_ca": True}])
def test_not_the_certificate_for_authentication(more):
    """Also of a believed authority, what is for 署名 (it carries a name) or for issuing is not taken."""
    assert shown(card(**more)).result is Result.NOT_FOR_AUTHENTICATION


@pytest.mark.parametrize("certificate", [b"", b"\x30\x03\x02\x01\x01", b"no certificate"])
def test_no_certificate_at_all(certificate):
    text = challenge.issue(**HERE)
    assert verify(Answer(text, b"x", certificate), **HERE).result is Result.MALFORMED


def test_nothing_is_believed_where_nothing_is_set_up(settings, tmp_path):
    settings.CARD_ANCHORS = ""
    assert shown(card()).result is Result.NOT_SET_UP
    settings.CARD_ANCHORS = str(tmp_path / "none.pem")
    assert shown(card()).result is Result.NOT_SET_UP


def test_every_result_has_a_sentence():
    assert set(MESSAGES) == set(Result)


# Revocation


def lists(folder: Path, *found: x509.CertificateRevocationList) -> str:
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(found):
        (folder / f"{number}.crl").write_bytes(one.public_bytes(serialization.Encoding.DER))
    return f"crl:{folder}"


def test_a_list_says_who_is_revoked(settings, tmp_path):
    settings.CARD_REVOCATION = lists(tmp_path / "lists", auth_authority().crl([77]))
    assert shown(card(serial=77)).result is Result.REVOKED
    good = shown(card(serial=78))
    assert (good.result, good.revocation_checked) == (Result.OK, True)


def test_a_list_as_pem_file(settings, tmp_path):
    path = tmp_path / "list.pem"
    path.write_bytes(auth_authority().crl([77]).public_bytes(serialization.Encoding.PEM))
    settings.CARD_REVOCATION = f"crl:{path}"
    assert shown(card(serial=77)).result is Result.REVOKED


def test_the_right_one_of_several_lists(settings, tmp_path):
    other = Authority.make()
    settings.CARD_REVOCATION = lists(tmp_path / "lists", other.crl([78]), auth_authority().crl([77]))
    assert shown(card(serial=77)).result is Result.REVOKED
    assert shown(card(serial=78)).result is Result.OK


@pytest.mark.parametrize("why", ["outdated", "not yet", "of another", "no list", "no file"])
def test_a_list_that_does_not_hold_refuses_the_card(settings, tmp_path, why):
    hour = dt.timedelta(hours=1)
    authority = auth_authority()
    settings.CARD_REVOCATION = lists(
        tmp_path / "lists",
        *{
            "outdated": [authority.crl([], last=now() - 9 * hour, until=now() - hour)],
            "not yet": [authority.crl([], last=now() + hour)],
            "of another": [Authority.make().crl([])],
        }.get(why, []),
    )
    if why == "no list":
        (tmp_path / "lists" / "x").write_bytes(b"no list")
    if why == "no file":
        settings.CARD_REVOCATION = f"crl:{tmp_path / 'nowhere'}"
    assert shown(card()).result is Result.REVOCATION_UNKNOWN


def part(name: str | None, **more: bool) -> x509.IssuingDistributionPoint:
    """What makes a list one part of a divided one."""
    no = dict.fromkeys(("only_contains_user_certs", "only_contains_ca_certs", "only_contains_attribute_certs"), False)
    full = [x509.UniformResourceIdentifier(name)] if name else None
    values = {**no, "only_some_reasons": None, "indirect_crl": False, "full_name": full, "relative_name": None, **more}
    return x509.IssuingDistributionPoint(**values)


def naming(name: str) -> dict[x509.ExtensionType, bool]:
    """What makes a certificate name its part."""
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(name)], None, None, None)
    return {x509.CRLDistributionPoints([point]): False}


def test_a_divided_list_speaks_only_for_its_part(settings, tmp_path):
    listed = auth_authority().crl([77], more=part("http://a.example/1"))
    settings.CARD_REVOCATION = lists(tmp_path / "lists", listed)
    assert shown(card(serial=77, more=naming("http://a.example/1"))).result is Result.REVOKED
    assert shown(card(serial=78, more=naming("http://a.example/1"))).result is Result.OK
    assert shown(card(serial=78, more=naming("http://a.example/2"))).result is Result.REVOCATION_UNKNOWN
    assert shown(card(serial=78)).result is Result.REVOCATION_UNKNOWN


@pytest.mark.parametrize(
    "more",
    [
        part(None, only_contains_ca_certs=True),
        part("http://a.example/1", indirect_crl=True),
        x509.DeltaCRLIndicator(1),
    ],
    ids=["of authorities", "indirect", "changes only"],
)
def test_a_list_that_does_not_speak_for_all_refuses_the_card(settings, tmp_path, more):
    settings.CARD_REVOCATION = lists(tmp_path / "lists", auth_authority().crl([], more=more))
    assert shown(card(more=naming("http://a.example/1"))).result is Result.REVOCATION_UNKNOWN


def test_a_critical_extension_nobody_understands():
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.392.999.1"), b"\x05\x00")
    assert shown(card(more={strange: True})).result is Result.NOT_FOR_AUTHENTICATION
    assert shown(card(more={strange: False})).result is Result.OK


@contextmanager
def responder(answer: Callable[[bytes], bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """A server on loopback that answers GET and POST; its address and the bodies it was sent."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            body = answer(asked[-1])
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_list_from_an_address_is_kept_for_a_while(settings):
    content = auth_authority().crl([77]).public_bytes(serialization.Encoding.DER)
    with responder(lambda _: content) as (address, asked):
        settings.CARD_REVOCATION = f"crl:{address}"
        assert shown(card(serial=77)).result is Result.REVOKED
        assert shown(card(serial=78)).result is Result.OK
    assert len(asked) == 1


def test_the_responder_is_asked(settings):
    with responder(functools.partial(auth_authority().ocsp, revoked=[77], unknown=[79])) as (address, asked):
        settings.CARD_REVOCATION = f"ocsp:{address}"
        assert shown(card(serial=77)).result is Result.REVOKED
        good = shown(card(serial=78))
        assert (good.result, good.revocation_checked) == (Result.OK, True)
        assert shown(card(serial=79)).result is Result.REVOCATION_UNKNOWN
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("usage", "of", "result"),
    [
        (ExtendedKeyUsageOID.OCSP_SIGNING, auth_authority, Result.OK),
        (ExtendedKeyUsageOID.CLIENT_AUTH, auth_authority, Result.REVOCATION_UNKNOWN),
        (ExtendedKeyUsageOID.OCSP_SIGNING, signature_authority, Result.REVOCATION_UNKNOWN),
    ],
    ids=["certified for it", "certified for something else", "certified by another"],
)
def test_a_responder_of_its_own(settings, usage, of, result):
    key = rsa_key("responder")
    own = Authority(key, of().issue(key.public_key(), more={x509.ExtendedKeyUsage([usage]): False}))
    with responder(functools.partial(auth_authority().ocsp, revoked=[77], responder=own)) as (address, _):
        settings.CARD_REVOCATION = f"ocsp:{address}"
        assert shown(card(serial=78)).result is result


@pytest.mark.parametrize("why", ["old", "another's nonce", "of another", "nonsense", "about another", "nobody"])
def test_an_answer_that_does_not_hold_refuses_the_card(settings, why):
    authority = auth_authority()
    kept: list[bytes] = []

    def about_another(request: bytes) -> bytes:
        """The answer to the first question, with the nonce of this one."""
        kept.append(request)
        nonce = ocsp.load_der_ocsp_request(request).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        return authority.ocsp(kept[0], revoked=[], nonce=nonce)

    answer = {
        "old": functools.partial(authority.ocsp, revoked=[], until=now() - dt.timedelta(minutes=1)),
        "another's nonce": functools.partial(authority.ocsp, revoked=[], nonce=b"x" * 16),
        "of another": functools.partial(Authority.make().ocsp, revoked=[]),
        "nonsense": lambda _: b"nonsense",
        "about another": about_another,
        "nobody": lambda _: b"",
    }[why]
    with responder(answer) as (address, _):
        settings.CARD_REVOCATION = f"ocsp:{address}"
        if why == "about another":
            assert shown(card(serial=78)).result is Result.OK
        if why != "nobody":
            assert shown(card(serial=77)).result is Result.REVOCATION_UNKNOWN
    assert shown(card(serial=77)).result is Result.REVOCATION_UNKNOWN  # and when nobody listens any more


@pytest.mark.parametrize("setting", ["", "on", "crl:", "ocsp:", "ocsp:/a/file", "off:x", "crl"])
def test_a_setting_nobody_understands_lets_no_card_through(settings, setting):
    settings.CARD_REVOCATION = setting
    assert shown(card()).result is Result.REVOCATION_UNKNOWN
    assert State.BAD in {finding.state for finding in health.health()}


def test_the_doctor_warns_of_what_is_off(settings, tmp_path, trust):
    (finding,) = [found for found in health.health() if found.state is State.CAUTION]
    assert "失効を確認していません" in finding.what
    settings.CARD_REVOCATION = f"crl:{tmp_path}"
    assert {found.state for found in health.health()} == {State.OK}
    (trust / "bad.pem").write_bytes(b"no certificate")
    assert {found.state for found in health.health()} == {State.BAD}
    with pytest.raises(anchors.AnchorError):
        anchors.load()
    settings.CARD_ANCHORS = ""
    assert {found.state for found in health.health()} == {State.OK}
