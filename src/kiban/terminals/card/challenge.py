"""Challenges: made for one session at one terminal, good for two minutes. Nothing is stored.

A challenge is the line the card signs (the form is explained in ``kiban_card/challenge.py``)::

    kiban-card/1 <origin> <made at: seconds since 1970> <nonce>

The nonce is 16 random bytes and an HMAC-SHA-256 over everything the challenge is bound to, under a key of the
platform; so it is recognised without being kept, also by another process and beside other challenges of the same
session (two tabs). That it is used once is seen to where the proof is kept: the nonce is its primary key.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import time

from django.utils.crypto import salted_hmac

from kiban.terminals.card.results import RefusedError, Result

LASTS = 120  # seconds
FORM = re.compile(r"kiban-card/1 (\S{1,300}) ([0-9]{10}) ([A-Za-z0-9_-]{64})")
RANDOM = 16  # bytes


def issue(*, session: str, terminal: str, origin: str) -> str:
    """A new challenge.

    Args:
        session: the session's secret (cookie value). terminal: fingerprint of the client certificate.
        origin: where the page comes from, as a browser writes it (``https://kaigo.example.jp``).
    """
    random, made = secrets.token_bytes(RANDOM), int(time.time())
    nonce = base64.urlsafe_b64encode(random + _seal(random, session, terminal, origin, made)).decode()
    return f"kiban-card/1 {origin} {made} {nonce}"


def check(challenge: str, *, session: str, terminal: str, origin: str) -> str:
    """The nonce of a challenge that we made for just this session, terminal and origin within the last two minutes.

    Raises RefusedError: CHALLENGE_FOREIGN (any of these does not fit, or we never made it), CHALLENGE_OLD.
    """
    parts = FORM.fullmatch(challenge)
    if parts is None or parts[1] != origin:
        raise RefusedError(Result.CHALLENGE_FOREIGN)
    made, nonce = int(parts[2]), parts[3]
    content = base64.urlsafe_b64decode(nonce)
    random, seal = content[:RANDOM], content[RANDOM:]
    if not hmac.compare_digest(seal, _seal(random, session, terminal, origin, made)):
        raise RefusedError(Result.CHALLENGE_FOREIGN)
    if time.time() - made > LASTS:
        raise RefusedError(Result.CHALLENGE_OLD)
    return nonce


def _seal(random: bytes, session: str, terminal: str, origin: str, made: int) -> bytes:
    bound_to = "\n".join([random.hex(), session, terminal, origin, str(made)])
    return salted_hmac("kiban.terminals.card.challenge", bound_to, algorithm="sha256").digest()
