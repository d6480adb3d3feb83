"""Passwords: the first one we make, and the rules for the one a person chooses.

Guideline 7.0 for medical information systems: 13 characters or more, 8 or more together with a second factor, no
reuse, no forced periodic change.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.hashers import check_password, is_password_usable
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kiban.staff.models import Account, PasswordBefore
from kiban.staff.sign_in import second_factor

# Without letters and digits that are mistaken for each other on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LONG, SHORT = 13, 8  # characters: alone, and beside a second factor
REMEMBERED = 24  # earlier passwords: each is compared at the cost of one sign-in


def first_password() -> str:
    """A password to hand over on paper: three groups of four (59 bits). It must be changed at the first sign-in."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def check(account: Account, text: str) -> list[str]:
    """What is wrong with a password somebody wants to choose, in their words; empty when it may be taken.

    The account may be one that is not stored yet (an invitation being taken up).
    """
    try:
        validate_password(text, account)
    except ValidationError as error:
        return list(error.messages)
    return []


def remember(account: Account) -> None:
    """Keep the password that is about to be replaced, hashed as it is, so that it is not chosen again."""
    stored = Account.objects.values_list("password", flat=True).get(pk=account.pk)
    if is_password_usable(stored):
        PasswordBefore.objects.create(account=account, password=stored)


class LongEnough:
    """Length is what counts; a second factor stands for five characters."""

    def validate(self, password: str, user: Any = None) -> None:
        shortened = isinstance(user, Account) and user.pk is not None and second_factor.is_enrolled(user)
        if len(password) >= (SHORT if shortened else LONG):
            return
        if shortened:
            raise ValidationError(f"短すぎます。{SHORT}文字以上にしてください。", code="password_too_short")
        raise ValidationError(
            f"短すぎます。{LONG}文字以上にしてください。"
            f"パスキーか認証アプリを登録した人は、{SHORT}文字以上にできます。",
            code="password_too_short",
        )

    def get_help_text(self) -> str:
        return (
            f"{LONG}文字以上にしてください。パスキーか認証アプリなど、二つ目の確認を登録してある人は"
            f"{SHORT}文字以上でかまいません。"
        )


class NotUsedBefore:
    """A new password must be a new one."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or not user.pk:
            return
        if user.check_password(password):
            raise ValidationError("いまのパスワードと同じです。別のパスワードにしてください。", code="password_reused")
        before = user.passwords_before.order_by("-pk").values_list("password", flat=True)[:REMEMBERED]
        if any(check_password(password, kept) for kept in before):
            raise ValidationError(
                "前に使ったパスワードです。まだ使ったことのないパスワードにしてください。", code="password_reused"
            )

    def get_help_text(self) -> str:
        return "いまのパスワードや、前に使ったパスワードと同じものは使えません。"
