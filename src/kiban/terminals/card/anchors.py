"""Which authorities' cards are believed: the certificates in ``settings.CARD_ANCHORS`` (a file or a folder)."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings

from kiban.ops import reasons
from kiban.terminals.card.results import RefusedError, Result
from kiban.terminals.card.signatures import STRONG_HASHES

ENDINGS = {".pem", ".crt", ".cer", ".der"}


class AnchorError(ValueError):
    """The setting cannot be used; why, for the operator."""


def load() -> list[x509.Certificate]:
    """The authorities trusted; none when the setting is empty.

    Raises:
        AnchorError: the place does not exist, holds no certificate, or something there is no certificate.
    """
    if not settings.CARD_ANCHORS:
        return []
    place = Path(settings.CARD_ANCHORS)
    try:
        paths = sorted(path for path in place.iterdir() if path.suffix in ENDINGS) if place.is_dir() else [place]
        certificates = [certificate for path in paths for certificate in _read(path)]
    except OSError as error:
        raise AnchorError(f"{place} を読めません({reasons.of(error)})") from error
    if not certificates:
        raise AnchorError(f"{place} に証明書がありません")
    return certificates


def issuer_of(certificate: x509.Certificate, anchors: list[x509.Certificate]) -> x509.Certificate:
    """The anchor that signed a certificate. Raises RefusedError(ISSUER_UNKNOWN).

    The authority for 利用者証明 signs the cards itself, so there is nothing between a card and an anchor.
    """
    for anchor in anchors:
        try:
            certificate.verify_directly_issued_by(anchor)
        except (ValueError, TypeError, InvalidSignature):
            continue
        if isinstance(certificate.signature_hash_algorithm, STRONG_HASHES) and may_issue(anchor):
            return anchor
    raise RefusedError(Result.ISSUER_UNKNOWN)


def may_issue(anchor: x509.Certificate) -> bool:
    """Whether a certificate says of itself that it is an authority's."""
    try:
        constraints = anchor.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = anchor.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return constraints.ca and usage.key_cert_sign


def _read(path: Path) -> list[x509.Certificate]:
    content = path.read_bytes()
    try:
        if b"-----BEGIN CERTIFICATE-----" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise AnchorError(f"{path} は証明書ではありません") from error
