"""The seal of a session: HMAC-SHA-256 over what it rests on, with a key the database's web role cannot read.

The gate checks it (SQL: ``gate.session_seal``), so that nobody makes a session, or another one of it, by writing rows.
Not sealed is what changes while somebody works: when the session was last used, and that its screen is locked.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import os
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def seal(
    session_key: str,
    *,
    account: int | None,
    employment: int | None,
    fingerprint: str,
    second_factor_at: dt.datetime | None,
    expires_at: dt.datetime,
    delegation: int | None,
) -> bytes:
    """32 bytes. ``session_key``: the hash under which the session is stored."""
    values = (account, employment, fingerprint, microseconds(second_factor_at), microseconds(expires_at), delegation)
    fields = ("kiban-session-1", session_key, *("" if value is None else str(value) for value in values))
    return sealed(fields)


def sealed(fields: Iterable[str]) -> bytes:
    """32 bytes over fields none of which holds a ``|``; the first says what is sealed."""
    return hmac.new(bytes.fromhex(settings.SESSION_KEY), "|".join(fields).encode(), hashlib.sha256).digest()


def microseconds(moment: dt.datetime | None) -> int | None:
    """Since 1970 UTC, as the gate writes moments (SQL: ``gate.microseconds``)."""
    return None if moment is None else (moment - EPOCH) // dt.timedelta(microseconds=1)


def close(session_key: str, text: str) -> str:
    """What a page remembers, for the database: names, and once the password of a certificate. AES-256-GCM, base64.

    Args:
        session_key: the hash under which the session is stored; for another session the text does not open.
    """
    nonce = os.urandom(12)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), session_key.encode())).decode()


def open_(session_key: str, closed: str) -> str:
    """The same again; nothing of what was not closed here, or for another session."""
    try:
        both = base64.b64decode(closed, validate=True)
        return _cipher().decrypt(both[:12], both[12:], session_key.encode()).decode()
    except (binascii.Error, InvalidTag, ValueError):
        return ""


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"what a page remembers|" + bytes.fromhex(settings.SESSION_KEY)).digest())
