"""What an administrator has to see to about staff: findings, invitations, the review of rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from kiban.ops.room import FirstStep, Notice, Visitor, Workplace
from kiban.registry.models import Organisation
from kiban.staff.models import Employment, Invitation, Suspicion
from kiban.staff.people import delegations
from kiban.staff.review import rights_review
from kiban.staff.sign_in import recovery_codes
from kiban.terms.wareki import to_wareki

REVIEW_NOTICE = 30  # days before the next review of rights
NEWCOMER = dt.timedelta(days=14)  # for so long after the account was made codes on paper are asked for
INVITATION_NOTICE = 3  # days before an invitation nobody has taken up runs out


def notices(workplace: Workplace) -> Iterator[Notice]:
    """For administrators; names no member of staff."""
    if workplace.is_administrator:
        yield from _notices(workplace.organisation)


def waiting(visitor: Visitor) -> Mapping[str, int]:
    """Beside 職員 and 代行 in the frame."""
    found = _findings(visitor.organisation).count() if visitor.is_administrator else 0
    return {"staff:people": found, "staff:acting": len(list(acting(visitor)))}


def _findings(organisation: Organisation) -> QuerySet[Suspicion]:
    return Suspicion.objects.filter(organisation=organisation, cleared_at=None)


def acting(visitor: Visitor) -> Iterator[Notice]:
    """代行 the visitor may begin now, each with the name of the member of staff who is away."""
    if visitor.account is None or visitor.is_acting:
        return
    for delegation in delegations.usable_by(visitor.account, visitor.organisation).order_by("ends_at"):
        words = f"{delegation.absent.name}さんの代行ができます"
        last = timezone.localdate(delegation.ends_at) - dt.timedelta(days=1)
        yield Notice(f"{words}({to_wareki(last)}まで)", reverse("staff:acting"), "始める", mark="代行")


def newcomer(visitor: Visitor) -> Iterator[Notice]:
    """Who has been here for a few days only is reminded of the codes on paper, until there are some."""
    account = visitor.account
    if account is None or timezone.now() - account.created_at > NEWCOMER:
        return
    if not recovery_codes.left(account):
        yield Notice(
            "スマートフォンをなくしたときのために、復旧コードを印刷して、しまっておいてください",
            reverse("staff:own") + "#recovery",
            "復旧コードを作る",
            mark="はじめに",
        )


def _notices(organisation: Organisation) -> Iterator[Notice]:
    today = timezone.localdate()
    if found := _findings(organisation).count():
        yield Notice(
            f"職員IDの使い方に確かめることがあります({found}件)",
            reverse("staff:findings"),
            "確かめる",
            mark="確認",
            bad=True,
        )
    due_on = rights_review.due_on(organisation)
    if due_on is not None and (days := (due_on - today).days) <= REVIEW_NOTICE:
        yield Notice("職員の権限の見直しの時期です", reverse("staff:rights-review"), "見直す", days)
    waiting = Invitation.objects.filter(
        organisation=organisation, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    for invitation in waiting.order_by("expires_at"):
        days = (timezone.localdate(invitation.expires_at) - today).days
        if days <= INVITATION_NOTICE:
            yield Notice(
                "まだ受け取られていない職員の招待が期限になります", reverse("staff:invitations"), "招待を見る", days
            )


def first_steps(organisation: Organisation) -> Iterator[FirstStep]:
    """Somebody besides the first one."""
    today = timezone.localdate()
    several = Employment.objects.in_force(today).filter(organisation=organisation).count() > 1
    yield FirstStep(
        10,
        "staff-invite",
        "職員を招待する",
        "一人にひとつの職員IDを作ります。ケアマネジャーなど、情報を見る人を招待してください。",
        reverse("staff:invite"),
        several,
    )
