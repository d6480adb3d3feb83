"""Passwords: the first one we make, and the rules for the one a person chooses.

Guideline 7.0 for medical information systems: 8 characters or more together with a second factor (which nobody
can do without here), no reuse, no forced periodic change.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError

# Without letters and digits that are mistaken for each other on paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """A password to hand over on paper: three groups of four (59 bits). It must be changed at the first sign-in."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


class NotTheCurrentPassword:
    """A new password must be a new one."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError("いまのパスワードと同じです。別のパスワードにしてください。", code="password_reused")

    def get_help_text(self) -> str:
        return "いまのパスワードと同じものは使えません。"
