"""What can be done with accounts and employments, and by which rules.

``by`` is always who did it: an administrator's account, or ``None`` for the operator at the command line.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kiban.registry.models import JobType, Organisation
from kiban.staff import changes, second_factor, sessions
from kiban.staff.backends import forget_failures
from kiban.staff.models import Account, Employment, Session
from kiban.staff.passwords import first_password, remember

Level = Employment.Level


class StaffError(ValueError):
    """Something that cannot be done, said in the user's words."""


def normalised_id(typed: str) -> str:
    """職員ID as stored: full-width forms and capitals typed by mistake mean the same ID."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def create_account(login_id: str, name: str, kana: str = "", *, by: Account | None) -> tuple[Account, str]:
    """Make the account of one natural person.

    Returns:
        The account and its first password, which is kept nowhere and must be changed at the first sign-in.

    Raises:
        StaffError: the ID is taken or has no characters.
    """
    password = first_password()
    return new_account(login_id, password, name=name, kana=kana, must_change_password=True, created_by=by), password


def new_account(login_id: str, password: str, *, name: str, kana: str, **fields: Any) -> Account:
    """Make an account with a password somebody chose.

    Raises:
        StaffError: the ID is taken or has no characters.
    """
    login_id = normalised_id(login_id)
    if not login_id or any(character.isspace() for character in login_id):
        raise StaffError("職員IDは、空白を入れずに1文字以上で決めてください。")
    try:
        with transaction.atomic():
            return Account.objects.create_user(login_id, password, name=name.strip(), kana=kana.strip(), **fields)
    except IntegrityError as error:
        raise StaffError(
            f"職員ID「{login_id}」はすでに使われています。別のIDにしてください。"
            "このIDを使っている本人を加えるときは、招待の手紙を渡してください。"
        ) from error


def employ(
    account: Account,
    organisation: Organisation,
    job_type: JobType,
    level: str = Level.GENERAL,
    *,
    starts_on: date,
    ends_on: date | None = None,
    by: Account | None,
) -> Employment:
    """Record that the person works there in that 職種.

    Args:
        ends_on: the first day without rights (the day after the last day); ``None``: no end known.

    Raises:
        StaffError: the dates are the wrong way round, or the same 職種 there overlaps.
    """
    if ends_on is not None and ends_on <= starts_on:
        raise StaffError("最後の日は、最初の日より前にできません。")
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        same = account.employments.filter(organisation=organisation, job_type=job_type)
        for other in same:
            if (ends_on is None or other.starts_on < ends_on) and (other.ends_on is None or starts_on < other.ends_on):
                raise StaffError(f"同じ職種({job_type.name})での所属と期間が重なっています。")
        made = Employment.objects.create(
            account=account,
            organisation=organisation,
            job_type=job_type,
            level=level,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_by=by,
        )
        changes.employment(changes.Kind.EMPLOYED, made, by=by)
        return made


def end_employment(employment: Employment, on: date, *, by: Account | None) -> None:
    """End the employment: ``on`` is the first day without rights. When that day is here, its sessions end at once.

    Raises:
        StaffError: before the employment began.
    """
    if on < employment.starts_on:
        raise StaffError("最後の日は、最初の日より前にできません。")
    with transaction.atomic():
        employment.ends_on = on
        employment.ended_by = by
        employment.save(update_fields=["ends_on", "ended_by"])
        if on <= timezone.localdate():
            Session.objects.filter(employment=employment).delete()
        changes.employment(changes.Kind.ENDED, employment, by=by)


def end_now(employment: Employment, *, by: Account | None) -> None:
    """End the employment this moment: no rights from now on, whatever was open is closed."""
    end_employment(employment, max(timezone.localdate(), employment.starts_on), by=by)


def change_job(employment: Employment, job_type: JobType, level: str, *, on: date, by: Account | None) -> Employment:
    """異動: end the employment and start another in the same organisation on that day.

    Raises:
        StaffError: nothing would change, or the employment does not reach that day.
    """
    if employment.job_type_id == job_type.pk and employment.level == level:
        raise StaffError("職種も区分も、いまと同じです。")
    if on < employment.starts_on or (employment.ends_on is not None and employment.ends_on <= on):
        raise StaffError("所属していない日に職種を変えることはできません。")
    with transaction.atomic():
        ends_on = employment.ends_on
        end_employment(employment, on, by=by)
        return employ(
            employment.account, employment.organisation, job_type, level, starts_on=on, ends_on=ends_on, by=by
        )


def reset_password(account: Account, *, by: Employment | None = None) -> str:
    """Give the account a new first password (returned once), end its sessions and any lock-out."""
    _record(changes.Kind.PASSWORD_RESET, account, by)
    password = first_password()
    remember(account)
    account.set_password(password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    sessions.end_all(account)
    forget_failures(account)
    return password


def change_password(account: Account, password: str, *, staying: str | None = None) -> None:
    """Set the password the person chose, and end the account's sessions: whoever knew the old one is out.

    Args:
        staying: cookie value of the session in which it was changed; it stays.
    """
    remember(account)
    account.set_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    sessions.end_all(account, but=staying)


def reset_second_factor(account: Account, *, by: Employment | None = None) -> None:
    """The app is lost or replaced: the next sign-in sets up a new one."""
    _record(changes.Kind.FACTOR_RESET, account, by)
    second_factor.reset(account)


def _record(kind: changes.Kind, account: Account, by: Employment | None) -> None:
    changes.record(kind, by.organisation if by else None, by=by.account if by else None, about=account)
