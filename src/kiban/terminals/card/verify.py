"""Whether a card's answer proves what it says: challenge, chain, validity, purpose, signature, revocation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509

from kiban.terminals.card import anchors, challenge, revocation, signatures
from kiban.terminals.card.results import RefusedError, Result

# RFC 5280: a critical extension one does not understand means: do not use the certificate.
UNDERSTOOD = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.CertificatePolicies,
    x509.SubjectAlternativeName,
)


@dataclass(frozen=True)
class Answer:
    """What the page sends: the challenge that was signed, the signature, and the card's certificate (DER)."""

    challenge: str
    signature: bytes
    certificate: bytes


@dataclass(frozen=True)
class Proof:
    """How the check ended. Only with ``OK`` the rest is filled in.

    Attributes:
        nonce: names this proof; to be used once.
        issuer: name of the authority (RFC 4514). serial: serial number of the certificate (hexadecimal).
        revocation_checked: ``False`` only where the operator switched the check off.
    """

    result: Result
    nonce: str = ""
    issuer: str = ""
    serial: str = ""
    revocation_checked: bool = False


def verify(answer: Answer, *, session: str, terminal: str, origin: str) -> Proof:
    """Check a card's answer against the session, terminal and origin it has to be for (see ``challenge.issue``)."""
    try:
        nonce = challenge.check(answer.challenge, session=session, terminal=terminal, origin=origin)
        certificate = _read(answer.certificate)
        issuer = anchors.issuer_of(certificate, _trusted())
        _valid_today(certificate, issuer)
        _for_authentication(certificate)
        _signed(answer, certificate)
        checked = revocation.check(certificate, issuer)
    except RefusedError as refused:
        return Proof(refused.result)
    return Proof(
        Result.OK,
        nonce=nonce,
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        revocation_checked=checked,
    )


def _trusted() -> list[x509.Certificate]:
    try:
        trusted = anchors.load()
    except anchors.AnchorError:
        trusted = []
    if not trusted:
        raise RefusedError(Result.NOT_SET_UP)
    return trusted


def _read(der: bytes) -> x509.Certificate:
    """The certificate, after everything in it that is looked at later could be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.public_key()
        list(certificate.extensions)
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType, x509.DuplicateExtension):
        raise RefusedError(Result.MALFORMED) from None
    return certificate


def _valid_today(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    now = dt.datetime.now(dt.UTC)
    if now < certificate.not_valid_before_utc:
        raise RefusedError(Result.NOT_YET_VALID)
    if now > certificate.not_valid_after_utc:
        raise RefusedError(Result.EXPIRED)
    if not issuer.not_valid_before_utc <= now <= issuer.not_valid_after_utc:
        raise RefusedError(Result.ISSUER_UNKNOWN)


def _for_authentication(certificate: x509.Certificate) -> None:
    """An end certificate for digitalSignature alone: the one for 署名, which carries a name, has nonRepudiation."""
    extensions = {type(extension.value): extension for extension in certificate.extensions}
    strange = [kind for kind, extension in extensions.items() if extension.critical and kind not in UNDERSTOOD]
    usage = extensions[x509.KeyUsage].value if x509.KeyUsage in extensions else None
    constraints = extensions[x509.BasicConstraints].value if x509.BasicConstraints in extensions else None
    if (
        strange
        or not isinstance(usage, x509.KeyUsage)
        or not usage.digital_signature
        or usage.content_commitment
        or (isinstance(constraints, x509.BasicConstraints) and constraints.ca)
    ):
        raise RefusedError(Result.NOT_FOR_AUTHENTICATION)


def _signed(answer: Answer, certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if not signatures.supported(key):
        raise RefusedError(Result.KEY_UNSUPPORTED)
    if not signatures.good(key, answer.signature, answer.challenge.encode()):
        raise RefusedError(Result.SIGNATURE_WRONG)
