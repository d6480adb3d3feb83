"""What the gate has to know of the installation: its shard, the key sessions are sealed with, the pace it allows."""

from __future__ import annotations

from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError

from kiban.ops import database
from kiban.ops.database import Role

IDS = 10**12  # of one shard: numbers of different shards never meet; far below 2^53, so that JSON holds them
BLOCK = 64  # bytes of SHA-256, as HMAC (RFC 2104) wants the key

WRITE = """
INSERT INTO gate.installation AS i (shard, inner_key, outer_key, openings_per_minute) VALUES (%s, %s, %s, %s)
ON CONFLICT (only_one) DO UPDATE
   SET shard = excluded.shard, inner_key = excluded.inner_key, outer_key = excluded.outer_key,
       openings_per_minute = excluded.openings_per_minute
 WHERE (i.shard, i.inner_key, i.outer_key, i.openings_per_minute)
       IS DISTINCT FROM (excluded.shard, excluded.inner_key, excluded.outer_key, excluded.openings_per_minute)
"""


SEQUENCES = """
SELECT c.oid::regclass::text, s.seqmin, s.seqmax
  FROM pg_catalog.pg_sequence AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
 WHERE c.relnamespace = 'care'::regnamespace
 ORDER BY 1
"""


class OtherShardError(CommandError):
    """The installation has numbers of one shard, and is to be another."""


def write() -> None:
    """Put it where the gate's functions read it, and its ids into the range of its shard; safe to repeat.

    Raises:
        OtherShardError: something was asked already under the number of another shard (``KIBAN_SHARD``).
    """
    key = bytes.fromhex(settings.SESSION_KEY).ljust(BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    with database.connect(Role.OWNER) as connection, connection.transaction():
        give_ids(connection, settings.SHARD)
        connection.execute(WRITE, [settings.SHARD, inner, outer, settings.OPENINGS_PER_MINUTE or None])


def give_ids(connection: psycopg.Connection[Any], shard: int) -> None:
    """Let every id about persons come from the range of the shard: ``shard`` × 10^12 + 1 and what follows.

    Raises:
        OtherShardError: see ``write``.
    """
    least, most = shard * IDS + 1, (shard + 1) * IDS - 1
    for name, lowest, highest in connection.execute(SEQUENCES).fetchall():
        if (lowest, highest) == (least, most):
            continue
        fresh = lowest == 1 and shard == 0
        if not fresh and connection.execute("SELECT 1 FROM care.access_log LIMIT 1").fetchone():
            raise OtherShardError(
                f"KIBAN_SHARD は {shard} ですが、このデータベースでは、もう別の番号で記録が始まっています。"
                "KIBAN_SHARD を元の番号に戻してから、もう一度 kiban setup を実行してください。"
            )
        bounds = f"MINVALUE {least} MAXVALUE {most} START {least}"
        connection.execute(f"ALTER SEQUENCE {name} {bounds}{'' if fresh else ' RESTART'}".encode())
