"""What one entered step lacks before it proves something: a way that is not enough, or a tick that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from kiban.evidence.operating_standard.facts import Fact
from kiban.evidence.operating_standard.vocabulary import Kind, Tick, Way

AWAY = "自宅を訪問したアセスメントではありません。"
NOT_MET = "ご本人に面接したことに、印が付いていません。"
FAMILY = "ご家族に面接したこと、または面接するご家族がいないことに、印が付いていません。"
VIDEO = "ご本人・ご家族が参加したテレビ電話の会議ですが、その使用への同意に印が付いていません。"
LETTER = "会議を開かずに照会した理由(末期の悪性腫瘍・やむを得ない理由)に、印が付いていません。"
SPOKEN = "口頭の同意です。文書での同意の記録がありません。"
NOT_EXPLAINED = "計画書の原案を説明したことに、印が付いていません。"
NOT_TO_USER = "ご本人に渡したことに、印が付いていません。"
NOT_TO_PROVIDERS = "サービスの担当者に渡したことに、印が付いていません。"


def not_enough(fact: Fact) -> tuple[str, ...]:
    """Why the way it was done does not do, in sentences; nothing: it does."""
    if fact.kind is Kind.ASSESSMENT and fact.way is not Way.VISIT:
        return (AWAY,)
    if fact.kind is Kind.AGREEMENT and fact.way is not Way.WRITING:
        return (SPOKEN,)
    return ()


def not_known(fact: Fact) -> tuple[str, ...]:
    """What was not ticked and therefore is not known, in sentences."""
    return tuple(_not_known(fact))


def _not_known(fact: Fact) -> Iterator[str]:
    ticks = fact.ticks
    if fact.kind is Kind.ASSESSMENT:
        if Tick.USER_MET not in ticks:
            yield NOT_MET
        if not ticks & {Tick.FAMILY_MET, Tick.NO_FAMILY}:
            yield FAMILY
    elif fact.kind is Kind.MEETING:
        if fact.way is Way.VIDEO and Tick.USER_ATTENDS in ticks and Tick.VIDEO_AGREED not in ticks:
            yield VIDEO
        if fact.way is Way.LETTER and Tick.LETTER_REASON not in ticks:
            yield LETTER
    elif fact.kind is Kind.AGREEMENT:
        if Tick.EXPLAINED not in ticks:
            yield NOT_EXPLAINED
    elif fact.kind is Kind.DELIVERY:
        if Tick.TO_USER not in ticks:
            yield NOT_TO_USER
        if Tick.TO_PROVIDERS not in ticks:
            yield NOT_TO_PROVIDERS


def stands(fact: Fact) -> bool:
    """Whether a step proves what it says, all by itself."""
    return not fact.is_mistaken and not not_enough(fact) and not not_known(fact)
