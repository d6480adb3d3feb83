"""The tree of RFC 6962 as its definition says, and entries to make trees of."""

from __future__ import annotations

from hashlib import sha256


def defined(entries: list[bytes]) -> bytes:
    """MTH, word for word."""
    if not entries:
        return sha256().digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sha256(b"\x01" + defined(entries[:half]) + defined(entries[half:])).digest()


def entries(count: int) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(count)]
