"""Who may sign in with a password. One answer for everybody who may not: it tells nothing about an ID."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kiban.staff.models import Account


class LockOutBackend(AxesStandaloneBackend):
    """Refuses an ID after too many failures, in the time a wrong password would take."""

    def authenticate(
        self, request: HttpRequest, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        try:
            super().authenticate(request, username, password, **kwargs)
        except AxesBackendPermissionDenied:
            make_password(password)
            raise


class EmployedBackend(ModelBackend):
    """Password of an account that is in use and employed somewhere today."""

    def user_can_authenticate(self, user: AbstractBaseUser | Any) -> bool:
        return isinstance(user, Account) and user.is_active and user.employments.in_force(timezone.localdate()).exists()


def same_answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, str] | None) -> HttpResponse:
    """What a locked-out ID is answered: the same page as after any other failure (``AXES_LOCKOUT_CALLABLE``)."""
    return response
