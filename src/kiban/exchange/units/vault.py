"""What was sent, as it lies in the database: compressed, then encrypted with the installation's key (AES-256-GCM).

The key lies with the other secrets and not in the database: a copy of the database, or of its backup, holds no plans.
Every value is bound to what it is (``about``), so that none can be put in another's place.
"""

from __future__ import annotations

import os
import zlib
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12  # bytes


class DamagedError(RuntimeError):
    """A stored value was changed, or was closed with another key."""


def close(content: bytes, about: str) -> bytes:
    """Compress and encrypt. ``about``: what it is; asked again when it is opened."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(settings.EXCHANGE_KEY).encrypt(nonce, zlib.compress(content, 6), about.encode())


def open_(sealed: bytes, about: str) -> bytes:
    """The original bytes. Raises DamagedError."""
    try:
        plain = _cipher(settings.EXCHANGE_KEY).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except InvalidTag:
        raise DamagedError(
            "連携のファイルを開けません。鍵の束(secrets.json)が別のものか、データがこわれています。"
        ) from None
    return zlib.decompress(plain)


@cache
def _cipher(key: str) -> AESGCM:
    if not key:
        raise DamagedError("連携の鍵がありません。「kiban setup」を実行してください。")
    return AESGCM(bytes.fromhex(key))
