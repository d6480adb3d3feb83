"""Codes on paper for the day the telephone is gone: ten at a time, each stands once for the second factor."""

from __future__ import annotations

import secrets
import unicodedata

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kiban.staff.models import Account, RecoveryCode
from kiban.staff.sign_in.passwords import LETTERS
from kiban.staff.sign_in.second_factor import Outcome

HOW_MANY = 10
GROUPS, GROUP = 3, 4  # 12 of 31 characters: 59 bits


def make(account: Account) -> list[str]:
    """Ten new codes, to be shown once; the ones before are void from now on."""
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(HOW_MANY)]
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        _good(account).update(replaced_at=timezone.now())
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account=account, code_hash=_hashed(account, code)) for code in codes
        )
    return codes


def use(account: Account, typed: str) -> Outcome:
    """Use a code up. Wrong: it is none of the account's, or has been replaced."""
    code = RecoveryCode.objects.filter(account=account, code_hash=_hashed(account, typed), replaced_at=None)
    if code.filter(used_at=None).update(used_at=timezone.now()):  # of two who come at once, one is first
        return Outcome.RIGHT
    return Outcome.USED if code.exists() else Outcome.WRONG


def left(account: Account) -> int:
    """How many are still good."""
    return _good(account).count()


def looks_like_one(typed: str) -> bool:
    """Whether it has as many characters as a code; nothing shorter is worth counting as a try."""
    return len(_plain(typed)) == GROUPS * GROUP


def _good(account: Account) -> QuerySet[RecoveryCode]:
    return RecoveryCode.objects.filter(account=account, used_at=None, replaced_at=None)


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(GROUP))


def _plain(typed: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", typed).lower() if char.isascii() and char.isalnum())


def _hashed(account: Account, typed: str) -> str:
    return salted_hmac(f"kiban.recovery-code.{account.pk}", _plain(typed), algorithm="sha256").hexdigest()
