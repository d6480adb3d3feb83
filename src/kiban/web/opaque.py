"""Identifiers of persons for addresses: one AES block over the key, so that no number stands in a URL or a log.

The same person has the same identifier on this installation and another one elsewhere. It is a name, not a right:
whoever knows it still stands before the gate.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from functools import cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

_CHECK = b"kiban-id"  # half of the block: a made-up identifier decodes to something else


@cache
def _cipher(key: str) -> Cipher[modes.ECB]:
    # One block, one key, one use: ECB is the block cipher itself here, not a mode over a message.
    return Cipher(algorithms.AES(bytes.fromhex(key)), modes.ECB())  # noqa: S305


def encode(insured_key: int) -> str:
    """The identifier (22 characters, URL-safe) of a person."""
    return encode_all([insured_key])[0]


def encode_all(insured_keys: Iterable[int]) -> list[str]:
    """The identifiers of several persons, in order."""
    plain = b"".join(_CHECK + key.to_bytes(8, "big") for key in insured_keys)
    blocks = _cipher(settings.OPAQUE_KEY).encryptor().update(plain)
    return [base64.urlsafe_b64encode(blocks[at : at + 16])[:22].decode() for at in range(0, len(blocks), 16)]


def decode(identifier: str) -> int | None:
    """The key behind an identifier, or ``None`` if it is not one of ours."""
    try:
        block = base64.b64decode(identifier + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(block) != 16 or len(identifier) != 22:
        return None
    decryptor = _cipher(settings.OPAQUE_KEY).decryptor()
    plain = decryptor.update(block)
    if plain[:8] != _CHECK:
        return None
    return int.from_bytes(plain[8:], "big")


class PersonConverter:
    """Path converter ``<person:key>``: a person's identifier in an address. An unknown one is no address (404)."""

    regex = "[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> int:
        key = decode(value)
        if key is None:
            raise ValueError("not an identifier of a person")
        return key

    def to_url(self, value: int) -> str:
        return encode(value)
