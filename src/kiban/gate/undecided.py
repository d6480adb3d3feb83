"""Questions by somebody whose standing was right that were never decided: asked, and then nothing.

A connection lost in the middle leaves one now and then. Many are a sign that somebody asks and takes back. Of a list it
is not known who would have been on it: such questions are counted apart.

A call that came again because its answer was lost is answered with the decision on the first: it has none of its own,
and could not have one (SQL: ``gate.decision_of_twin``).
"""

from __future__ import annotations

from collections.abc import Iterator

from kiban.ops import database
from kiban.ops.database import Role
from kiban.ops.room import Finding, State

NUMBERS = """
SELECT count(*), count(*) FILTER (WHERE q.action IN ('people:list', 'people:export'))
  FROM care.access_line AS q
 WHERE q.step = 'question' AND q.outcome = 'asked'
   AND q.asked_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '1 minute'
   AND NOT EXISTS (SELECT 1 FROM care.access_line AS b
                    WHERE b.insured_key = q.insured_key AND b.attempt = q.attempt AND b.action = q.action
                      AND b.session IS NOT DISTINCT FROM q.session AND b.machine IS NOT DISTINCT FROM q.machine
                      AND b.action <> 'record:open'  -- decided anew each time
                      AND b.decided_at < q.asked_at AND b.asked_at > q.asked_at - interval '1 minute')
"""


def numbers() -> tuple[int, int]:
    """How many there were in the last 24 hours, and how many of them asked for a list of people.

    Those of the last minute may still be decided.
    """
    with database.connect(Role.OWNER) as connection:
        row = connection.execute(NUMBERS).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always returns one row
    return int(row[0]), int(row[1])


def health() -> Iterator[Finding]:
    """Whether there are any."""
    found, lists = numbers()
    if found:
        yield Finding(
            f"情報を開こうとして、途中で終わったものが、この24時間に{found}件あります"
            + (f"(うち、利用者の一覧・検索が{lists}件)" if lists else ""),
            State.CAUTION,
            "回線や機械の不調が続いていなかったか確かめてください。心当たりがないときは、見た記録の「途中で終わった」を"
            "確かめてください。",
        )
