"""The five requirements with where each rule comes from: as read, by what kind of source, and when it was looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CHECKED_ON = dt.date(2026, 11, 22)


class Mark(StrEnum):
    """What kind of source a rule rests on."""

    OFFICIAL = "P"
    SECOND_HAND = "S"
    UNKNOWN = "U"

    @property
    def label(self) -> str:
        return {"P": "公的な文書で確かめた", "S": "二次資料による", "U": "未確認"}[self.value]


@dataclass(frozen=True)
class Source:
    """One sentence of a rule and where it stands."""

    says: str
    where: str
    mark: Mark
    checked_on: dt.date = CHECKED_ON


class Requirement(StrEnum):
    """What has to be provable in a month, in the order of a plan's life."""

    ASSESSMENT = "assessment"
    MEETING = "meeting"
    AGREEMENT = "agreement"
    DELIVERY = "delivery"
    MONITORING = "monitoring"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Requirement.ASSESSMENT: "アセスメント",
    Requirement.MEETING: "担当者会議",
    Requirement.AGREEMENT: "説明・同意",
    Requirement.DELIVERY: "交付",
    Requirement.MONITORING: "モニタリング",
}

LAW = "指定居宅介護支援等の事業の人員及び運営に関する基準(平成11年厚生省令第38号)"
NOTICE = "老企第36号(令和6年の改正)第3の6"
TRADE = "業界の解説(2019年)"
SMALL_CHANGE = Source(
    "軽微な変更のときに、この手続きが要らないかどうか。", "確かめた資料に書かれていません", Mark.UNKNOWN
)

SOURCES: Mapping[Requirement, tuple[Source, ...]] = {
    Requirement.ASSESSMENT: (
        Source("自宅を訪問し、ご本人とご家族に面接して行う。", f"{LAW}第13条第7号", Mark.OFFICIAL),
        Source("計画書を新しく作る月・変更する月について見られる。", TRADE, Mark.SECOND_HAND),
        SMALL_CHANGE,
    ),
    Requirement.MEETING: (
        Source(
            "担当者を集めて開く。テレビ電話も使えるが、ご本人・ご家族が参加するときは同意が要る。"
            "照会にできるのは、末期の悪性腫瘍か、やむを得ない理由のときだけ。",
            f"{LAW}第13条第9号",
            Mark.OFFICIAL,
        ),
        Source("計画書の新規・変更、更新認定、区分変更の月について見られる。", TRADE, Mark.SECOND_HAND),
        SMALL_CHANGE,
    ),
    Requirement.AGREEMENT: (
        Source("計画書の原案を説明し、文書で同意を得る。", TRADE, Mark.SECOND_HAND),
        SMALL_CHANGE,
    ),
    Requirement.DELIVERY: (
        Source("計画書をご本人と担当者に渡す。", TRADE, Mark.SECOND_HAND),
        SMALL_CHANGE,
    ),
    Requirement.MONITORING: (
        Source("特段の事情がないかぎり、月に1回は自宅を訪問して面接する。", NOTICE, Mark.OFFICIAL),
        Source(
            "2か月に1回の訪問があれば、ほかの月はテレビ電話でもよい。ご本人の文書での同意と、状態の安定・意思疎通・"
            "情報の補いについて主治医や担当者などの合意が要る。",
            NOTICE,
            Mark.OFFICIAL,
        ),
        Source("結果を記録していない状態が1か月続いていないこと。", NOTICE, Mark.OFFICIAL),
        Source(
            "サービスが始まった月にもモニタリングが要るかどうか。結果を翌月に記録したときの数え方。",
            "確かめた資料に書かれていません",
            Mark.UNKNOWN,
        ),
    ),
}
