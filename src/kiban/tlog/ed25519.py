"""Verifying an Ed25519 signature (RFC 8032): by ``cryptography`` where it is installed, else in Python alone."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T of the twisted Edwards curve


def is_right(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) is the key's (32 bytes) over the message."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return is_right_by_hand(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_right_by_hand(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same in Python alone."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, half = _point(public), _point(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if key is None or half is None or factor >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    right = _sum(half, _times(int.from_bytes(digest, "little") % ORDER, key))
    left = _times(factor, _BASE)
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


def _sum(a: Point, b: Point) -> Point:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f, g * h, f * g, e * h


def _times(factor: int, point: Point) -> Point:
    held: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            held = _sum(held, point)
        point, factor = _sum(point, point), factor >> 1
    return held


def _point(coded: bytes) -> Point | None:
    number = int.from_bytes(coded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


_BASE: Point = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)
