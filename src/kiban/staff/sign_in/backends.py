"""Who may sign in with a password. One answer for everybody who may not: it tells nothing about an ID."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from axes.models import AccessAttempt
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kiban.staff.models import Account, Employment


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


def counted_for(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """What a wrong try counts for (``AXES_USERNAME_CALLABLE``): an ID in the organisation of the terminal.

    Where nobody of that ID is employed it counts for the terminal, which then refuses such IDs only: so nobody locks
    out somebody elsewhere, and what was typed (it may be a password) is kept nowhere.
    """
    login_id = (credentials or {}).get("login_id")
    terminal = getattr(request, "terminal", None)
    if not login_id or terminal is None:
        return None
    known: dict[str, str] = request.__dict__.setdefault("_counted_for", {})
    if login_id not in known:
        here = Employment.objects.filter(account__login_id=login_id, organisation=terminal.organisation_id)
        is_employed = here.in_force(timezone.localdate()).exists()
        known[login_id] = _key(terminal.organisation_id, login_id) if is_employed else f"terminal:{terminal.pk}"
    return known[login_id]


def forget_failures(account: Account, organisation_id: int | None = None) -> None:
    """End the lock-out of an account, in one organisation or wherever it was ever employed."""
    employers = account.employments.values_list("organisation_id", flat=True).distinct()
    chosen = employers if organisation_id is None else [organisation_id]
    AccessAttempt.objects.filter(
        username__in=[_key(organisation, account.login_id) for organisation in chosen]
    ).delete()


def _key(organisation_id: int, login_id: str) -> str:
    return f"{organisation_id}:{login_id}"
