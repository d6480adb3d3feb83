"""Checking a signature by the kind of key: today's cards have RSA, the next ones may not."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SMALLEST_RSA = 2048  # bits
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
STRONG_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


def supported(key: object) -> bool:
    """RSA of 2048 bits or more, or ECDSA on a NIST curve of 256 bits or more."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= SMALLEST_RSA
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, CURVES)


def good(key: object, signature: bytes, text: bytes, hash_: hashes.HashAlgorithm | None = None) -> bool:
    """Whether a key made a signature (RSA: PKCS#1 v1.5; ECDSA: DER). The hash is SHA-256 unless told otherwise."""
    hash_ = hash_ or hashes.SHA256()
    if not supported(key) or not isinstance(hash_, STRONG_HASHES):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hash_)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(hash_))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
