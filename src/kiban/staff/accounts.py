"""Accounts: making one, and what can be done with its password and second factor.

``by`` is the employment under which an administrator acts, or ``None`` for the operator at the command line. What an
administrator may not do raises; pages ask nothing beforehand.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kiban.staff import rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment
from kiban.staff.people import changes
from kiban.staff.sign_in import second_factor, sessions
from kiban.staff.sign_in.backends import forget_failures
from kiban.staff.sign_in.passwords import first_password, remember
from kiban.terminals.models import Terminal

OWN_NAME = "自分の氏名は自分では変えられません。ほかの管理者か事業所ユーザに頼んでください。"


def normalised_id(typed: str) -> str:
    """職員ID as stored: full-width forms and capitals typed by mistake mean the same ID."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def create_account(login_id: str, name: str, kana: str = "", *, by: Employment | None) -> tuple[Account, str]:
    """Make the account of one natural person.

    Returns:
        The account and its first password, which is kept nowhere and must be changed at the first sign-in.

    Raises:
        PermissionDenied: ``by`` is no administrator.
        StaffError: the ID is taken or has no characters.
    """
    if by is not None:
        rights.require_administrator(by, by.organisation_id)
    password = first_password()
    account = new_account(
        login_id, password, name=name, kana=kana, must_change_password=True, created_by=by and by.account
    )
    return account, password


def rename(account: Account, name: str, kana: str, *, why: str, by: Employment) -> None:
    """氏名を変える: the person is the same, and is called otherwise, or was misspelt.

    What was done under the old name keeps it. A terminal whose 管理する人 is this person goes by the new name.

    Raises:
        PermissionDenied: ``by`` is no administrator, or the person does not work there.
        StaffError: there is no name, nothing would change, or it is the own name and somebody else could do it.
    """
    rights.require_administrator(by, by.organisation_id)
    organisations = account.employments.values_list("organisation", flat=True)
    if by.organisation_id not in organisations:
        raise PermissionDenied
    if account.pk == by.account_id and not rights.is_only_administrator(account, by.organisation):
        raise StaffError(OWN_NAME)
    name, kana, before = name.strip(), kana.strip(), account.name
    if not name:
        raise StaffError("氏名を入れてください。")
    if (name, kana) == (account.name, account.kana):
        raise StaffError("氏名もフリガナも、いまと同じです。")
    with transaction.atomic():
        account.name, account.kana = name, kana
        account.save(update_fields=["name", "kana"])
        for terminal in Terminal.objects.filter(organisation__in=organisations).exclude(custodian=""):
            if "".join(terminal.custodian.split()) == "".join(before.split()):  # as terminals.renewal compares
                Terminal.objects.filter(pk=terminal.pk).update(custodian=name)
        changes.record(
            changes.Kind.RENAMED, None, by=by.account, about=account, detail=f"{before} → {name}({why.strip()})"
        )


def new_account(login_id: str, password: str, *, name: str, kana: str, **fields: Any) -> Account:
    """Make an account with a password that somebody chose. Asks no right: an invitation may have given it.

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


def reset_password(account: Account, *, by: Employment | None = None) -> str:
    """Give the account a new first password (returned once), end its sessions and any lock-out.

    Raises:
        StaffError: ``by`` has no say in it.
    """
    if by is not None:
        rights.require_may_reset(by, account)
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
    """The app is lost or replaced: the next sign-in sets up a new one.

    Raises:
        StaffError: ``by`` has no say in it.
    """
    if by is not None:
        rights.require_may_reset(by, account)
    _record(changes.Kind.FACTOR_RESET, account, by)
    second_factor.reset(account)


def _record(kind: changes.Kind, account: Account, by: Employment | None) -> None:
    changes.record(kind, by.organisation if by else None, by=by.account if by else None, about=account)
