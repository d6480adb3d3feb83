"""A terminal's key and certificate as the PKCS#12 file (.p12) its browser or system takes in.

The usual file is PBES2/AES-256 with a SHA-256 MAC. Some macOS and iOS answer it with "wrong password" though the
password is right; for them there is a file in the older manner, PBES1/3DES with a SHA-1 MAC. What it guards is short
lived and its password is 16 letters of chance, so the weaker manner gives nothing away that matters. It was not tried
on a Mac.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

ROUNDS = 100_000


@dataclass(frozen=True)
class Contents:
    """What goes into the file: the key, its certificate, our roots, and the name a person knows it by."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    roots: Sequence[x509.Certificate]
    name: str


def packed(contents: Contents, password: str) -> bytes:
    """The usual file: Windows 10 1709 and later, current macOS and iPadOS, Firefox."""
    return _packed(contents, password, pkcs12.PBES.PBESv2SHA256AndAES256CBC, hashes.SHA256())


def packed_for_older(contents: Contents, password: str) -> bytes:
    """The file for terminals that do not take the usual one (古い端末用のファイル)."""
    # SHA-1 and 3DES are what old systems know.
    return _packed(contents, password, pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, hashes.SHA1())  # noqa: S303


def _packed(contents: Contents, password: str, manner: pkcs12.PBES, mac: hashes.HashAlgorithm) -> bytes:
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(manner)
        .hmac_hash(mac)
        .build(password.encode())
    )
    return pkcs12.serialize_key_and_certificates(
        contents.name.encode(), contents.key, contents.certificate, list(contents.roots), encryption
    )
