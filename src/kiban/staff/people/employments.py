"""Employments: who works where as what, from which day until which; ending and changing one.

``by`` is the employment under which an administrator acts, or ``None`` for the operator at the command line. What an
administrator may not do raises; pages ask nothing beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from kiban.registry import corporations
from kiban.registry.models import JobType, Organisation
from kiban.staff import accounts, rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, Session
from kiban.staff.people import changes
from kiban.terms.wareki import to_wareki

Level = Employment.Level
ADDS_SELF = "自分を自分で加えることはできません。ほかの管理者か事業所ユーザに頼んでください。"


@dataclass(frozen=True)
class Post:
    """As what somebody works, and on which days. ``ends_on``: first day without rights; ``None``: no end known."""

    job_type: JobType
    level: str
    starts_on: date
    ends_on: date | None = None


def add_person(login_id: str, name: str, kana: str, post: Post, *, by: Employment) -> tuple[Account, str]:
    """Make an account and employ its person in the organisation of ``by``; both or neither.

    Returns:
        The account and its first password, which is kept nowhere.

    Raises:
        PermissionDenied: ``by`` is no administrator.
        StaffError: as ``accounts.create_account`` and ``employ``.
    """
    with transaction.atomic():
        account, password = accounts.create_account(login_id, name, kana, by=by)
        employ(account, by.organisation, post, by=by)
    return account, password


def employ(account: Account, organisation: Organisation, post: Post, *, by: Employment | None) -> Employment:
    """Record that the person works there in that 職種.

    Raises:
        PermissionDenied: ``by`` is no administrator there.
        StaffError: the level is not ``by``'s to give, the account is ``by``'s own, or as ``record``.
    """
    if by is not None:
        rights.require_administrator(by, organisation.pk)
        rights.require_may_grant(by, post.level)
        if account.pk == by.account_id:
            raise StaffError(ADDS_SELF)
    return record(account, organisation, post, by=_account(by))


def take_over(there: Employment, post: Post, *, moves: bool, by: Employment) -> Employment:
    """Employ here, with the same account, somebody who works in another office of the corporation.

    Args:
        moves: 異動: the employment there ends the day this one begins.

    Raises:
        PermissionDenied: ``by`` is no administrator, or the other office is of another corporation.
        StaffError: as ``employ``, or ``by`` has no say over there.
    """
    if not corporations.is_of_the_corporation(there.organisation, by.organisation):
        raise PermissionDenied
    with transaction.atomic():
        made = employ(there.account, by.organisation, post, by=by)
        if moves:
            end_employment(there, post.starts_on, by=acting_there(by, there) or by)
    return made


def acting_there(by: Employment, there: Employment) -> Employment | None:
    """The employment under which the person of ``by`` may end that one in the other office, if any."""
    today = timezone.localdate()
    others = Employment.objects.in_force(today).filter(account=by.account_id, organisation=there.organisation_id)
    for other in others:
        try:
            rights.require_may_change(other, there)
        except StaffError:
            continue
        return other
    return None


def record(account: Account, organisation: Organisation, post: Post, *, by: Account | None) -> Employment:
    """Record an employment, for whoever has asked for the right: this module, or an invitation that was taken up.

    Raises:
        StaffError: the dates are the wrong way round, or the same 職種 there overlaps.
    """
    if post.ends_on is not None and post.ends_on <= post.starts_on:
        raise StaffError("最後の日は、最初の日より前にできません。")
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        same = account.employments.filter(organisation=organisation, job_type=post.job_type)
        for other in same:
            begins_before = post.ends_on is None or other.starts_on < post.ends_on
            ends_after = other.ends_on is None or post.starts_on < other.ends_on
            if begins_before and ends_after:
                raise StaffError(f"同じ職種({post.job_type.name})での所属と期間が重なっています。")
        made = Employment.objects.create(
            account=account,
            organisation=organisation,
            job_type=post.job_type,
            level=post.level,
            starts_on=post.starts_on,
            ends_on=post.ends_on,
            recorded_by=by,
        )
        changes.employment(changes.Kind.EMPLOYED, made, by=by)
        return made


def end_employment(employment: Employment, on: date, *, by: Employment | None) -> None:
    """End the employment: ``on`` is the first day without rights. When that day is here, its sessions end at once.

    Raises:
        StaffError: ``by`` has no say in it, or the day lies before the employment began.
    """
    if by is not None:
        rights.require_may_change(by, employment)
    _end(employment, on, by=_account(by))


def end_now(employment: Employment, *, by: Employment | None) -> None:
    """End the employment this moment: no rights from now on, whatever was open is closed. Raises as above."""
    end_employment(employment, max(timezone.localdate(), employment.starts_on), by=by)


def restore(employment: Employment, *, why: str, by: Employment) -> None:
    """登録のまちがい: an employment that was ended by mistake goes on, as if it had not ended.

    Raises:
        StaffError: ``by`` has no say in it, it is not over, the person has worked here as something else since, or why
            is not said.
    """
    rights.require_administrator(by, employment.organisation_id)
    rights.require_may_change(by, employment)
    if not why.strip():
        raise StaffError("何をまちがえたかを書いてください。")
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=employment.account_id)
        ended = Employment.objects.select_for_update().get(pk=employment.pk)
        if ended.ends_on is None or ended.ends_on > timezone.localdate():
            raise StaffError("この所属は終わっていません。")
        later = account.employments.filter(organisation=ended.organisation, starts_on__gte=ended.ends_on)
        if later.exclude(pk=ended.pk).exists():
            raise StaffError("そのあとに、この事業所での別の所属があります。そちらの登録を確かめてください。")
        until = to_wareki(ended.last_day) if ended.last_day else ""
        ended.ends_on, ended.ended_by = None, None
        ended.save(update_fields=["ends_on", "ended_by"])
        detail = f"{ended.job_type.name} {until}までとした登録のまちがい: {why.strip()}"
        changes.record(changes.Kind.RESTORED, ended.organisation, by=by.account, about=account, detail=detail)
    employment.refresh_from_db()


def change_job(employment: Employment, job_type: JobType, level: str, *, on: date, by: Employment | None) -> Employment:
    """異動: end the employment and start another in the same organisation on that day.

    Raises:
        StaffError: ``by`` has no say in it or may not give the level, nothing would change, or the employment does not
            reach that day.
    """
    if by is not None:
        rights.require_may_change(by, employment)
        rights.require_may_grant(by, level)
    if employment.job_type_id == job_type.pk and employment.level == level:
        raise StaffError("職種も区分も、いまと同じです。")
    if on < employment.starts_on or (employment.ends_on is not None and employment.ends_on <= on):
        raise StaffError("所属していない日に職種を変えることはできません。")
    with transaction.atomic():
        post = Post(job_type, level, on, employment.ends_on)
        _end(employment, on, by=_account(by))
        return record(employment.account, employment.organisation, post, by=_account(by))


def _account(by: Employment | None) -> Account | None:
    return None if by is None else by.account


def _end(employment: Employment, on: date, *, by: Account | None) -> None:
    if on < employment.starts_on:
        raise StaffError("最後の日は、最初の日より前にできません。")
    with transaction.atomic():
        employment.ends_on = on
        employment.ended_by = by
        employment.save(update_fields=["ends_on", "ended_by"])
        if on <= timezone.localdate():
            Session.objects.filter(employment=employment).end()
        changes.employment(changes.Kind.ENDED, employment, by=by)
