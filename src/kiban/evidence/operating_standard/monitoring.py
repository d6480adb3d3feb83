"""毎月のモニタリング: a visit, or a video call with a visit the month before and its conditions; and its record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiban.evidence.operating_standard.facts import Fact, State
from kiban.evidence.operating_standard.months import month_before, month_of
from kiban.evidence.operating_standard.steps import NOT_MET, stands
from kiban.evidence.operating_standard.vocabulary import ENTRIES, VIDEO_TERMS, Kind, Tick, Way

NOTHING = "この月のモニタリングの記録がありません。"
FIRST_MONTH = "サービスが始まった月にもモニタリングが要るかどうかは、未確認です。"
NO_RECORD = "結果を記録した日が入っていません。"
LATE_RECORD = "結果を記録したのが翌月以降です。この場合の数え方は未確認です。"
ELSEWHERE = "自宅を訪問した記録がありません。特段の事情があるかどうかも入っていません。"
SPECIAL = "自宅を訪問していません。特段の事情に当たるかどうかは、ここでは決められません(未確認)。"
NO_VISIT_BEFORE = "テレビ電話ですが、前の月に自宅を訪問した記録がありません。"
NO_CONSENT = "テレビ電話ですが、その日までに、ご本人が文書で同意した記録がありません。"
NO_TERMS = "テレビ電話ですが、その日までに、担当者会議で次を合意した記録がありません: "


@dataclass(frozen=True)
class Judged:
    """One monitoring: how far it proves the month, and what is lacking."""

    state: State
    reasons: tuple[str, ...]
    used: tuple[Fact, ...]


def judge_month(month: dt.date, facts: Sequence[Fact], *, is_first_month: bool) -> Judged:
    """The best that the month's monitorings prove."""
    found = [_judge_one(fact, facts) for fact in _monitorings(facts, month)]
    if not found:
        return Judged(State.UNKNOWN, (FIRST_MONTH,), ()) if is_first_month else Judged(State.MISSING, (NOTHING,), ())
    return max(found, key=lambda one: (one.state.weight, -len(one.reasons)))


def _monitorings(facts: Sequence[Fact], month: dt.date) -> Iterator[Fact]:
    for fact in facts:
        if fact.kind is Kind.MONITORING and not fact.is_mistaken and month_of(fact.on) == month:
            yield fact


def _judge_one(fact: Fact, facts: Sequence[Fact]) -> Judged:
    missing, unknown = list(_missing_way(fact)), list(_unknown_way(fact))
    beside: list[Fact] = []
    if fact.way is Way.VIDEO:
        lacks, beside = _conditions(fact, facts)
        missing += lacks
    if fact.written_on is None:
        missing.append(NO_RECORD)
    elif month_of(fact.written_on) > month_of(fact.on):
        unknown.append(LATE_RECORD)
    state = State.MISSING if missing else State.UNKNOWN if unknown else State.PROVED
    return Judged(state, (*missing, *unknown), (fact, *beside))


def _missing_way(fact: Fact) -> Iterator[str]:
    if fact.way is Way.ELSEWHERE and Tick.SPECIAL not in fact.ticks:
        yield ELSEWHERE


def _unknown_way(fact: Fact) -> Iterator[str]:
    if fact.way is Way.ELSEWHERE and Tick.SPECIAL in fact.ticks:
        yield SPECIAL
    if Tick.USER_MET not in fact.ticks:
        yield NOT_MET


def _conditions(video: Fact, facts: Sequence[Fact]) -> tuple[list[str], list[Fact]]:
    """What a video call lacks, and the facts on which it rests."""
    lacks: list[str] = []
    visit = _newest(
        one
        for one in _monitorings(facts, month_before(month_of(video.on)))
        if one.way is Way.VISIT and Tick.USER_MET in one.ticks
    )
    if visit is None:
        lacks.append(NO_VISIT_BEFORE)
    consent = _consent_on(video.on, facts)
    if consent is None:
        lacks.append(NO_CONSENT)
    meeting = _newest(one for one in _meetings(facts, video.on) if one.ticks >= VIDEO_TERMS)
    if meeting is None:
        nearest = max(_meetings(facts, video.on), key=lambda one: (len(one.ticks & VIDEO_TERMS), one.on), default=None)
        agreed = nearest.ticks if nearest else frozenset()
        terms = [
            words.removeprefix("合意: ")
            for tick, words in ENTRIES[Kind.MEETING].ticks.items()
            if tick in VIDEO_TERMS and tick not in agreed
        ]
        lacks.append(f"{NO_TERMS}{'、'.join(terms)}。")
    return lacks, [one for one in (visit, consent, meeting) if one is not None]


def _consent_on(day: dt.date, facts: Sequence[Fact]) -> Fact | None:
    """The person's consent in writing that holds on a day. Taken back on the same day counts as taken back."""
    said = [
        one
        for one in facts
        if not one.is_mistaken
        and one.on <= day
        and (one.kind is Kind.VIDEO_END or (one.kind is Kind.VIDEO_CONSENT and one.way is Way.WRITING))
    ]
    last = max(said, key=lambda one: (one.on, one.kind is Kind.VIDEO_END, one.number), default=None)
    return last if last is not None and last.kind is Kind.VIDEO_CONSENT else None


def _meetings(facts: Sequence[Fact], until: dt.date) -> Iterator[Fact]:
    """Meetings up to a day that stand as such."""
    return (one for one in facts if one.kind is Kind.MEETING and one.on <= until and stands(one))


def _newest(facts: Iterator[Fact]) -> Fact | None:
    return max(facts, key=lambda one: (one.on, one.number), default=None)
