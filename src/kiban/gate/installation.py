"""What the gate has to know of the installation: its shard, the key sessions are sealed with, the pace it allows."""

from __future__ import annotations

from django.conf import settings

from kiban.ops import database
from kiban.ops.database import Role

SHARD = 0  # until the persons of an installation are split (docs/algorithms/gate.md)
BLOCK = 64  # bytes of SHA-256, as HMAC (RFC 2104) wants the key

WRITE = """
INSERT INTO gate.installation AS i (shard, inner_key, outer_key, openings_per_minute) VALUES (%s, %s, %s, %s)
ON CONFLICT (only_one) DO UPDATE
   SET shard = excluded.shard, inner_key = excluded.inner_key, outer_key = excluded.outer_key,
       openings_per_minute = excluded.openings_per_minute
 WHERE (i.shard, i.inner_key, i.outer_key, i.openings_per_minute)
       IS DISTINCT FROM (excluded.shard, excluded.inner_key, excluded.outer_key, excluded.openings_per_minute)
"""


def write() -> None:
    """Put it where the gate's functions read it; safe to repeat."""
    key = bytes.fromhex(settings.SESSION_KEY).ljust(BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    with database.connect(Role.OWNER) as connection:
        connection.execute(WRITE, [SHARD, inner, outer, settings.OPENINGS_PER_MINUTE or None])
