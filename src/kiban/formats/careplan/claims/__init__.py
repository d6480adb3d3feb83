"""Before the claim: which codes would likely come back, from the files and what is known of the four ledgers.

    early(planned, actual, benefits, users, ledgers)

A library without Django and without the rest of the platform; ``docs/algorithms/claims.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiban.formats.careplan.claims.checks import CHECKS, Likely, Turn
from kiban.formats.careplan.claims.codes import MEANINGS, ClaimCode, Meaning
from kiban.formats.careplan.claims.facts import UserMonth, put_together
from kiban.formats.careplan.claims.ledgers import NOTHING, Creation, Designation, Ledgers, Recipient, Slip, User
from kiban.formats.careplan.layouts import Document
from kiban.formats.careplan.matching import match

__all__ = [
    "MEANINGS", "NOTHING", "ClaimCode", "Creation", "Designation", "Early", "Ledgers", "Likely", "Meaning", "Recipient",
    "Slip", "Turn", "User", "early",
]  # fmt: skip


@dataclass(frozen=True)
class Early:
    """The result.

    Attributes:
        likely: by user, in the order of the codes.
        unknown: what could not be compared, as Japanese sentences with numbers and no names (未確認).
    """

    likely: list[Likely]
    unknown: list[str]


def early(
    planned: Sequence[Document],
    actual: Sequence[Document],
    benefits: Sequence[Document] = (),
    users: Sequence[Document] = (),
    ledgers: Ledgers = NOTHING,
) -> Early:
    """Look at every user of the month's files.

    Args:
        planned, actual: 第6表 予定 and 実績; may be empty. benefits: 第7表. users: 利用者補足情報.

    Raises:
        ValueError: a document of another kind.
    """
    both = any(document.rows for document in planned) and any(document.rows for document in actual)
    months = put_together([*planned, *actual], benefits, users, match(planned, actual).months if both else ())
    likely = [
        Likely(code, month.user, month.month, words, remedy, turn, rests_on)
        for month in months
        for code, check in CHECKS.items()
        for words, remedy, turn, rests_on in check(month, ledgers)
    ]
    return Early(likely, list(_unknown(months, ledgers)))


def _unknown(months: list[UserMonth], ledgers: Ledgers) -> list[str]:
    unknown_users = {month.user for month in months} - ledgers.recipients.keys()
    unknown_users = {user for user in unknown_users if user[0] not in ledgers.complete}
    offices = {office for month in months for office, _, _ in month.services} - ledgers.offices.keys()
    said = []
    if unknown_users:
        said.append(f"保険者の情報がわからない利用者が{len(unknown_users)}名います(受給者台帳は未確認)。")
    if offices and not ledgers.all_offices:
        said.append(f"指定の期間がわからない事業所が{len(offices)}か所あります(事業所台帳は未確認)。")
    if limitless := sum(month.within is None or not month.about.get("区分支給限度基準額") for month in months):
        said.append(f"区分支給限度の単位数か限度額が書かれていない利用者が{limitless}名います(未確認)。")
    if any((month.user, month.month) not in ledgers.slips for month in months):
        said.append("給付管理票の作成区分(新規・修正)は、ここではわかりません(未確認)。")
    return said
