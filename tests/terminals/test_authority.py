"""The authority's files and certificates, checked with openssl as well."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kiban.terminals import authority
from kiban.terminals.authority import RequestFault
from tests import requirements


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    authority.ensure(["localhost", "127.0.0.1"])
    return authority.folder()


def openssl(*arguments: str | Path) -> tuple[bool, str]:
    done = subprocess.run(
        [requirements.program("openssl"), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


def written(certificate: x509.Certificate, path: Path) -> Path:
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return path


def request_for(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.PEM)


def test_once_made_nothing_is_made_again(folder):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert authority.ensure(["localhost", "127.0.0.1"]) == []
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*-key.pem")} == {0o600}


def test_the_servers_certificate_is_made_anew_for_a_new_name():
    assert authority.ensure(["localhost", "kiban.example.jp"]) == ["サーバ証明書"]
    assert authority.ensure(["localhost"]) == []  # one name fewer needs no new one


def test_a_certificate_about_to_end_is_renewed(monkeypatch):
    monkeypatch.setattr(authority, "SERVER_DAYS", authority.SERVER_RENEW_DAYS - 1)
    authority.ensure(["short.example.jp"])
    monkeypatch.setattr(authority, "SERVER_DAYS", 397)
    assert authority.ensure(["short.example.jp"]) == ["サーバ証明書"]
    assert authority.ensure(["short.example.jp"]) == []


@pytest.mark.outside
def test_each_root_signs_its_own_kind_only(tmp_path):
    terminal = written(authority.issue("1379900001", 7).certificate, tmp_path / "terminal.pem")
    server, _ = authority.server_paths()
    client_root, server_root = authority.client_root_path(), authority.server_root_path()
    assert openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", client_root, terminal)[0]
    assert openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", server_root, server)[0]
    assert not openssl("verify", "-purpose", "sslclient", "-CAfile", server_root, terminal)[0]
    assert not openssl("verify", "-purpose", "sslserver", "-CAfile", client_root, terminal)[0]


def test_a_terminals_certificate_holds_three_years_and_names_no_person():
    certificate = authority.issue("1379900001", 7).certificate
    lasts = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert dt.timedelta(days=3 * 365) <= lasts < dt.timedelta(days=3 * 365 + 1)
    assert certificate.subject.rfc4514_string() == "CN=terminal-7,O=1379900001,C=JP"


def test_of_a_request_only_the_key_is_taken():
    key = rsa.generate_private_key(65537, 2048)
    signed = authority.sign_request(request_for(key), "1379900001", 9)
    assert signed.public_key() == key.public_key()
    assert signed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        (rsa.generate_private_key(65537, 1024), RequestFault.WEAK_KEY),  # noqa: S505 - that is the point
        (ec.generate_private_key(ec.SECP224R1()), RequestFault.WEAK_KEY),
        (ed25519.Ed25519PrivateKey.generate(), RequestFault.OTHER_ALGORITHM),
    ],
    ids=["RSA 1024", "P-224", "Ed25519"],
)
def test_weak_and_unusual_keys_are_not_signed(key, fault):
    with pytest.raises(authority.RequestError) as raised:
        authority.sign_request(request_for(key), "1379900001", 9)
    assert raised.value.fault is fault


def test_a_request_may_be_der():
    key = ec.generate_private_key(ec.SECP256R1())
    der = x509.load_pem_x509_csr(request_for(key)).public_bytes(Encoding.DER)
    assert authority.sign_request(der, "1379900001", 9).public_key() == key.public_key()


def test_what_is_no_request_is_told_apart():
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue("1379900001", 7).certificate
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    altered = bytearray(x509.load_pem_x509_csr(request_for(key)).public_bytes(Encoding.DER))
    altered[-1] ^= 1
    for content, fault in (
        (b"", RequestFault.NOT_A_REQUEST),
        (b"MZ\x90\x00", RequestFault.NOT_A_REQUEST),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", RequestFault.NOT_A_REQUEST),
        (certificate.public_bytes(Encoding.PEM), RequestFault.A_CERTIFICATE),
        (certificate.public_bytes(Encoding.DER), RequestFault.A_CERTIFICATE),
        (private, RequestFault.A_KEY),
        (bytes(altered), RequestFault.BAD_SIGNATURE),
    ):
        with pytest.raises(authority.RequestError) as raised:
            authority.sign_request(content, "1379900001", 9)
        assert raised.value.fault is fault


@pytest.mark.outside
def test_the_list_of_revoked_certificates_is_one_openssl_reads(tmp_path):
    issued = authority.issue("1379900001", 7).certificate
    terminal = written(issued, tmp_path / "terminal.pem")
    check = (
        "verify",
        "-crl_check",
        "-CRLfile",
        authority.crl_path(),
        "-CAfile",
        authority.client_root_path(),
        terminal,
    )
    assert openssl(*check)[0]
    serial = f"{issued.serial_number:x}"
    assert not authority.crl_holds({serial})
    authority.write_crl([(serial, dt.datetime.now(dt.UTC))])
    assert authority.crl_holds({serial})
    passed, said = openssl(*check)
    assert (passed, "certificate revoked" in said) == (False, True)


def test_a_list_about_to_end_or_missing_is_not_current(monkeypatch):
    monkeypatch.setattr(authority, "CRL_DAYS", authority.CRL_RENEW_DAYS - 1)
    authority.write_crl([])
    assert not authority.crl_holds(set())
    authority.crl_path().unlink()
    assert not authority.crl_holds(set())
