"""What may be known of the four ledgers a claim is compared with. What is not known stays unknown and finds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

User = tuple[str, str]  # 保険者番号, 被保険者番号


@dataclass(frozen=True)
class Recipient:
    """受給者台帳 of one user. ``None``: not known.

    Attributes:
        level: 要介護状態区分, as in the files. valid_from, valid_to: 認定有効期間, half-open.
        is_changing: a 区分変更 is applied for and not decided.
        burden: 負担割合 in tenths (1, 2, 3) in the month that is looked at.
        planner: the office of the 居宅サービス計画作成依頼届.
        birth: YYYYMMDD. sex: 1 or 2.
    """

    level: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    is_changing: bool | None = None
    burden: int | None = None
    planner: str | None = None
    birth: str | None = None
    sex: str | None = None


@dataclass(frozen=True)
class Designation:
    """事業所台帳: from when until when (half-open) an office is designated for a kind of service; ``None``: open."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether the office may give the service on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day < self.ends_on)


class Creation(StrEnum):
    """給付管理票 作成区分."""

    NEW = "new"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Slip:
    """給付管理票 of a user and month: whether one was accepted before, and what is to be sent now."""

    was_accepted: bool
    creation: Creation


@dataclass(frozen=True)
class Ledgers:
    """What is known when the month is looked at.

    Attributes:
        recipients: by user. A user who is not here is unknown, unless the insurer is in ``complete``.
        complete: insurers whose 受給者台帳 is known as a whole: a user who is not in it is not registered there.
        offices: office → kind of service → designations; an office that is not here is unknown.
        all_offices: ``offices`` is the whole 事業所台帳: one that is not in it does not exist.
        insurers: all there are; ``None``: not known.
        slips: by user and month (YYYYMM).
        names: of offices, by 事業所番号; for words only.
    """

    recipients: Mapping[User, Recipient] = field(default_factory=dict)
    complete: Set[str] = frozenset()
    offices: Mapping[str, Mapping[str, tuple[Designation, ...]]] = field(default_factory=dict)
    all_offices: bool = False
    insurers: Set[str] | None = None
    slips: Mapping[tuple[User, str], Slip] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


NOTHING = Ledgers()
