"""Revocation by asking (OCSP, RFC 6960)."""

from __future__ import annotations

import datetime as dt
import secrets

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from kiban.terminals.card import signatures
from kiban.terminals.card.fetch import fetch

SKEW = dt.timedelta(minutes=5)  # a responder's clock may be ahead of ours
WITHOUT_END = dt.timedelta(days=1)  # how long an answer holds that does not say


def revoked(certificate: x509.Certificate, issuer: x509.Certificate, address: str) -> bool:
    """Whether the responder says so.

    Raises:
        ValueError: the answer is not about this certificate, not signed by who may, outdated, or "unknown".
        OSError: no answer.
    """
    nonce = secrets.token_bytes(16)
    # SHA-1 only names the issuer here; it is what every responder understands.
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    body = request.public_bytes(serialization.Encoding.DER)
    answer = ocsp.load_der_ocsp_response(fetch(address, body, "application/ocsp-request"))
    if (
        answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL
        or not _is_about(answer, request)
        or not _is_fresh(answer, nonce)
        or not _is_signed(answer, issuer)
        or answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    ):
        raise ValueError("no answer that holds")
    return answer.certificate_status is ocsp.OCSPCertStatus.REVOKED


def _is_about(answer: ocsp.OCSPResponse, request: ocsp.OCSPRequest) -> bool:
    return (
        answer.serial_number == request.serial_number
        and type(answer.hash_algorithm) is type(request.hash_algorithm)
        and answer.issuer_name_hash == request.issuer_name_hash
        and answer.issuer_key_hash == request.issuer_key_hash
    )


def _is_fresh(answer: ocsp.OCSPResponse, nonce: bytes) -> bool:
    """In force now, and not the answer to another question (responders may leave the nonce out)."""
    now = dt.datetime.now(dt.UTC)
    until = answer.next_update_utc or answer.this_update_utc + WITHOUT_END
    try:
        returned = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        returned = nonce
    return answer.this_update_utc <= now + SKEW and now <= until and returned == nonce


def _is_signed(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """By the issuer itself, or by a responder it has certified for this."""
    signers = [issuer, *(signer for signer in answer.certificates if _may_answer(signer, issuer))]
    return any(
        signatures.good(
            signer.public_key(), answer.signature, answer.tbs_response_bytes, answer.signature_hash_algorithm
        )
        for signer in signers
    )


def _may_answer(responder: x509.Certificate, issuer: x509.Certificate) -> bool:
    now = dt.datetime.now(dt.UTC)
    try:
        responder.verify_directly_issued_by(issuer)
        usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return (
        ExtendedKeyUsageOID.OCSP_SIGNING in usage
        and isinstance(responder.signature_hash_algorithm, signatures.STRONG_HASHES)
        and responder.not_valid_before_utc <= now <= responder.not_valid_after_utc
    )
