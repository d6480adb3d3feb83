"""What an administrator has to see to about terminals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from kiban.ops.room import Dated, FirstStep, Notice, Visitor, Workplace
from kiban.registry.models import Organisation
from kiban.terminals import board
from kiban.terminals.ending import ending


def notices(workplace: Workplace) -> Iterator[Notice]:
    """For administrators: certificates that end within the notice period, the nearest first."""
    if workplace.is_administrator:
        for one in ending(workplace.organisation, timezone.localdate()):
            page = reverse("terminals:terminal", args=[one.certificate.terminal_id])
            yield Notice(one.words, page, "新しくする", one.days, bad=one.before_claims)


def dates(visitor: Visitor, first: dt.date, after: dt.date) -> Iterator[Dated]:
    """For administrators: the last days of certificates in use."""
    if not visitor.is_administrator:
        return
    for row in board.rows(visitor.organisation, whole_corporation=False):
        if row.certificate and first <= (on := timezone.localdate(row.certificate.not_after)) < after:
            yield Dated(on, "証明書の最終日", row.terminal.name, reverse("terminals:terminal", args=[row.terminal.pk]))


def first_steps(organisation: Organisation) -> Iterator[FirstStep]:
    """Who looks, in which scene, at which terminal, decided before anything is bought; then one terminal made ready."""
    yield FirstStep(
        20,
        "terminals-scenes",
        "だれが、どの場面で、どの端末で見るかを決める",
        "場面ごとに端末を決めると、足りない端末と、済んでいない設定がわかります。",
        reverse("terminals:scenes"),
        organisation.scenes.filter(ended_at=None).exclude(terminal=None).exists(),
    )
    yield FirstStep(
        21,
        "terminals-ready",
        "端末を準備する",
        "証明書・初期設定・カードリーダーの3つが済んだ端末が1台あれば、始められます。カードを使わない端末は2つです。",
        reverse("terminals:board"),
        any(not row.open_steps for row in board.rows(organisation, whole_corporation=False)),
    )
