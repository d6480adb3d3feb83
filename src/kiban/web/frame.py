"""Who sits where: what the header line and the printed footer of every page say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """Set as ``request.frame`` by whoever established it: the staff middleware, or a gated view from the gate's answer.

    A page of a request without one shows the frame without names.
    """

    organisation_name: str
    organisation_number: str  # 事業所番号, or the insurer's number for a municipality
    terminal_name: str
    person_name: str
    job_name: str  # 職種
    is_administrator: bool = False
    organisation_kind: str = ""  # office, municipality, medical
    acting_for: str = ""  # 代行: the name of the absent person
    acting_until: datetime | None = None
