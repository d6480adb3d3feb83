"""Client certificates in states our authority would not issue."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from kiban.terminals import authority
from tests.serving import Card
from tests.world import Actor, World, hours

PASSWORD = b"x"


def made_by(issuer: x509.Certificate | None, key_of_issuer: Any, name: str, *, ends: dt.datetime) -> tuple[bytes, str]:
    """A client certificate made by hand, as PKCS#12, and its fingerprint; self-signed without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - dt.timedelta(days=30))
        .not_valid_after(ends)
        .sign(key_of_issuer or key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(PASSWORD))
    return packed, authority.fingerprint(certificate)


def expired(world: World, actor: Actor, folder: Path) -> Card:
    """The actor's certificate, ended an hour ago, in the ledger as such."""
    root, key = authority._root("client-ca")
    packed, fingerprint = made_by(root, key, "expired", ends=hours(-1).replace(microsecond=0))
    world.run(
        "UPDATE terminals_certificate SET fingerprint = %s, not_after = %s WHERE id = %s",
        fingerprint,
        hours(-1),
        actor.certificate_id,
    )
    folder.mkdir(parents=True, exist_ok=True)
    return Card(packed, PASSWORD.decode(), folder)
