"""The key in a certificate request: strong enough, and of one terminal only."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from kiban.terminals import services
from kiban.terminals.models import Certificate, Terminal
from kiban.terminals.services import TerminalError
from tests import cast
from tests.world import World

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def request_of(key: Key) -> bytes:
    named = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return named.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def terminals():
    world = World()
    town = cast.build(world)
    yield [Terminal.objects.get(pk=actor.terminal_id) for actor in (town.manager, town.administrator, town.elsewhere)]
    world.connection.close()


def test_a_key_of_another_terminal_is_refused(terminals):
    """A copied key would let two machines pass for one another; the list could revoke only one of them."""
    own, neighbour, stranger = terminals
    key = ec.generate_private_key(ec.SECP256R1())
    services.sign_request(own, request_of(key), by="試験")
    for other in (neighbour, stranger):
        with pytest.raises(TerminalError, match="ほかの端末"):
            services.sign_request(other, request_of(key), by="要求")
        assert not Certificate.objects.filter(terminal=other, issued_by="要求").exists()
    again, _ = services.sign_request(own, request_of(key), by="試験")
    assert again.terminal == own, "the same terminal may ask again"


def test_also_when_its_certificate_was_revoked_meanwhile(terminals):
    own, neighbour, _ = terminals
    key = ec.generate_private_key(ec.SECP256R1())
    first, _ = services.sign_request(own, request_of(key), by="試験")
    services.revoke(first, by="試験", reason="紛失")
    with pytest.raises(TerminalError, match="ほかの端末"):
        services.sign_request(neighbour, request_of(key), by="試験")


def test_a_key_that_came_in_a_file_of_ours_is_known_too(terminals):
    own, neighbour, _ = terminals
    made = services.issue_certificate(own, by="試験")
    key = pkcs12.load_pkcs12(made.pkcs12, made.password.encode()).key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    with pytest.raises(TerminalError, match="ほかの端末"):
        services.sign_request(neighbour, request_of(key), by="試験")


def test_an_rsa_key_with_a_small_exponent_is_refused(terminals):
    with pytest.raises(TerminalError, match="65537"):
        services.sign_request(terminals[0], request_of(rsa.generate_private_key(3, 2048)), by="試験")
    services.sign_request(terminals[0], request_of(rsa.generate_private_key(65537, 2048)), by="試験")
