"""What a care manager enters: kinds of facts, by which way they were done, and what is ticked beside them.

The gate knows the same words (``gate.standard_words``); a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What was done on a day."""

    MONITORING = "monitoring"
    ASSESSMENT = "assessment"
    MEETING = "meeting"
    AGREEMENT = "agreement"
    DELIVERY = "delivery"
    OCCASION = "occasion"
    VIDEO_CONSENT = "video_consent"
    VIDEO_END = "video_end"


class Way(StrEnum):
    """By which way; which of them a kind has, says its ``Entry``."""

    VISIT = "visit"
    VIDEO = "video"
    ELSEWHERE = "elsewhere"
    TOGETHER = "together"
    LETTER = "letter"
    WRITING = "writing"
    SPOKEN = "spoken"
    HANDED = "handed"
    NEW_PLAN = "new_plan"
    CHANGED_PLAN = "changed_plan"
    RENEWAL = "renewal"
    LEVEL_CHANGE = "level_change"


class Tick(StrEnum):
    """What was so that day, as far as it was ticked. What is not ticked is not known."""

    USER_MET = "user_met"
    FAMILY_MET = "family_met"
    NO_FAMILY = "no_family"
    SPECIAL = "special"
    USER_ATTENDS = "user_attends"
    VIDEO_AGREED = "video_agreed"
    LETTER_REASON = "letter_reason"
    STABLE = "stable"
    ABLE = "able"
    SUPPLIED = "supplied"
    DOCTOR = "doctor"
    EXPLAINED = "explained"
    TO_USER = "to_user"
    TO_PROVIDERS = "to_providers"


@dataclass(frozen=True)
class Entry:
    """One kind as the form shows it.

    Attributes:
        lead: what belongs here, as a sentence.
        has_record: the day on which the result was written down is asked as well.
    """

    kind: Kind
    label: str
    day_label: str
    lead: str
    ways: Mapping[Way, str]
    ticks: Mapping[Tick, str] = field(default_factory=dict)
    has_record: bool = False


ENTRIES: Mapping[Kind, Entry] = {
    entry.kind: entry
    for entry in (
        Entry(
            Kind.MONITORING,
            "モニタリング",
            "モニタリングをした日",
            "毎月の面接です。訪問したか、テレビ電話か、結果をいつ記録したかを入れます。",
            {
                Way.VISIT: "自宅を訪問した",
                Way.VIDEO: "テレビ電話などを使った",
                Way.ELSEWHERE: "自宅の外で会った(入院先など)",
            },
            {
                Tick.USER_MET: "ご本人に面接した",
                Tick.SPECIAL: "自宅を訪問できない特段の事情がある(事情は支援経過に書きます)",
            },
            has_record=True,
        ),
        Entry(
            Kind.ASSESSMENT,
            "アセスメント",
            "アセスメントをした日",
            "計画書を作る・変える前の、自宅での面接です。",
            {Way.VISIT: "自宅を訪問した", Way.ELSEWHERE: "自宅の外で会った(入院先など)"},
            {
                Tick.USER_MET: "ご本人に面接した",
                Tick.FAMILY_MET: "ご家族に面接した",
                Tick.NO_FAMILY: "面接するご家族がいない",
            },
        ),
        Entry(
            Kind.MEETING,
            "サービス担当者会議",
            "会議を開いた日(照会のときは、回答がそろった日)",
            "モニタリングにテレビ電話を使うことをこの会議で合意したときは、下の4つにも印を付けます。",
            {
                Way.TOGETHER: "集まって開いた",
                Way.VIDEO: "テレビ電話などで開いた",
                Way.LETTER: "開かずに、照会で意見を集めた",
            },
            {
                Tick.USER_ATTENDS: "ご本人かご家族が参加した",
                Tick.VIDEO_AGREED: "テレビ電話などの使用に、参加したご本人・ご家族の同意を得た",
                Tick.LETTER_REASON: "照会にしたのは、末期の悪性腫瘍か、やむを得ない理由のため",
                Tick.STABLE: "合意: ご本人の状態が安定している",
                Tick.ABLE: "合意: テレビ電話などで意思疎通ができる(介助を受けてもよい)",
                Tick.SUPPLIED: "合意: テレビ電話で分からない情報は、サービス事業所などから受け取る",
                Tick.DOCTOR: "合意: 主治医・担当者などの合意を得ている",
            },
        ),
        Entry(
            Kind.AGREEMENT,
            "説明・同意",
            "同意をいただいた日",
            "計画書をこの仕組みに登録しているときは、「同意・確認用登録」がそのまま使われます。ここに入れるのは、登録していないときです。",
            {Way.WRITING: "文書で同意をいただいた", Way.SPOKEN: "口頭で同意をいただいた"},
            {Tick.EXPLAINED: "計画書の原案を、ご本人・ご家族に説明した"},
        ),
        Entry(
            Kind.DELIVERY,
            "交付",
            "計画書を渡した日",
            "計画書をこの仕組みに登録しているときは、「交付用登録」がそのまま使われます。ここに入れるのは、登録していないときです。",
            {Way.HANDED: "渡した(送った)"},
            {Tick.TO_USER: "ご本人に渡した", Tick.TO_PROVIDERS: "サービスの担当者に渡した"},
        ),
        Entry(
            Kind.OCCASION,
            "計画書の作成・認定の変わり目",
            "計画書を作った日・認定の日",
            "紙やほかのソフトで計画書を作ったときと、更新認定・区分変更認定を受けたときに入れます。ここから、どの月に何が要るかが決まります。",
            {
                Way.NEW_PLAN: "計画書を新しく作った(初回)",
                Way.CHANGED_PLAN: "計画書を変更した",
                Way.RENEWAL: "更新認定を受けた",
                Way.LEVEL_CHANGE: "区分変更の認定を受けた",
            },
        ),
        Entry(
            Kind.VIDEO_CONSENT,
            "テレビ電話でのモニタリングへの同意",
            "同意をいただいた日",
            "モニタリングにテレビ電話などを使うことへの、ご本人の同意です。",
            {Way.WRITING: "文書で同意をいただいた", Way.SPOKEN: "口頭で同意をいただいた"},
        ),
        Entry(
            Kind.VIDEO_END,
            "テレビ電話への同意の取りやめ",
            "取りやめの申し出を受けた日",
            "取りやめの日からは、毎月の訪問に戻ります。",
            {Way.WRITING: "文書で申し出を受けた", Way.SPOKEN: "口頭で申し出を受けた"},
        ),
    )
}
VIDEO_TERMS = frozenset({Tick.STABLE, Tick.ABLE, Tick.SUPPLIED, Tick.DOCTOR})


def spoken(kind: Kind, way: Way) -> str:
    """A fact in a few words: its kind and the way it was done."""
    entry = ENTRIES[kind]
    return f"{entry.label}({entry.ways[way]})"
