"""登録のまちがい: that a fact about a person was taken back, as the gate tells it (SQL: ``gate.corrections_of``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Correction:
    """Who took a fact back, when and why. ``subject`` and ``number`` name the fact."""

    subject: str
    number: int
    by: str
    at: dt.datetime
    reason: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Correction:
        """Of one of the answers of ``gate.corrections_of``."""
        return cls(
            subject=answer["subject"],
            number=answer["subject_number"],
            by=f"{answer['organisation'] or ''} {answer['account'] or ''}".strip(),
            at=dt.datetime.fromisoformat(answer["recorded_at"]),
            reason=answer["reason"],
        )
