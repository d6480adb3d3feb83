"""What the exchange does every day."""

from __future__ import annotations

from kiban.ops import database
from kiban.ops.database import Role

DRAFTS_STAY = 7  # days


def tidy() -> str:
    """Throw away drafts nobody sent; safe to repeat."""
    with database.connect(Role.WORKER) as connection:
        (number,) = connection.execute("SELECT gate.tidy_exchange(%s)", [DRAFTS_STAY]).fetchone() or (0,)
    return f"{number}件片付けました"
