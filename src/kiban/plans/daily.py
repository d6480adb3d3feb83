"""What the room of plans does every day."""

from __future__ import annotations

from kiban.ops import database
from kiban.ops.database import Role


def tidy() -> str:
    """Take away what was typed and not stored for two weeks (``gate.plan_draft_lifetime``); safe to repeat."""
    with database.connect(Role.WORKER) as connection:
        (number,) = connection.execute("SELECT gate.tidy_plan_drafts()").fetchone() or (0,)
    return f"{number}件片付けました"
