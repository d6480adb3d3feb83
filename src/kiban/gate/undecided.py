"""Questions by somebody whose standing was right that were never decided: asked, and then nothing.

A connection lost in the middle leaves one now and then. Many are a sign that somebody asks and takes back.
"""

from __future__ import annotations

from collections.abc import Iterator

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Finding, State

NUMBER = """
SELECT count(*) FROM care.access_line
 WHERE step = 'question' AND outcome = 'asked'
   AND asked_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '1 minute'
"""


def number() -> int:
    """How many there were in the last 24 hours; those of the last minute may still be decided."""
    with database.connect(Role.OWNER) as connection:
        row = connection.execute(NUMBER).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always returns one row
    return int(row[0])


def health() -> Iterator[Finding]:
    """Whether there are any."""
    if found := number():
        yield Finding(
            f"情報を開こうとして、途中で終わったものが、この24時間に{found}件あります",
            State.CAUTION,
            "回線や機械の不調が続いていなかったか確かめてください。心当たりがないときは、見た記録の「途中で終わった」を"
            "確かめてください。",
        )
