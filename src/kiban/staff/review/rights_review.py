"""権限の見直し: everybody's rights on one sheet, looked through, signed off by name and kept as they were that day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff import rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Delegation, Employment, RightsReview, Suspicion, TerminalUse
from kiban.staff.people import roster

EVERY = 6  # months
LONGEST = timedelta(days=366)
UNUSED = timedelta(days=90)
# What the sign-off is about; when somebody signs in meanwhile, nothing of this has changed.
RIGHTS = ("login_id", "name", "job", "level", "from", "last_day", "factors", "acting")

CHANGED = "見ている間に、職員の登録が変わりました。新しい内容をもう一度見てから、確かめてください。"


def now(organisation: Organisation) -> dict[str, Any]:
    """What everybody may do today, as plain values: it is what a review keeps."""
    today = timezone.localdate()
    employments = list(roster.everybody(organisation).not_over(today))
    terminals = _terminals(organisation, {employment.account_id for employment in employments})
    acting = _acting(organisation)
    return {
        "people": [_person(employment, terminals, acting, today) for employment in employments],
        "findings": Suspicion.objects.filter(organisation=organisation, cleared_at=None).count(),
    }


def digest(content: dict[str, Any]) -> str:
    """Hex SHA-256 over the rights alone: a sign-off is for what was on the screen."""
    granted = [{name: person[name] for name in RIGHTS} for person in content["people"]]
    return hashlib.sha256(json.dumps(granted, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sign_off(seen: str, *, by: Employment, note: str, next_on: date) -> RightsReview:
    """Record that ``by`` looked through what everybody in the organisation may do today.

    Args:
        seen: ``digest`` of what was on the screen.

    Raises:
        PermissionDenied: ``by`` is no administrator.
        StaffError: the rights changed meanwhile, or the next day is not within a year.
    """
    rights.require_administrator(by, by.organisation_id)
    today = timezone.localdate()
    if not today < next_on <= today + LONGEST:
        raise StaffError("次の見直しの日は、明日から1年以内にしてください。")
    content = now(by.organisation)
    if digest(content) != seen:
        raise StaffError(CHANGED)
    return RightsReview.objects.create(
        organisation=by.organisation, reviewed_by=by.account, note=note.strip(), content=content, next_on=next_on
    )


def due_on(organisation: Organisation) -> date | None:
    """The day the next review is due; before the first one: six months after the first person began."""
    last = RightsReview.objects.filter(organisation=organisation).order_by("-reviewed_at").first()
    if last is not None:
        return last.next_on
    first = Employment.objects.filter(organisation=organisation).order_by("starts_on").first()
    return months_after(first.starts_on) if first else None


def months_after(day: date, months: int = EVERY) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.month - 1 + months, 12)
    first_after = date(day.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = first_after - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _person(
    employment: Employment, terminals: dict[int, list[str]], acting: dict[int, list[str]], today: date
) -> dict[str, Any]:
    account = employment.account
    factors = roster.factors(employment)
    return {
        "employment": employment.pk,
        "login_id": account.login_id,
        "name": account.name,
        "kana": account.kana,
        "job": employment.job_type.name,
        "level": employment.get_level_display(),
        "from": employment.starts_on.isoformat(),
        "last_day": employment.last_day.isoformat() if employment.last_day else None,
        "factors": factors,
        "last_sign_in": account.last_login.isoformat() if account.last_login else None,
        "terminals": terminals.get(account.pk, []),
        "acting": acting.get(account.pk, []),
        "remarks": list(_remarks(employment, factors, today)),
    }


def _remarks(employment: Employment, factors: list[str], today: date) -> Iterator[str]:
    account = employment.account
    if employment.starts_on > today:
        yield "まだ始まっていません"
        return
    if account.last_login is None:
        yield "まだサインインしていません"
    elif account.last_login < timezone.now() - UNUSED:
        yield f"{UNUSED.days}日以上サインインしていません"
    if not factors:
        yield "二つ目の確認がありません"
    if account.must_change_password:
        yield "はじめのパスワードのままです"


def _terminals(organisation: Organisation, accounts: set[int]) -> dict[int, list[str]]:
    """Account → names of the organisation's terminals it was used at in the last six months, the latest first."""
    since = timezone.now() - timedelta(days=183)
    names: dict[int, list[str]] = {}
    uses = TerminalUse.objects.filter(account__in=accounts, terminal__organisation=organisation, last_at__gt=since)
    for account, name in uses.order_by("-last_at").values_list("account", "terminal__name"):
        names.setdefault(account, []).append(name)
    return names


def _acting(organisation: Organisation) -> dict[int, list[str]]:
    """Account → for whom it may act now or later."""
    names: dict[int, list[str]] = {}
    live = Delegation.objects.filter(organisation=organisation, revoked_at=None, ends_at__gt=timezone.now())
    for actor, absent in live.order_by("starts_at").values_list("actor", "absent__name"):
        names.setdefault(actor, []).append(absent)
    return names
