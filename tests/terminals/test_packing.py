"""The two files a certificate comes in: the usual one, and the one for terminals that do not take it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from kiban.terminals import authority

PBES2 = bytes.fromhex("2a864886f70d01050d")
TRIPLE_DES = bytes.fromhex("2a864886f70d010c0103")  # pbeWithSHAAnd3-KeyTripleDES-CBC
SHA1, SHA256 = bytes.fromhex("2b0e03021a"), bytes.fromhex("608648016503040201")


@pytest.fixture
def issued(tmp_path, monkeypatch):
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    authority.ensure(["localhost"])
    return authority.issue("1370000010", 1)


def test_the_same_password_opens_both_and_the_same_key_is_in_them(issued):
    usual, older = (pkcs12.load_pkcs12(file, issued.password.encode()) for file in (issued.pkcs12, issued.pkcs12_older))
    assert usual.cert is not None and older.cert is not None
    assert usual.cert.certificate == older.cert.certificate == issued.certificate
    assert len(usual.additional_certs) == len(older.additional_certs) == 2
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(issued.pkcs12_older, b"another")


def test_each_is_of_its_own_kind(issued):
    assert PBES2 in issued.pkcs12 and SHA256 in issued.pkcs12 and TRIPLE_DES not in issued.pkcs12
    assert TRIPLE_DES in issued.pkcs12_older and SHA1 in issued.pkcs12_older and PBES2 not in issued.pkcs12_older
