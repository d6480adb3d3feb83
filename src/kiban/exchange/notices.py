"""今日: what waits in the exchange, each line with the page where it is settled; numbers, nobody's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from django.urls import reverse
from django.utils import timezone

from kiban.exchange.boxes import waiting
from kiban.exchange.boxes.waiting import Waiting
from kiban.exchange.participant import Participant
from kiban.ops.room import Dated, Notice, Visitor, Workplace
from kiban.registry.models import Organisation
from kiban.terms.claims import ACTUALS_BY, CLAIM_BY


def own(visitor: Visitor) -> Iterator[Notice]:
    """Of the visitor's office; nothing for others, who take no part. Raises as ``gate.calling.call``."""
    if visitor.organisation.kind == Organisation.Kind.OFFICE:
        yield from lines(waiting.own(Participant.of(visitor.caller, visitor.organisation)), timezone.localdate())


def unseen(visitor: Visitor) -> Mapping[str, int]:
    """Beside ケアプラン連携: what came and waits for somebody to look. Raises as ``gate.calling.call``."""
    if visitor.organisation.kind != Organisation.Kind.OFFICE:
        return {}
    return {"exchange:inbox": waiting.unseen(Participant.of(visitor.caller, visitor.organisation))}


def dates(visitor: Visitor, first: dt.date) -> Iterator[Dated]:
    """The days of the month by which 実績 are with the care manager and claims are in."""
    if visitor.organisation.kind == Organisation.Kind.OFFICE:
        yield Dated(first.replace(day=ACTUALS_BY), "実績を送る日", "", reverse("exchange:month"))
        yield Dated(first.replace(day=CLAIM_BY), "請求の締切", "", reverse("exchange:month"))


def everywhere(today: dt.date) -> Callable[[Workplace], Iterator[Notice]]:
    """Of all offices, counted once. Needs the worker's rights."""
    counted = waiting.everywhere(today)
    return lambda workplace: lines(counted.get(workplace.organisation.pk, Waiting()), today)


def lines(found: Waiting, today: dt.date) -> Iterator[Notice]:
    """The numbers in words. What goes by the month is said until its claims are through."""
    if found.errors:
        address = f"{reverse('exchange:outbox')}?state=error"
        yield Notice(
            f"送ったものを取り込めないと、知らせがありました({found.errors}件)",
            address,
            "見る",
            mark="エラー",
            bad=True,
        )
    if found.unread:
        words = f"開いていないケアプラン連携のファイルがあります({found.unread}件)"
        yield Notice(words, reverse("exchange:inbox"), "開く", mark="受信")
    if found.queries:
        words = f"予定と実績の問い合わせに、まだ答えていません({found.queries}件)"
        yield Notice(words, reverse("exchange:queries"), "答える", mark="問い合わせ")
    if found.drafts:
        words = f"選んだまま送っていないものがあります({found.drafts}件)"
        yield Notice(words, reverse("exchange:drafts"), "確かめる", mark="送る前")
    if today.day <= CLAIM_BY:
        yield from _of_last_month(found, today)


def _of_last_month(found: Waiting, today: dt.date) -> Iterator[Notice]:
    month = (today.replace(day=1) - dt.timedelta(days=1)).month
    until_actuals, until_claim = ACTUALS_BY - today.day, CLAIM_BY - today.day
    if found.to_send:
        words = f"{month}月の実績をまだ送っていません({found.to_send_offices}事業所 {found.to_send}名)"
        yield Notice(words, reverse("exchange:month"), "状況を見る", until_actuals)
    if found.to_come:
        words = f"{month}月の実績がまだ届いていません({found.to_come_offices}事業所 {found.to_come}名)"
        yield Notice(words, reverse("exchange:month"), "状況を見る", until_actuals)
    if found.arrived:
        words = f"{month}月の予定と実績の違いを確かめてください({found.arrived}事業所から届いています)"
        yield Notice(words, reverse("exchange:this-match"), "突合", until_claim)
