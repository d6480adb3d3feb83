"""The way from a right password to a signed-in session, and what is known in between.

Between the steps the session holds who is *about to* sign in, nothing the gate or ``SignedIn`` would accept.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login, user_login_failed
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from kiban.staff.models import Account, Employment, EmploymentQuerySet
from kiban.staff.review import suspicions
from kiban.staff.sign_in import backends, second_factor, sessions
from kiban.terminals.models import Terminal
from kiban.web.request import Request, local_path

PENDING = "pending"
# Long enough to install an authenticator app on a telephone.
TIME_TO_FINISH = timedelta(minutes=30)


@dataclass(frozen=True)
class Pending:
    """Somebody who has shown the password; ``code_shown``: the second factor too."""

    account_id: int
    password: str  # a keyed hash that changes with the password
    next: str
    code_shown: bool = False


def terminal_of(request: Request) -> Terminal:
    """The terminal the client certificate belongs to (set by the terminals' middleware)."""
    return request.terminal


def fingerprint_of(request: HttpRequest) -> str:
    """SHA-256 (hex) of the certificate the connection proved; empty if none."""
    return getattr(request, "certificate_fingerprint", None) or ""


def begin(request: Request, account: Account, next_page: str) -> None:
    """After a right password: a fresh session, bound to the certificate, that waits for the second factor."""
    request.session.flush()
    second_factor.start_enrolment(account)
    _remember(request, Pending(account.pk, account.get_session_auth_hash(), next_page))


def pending(request: Request) -> tuple[Pending, Account] | None:
    """Who is about to sign in on this terminal, if anybody.

    Ends the step when it was carried to another certificate, or the password was reset meanwhile.
    """
    stored = request.session.get(PENDING)
    if stored is None:
        return None
    waiting = Pending(**stored)
    account = Account.objects.get(pk=waiting.account_id)
    same_password = constant_time_compare(waiting.password, account.get_session_auth_hash())
    if not same_password or request.session.get(sessions.FINGERPRINT) != fingerprint_of(request):
        request.session.flush()
        return None
    return waiting, account


def is_locked(request: Request, account: Account) -> bool:
    """Whether the account is locked out after too many failures."""
    return not AxesProxyHandler.is_allowed(request, {"login_id": account.login_id})


def count_failure(request: Request, account: Account) -> None:
    """A wrong code counts towards the lock-out as a wrong password does."""
    user_login_failed.send(sender=__name__, credentials={"login_id": account.login_id}, request=request)
    tell_of_failure(request, account.login_id)


def tell_of_failure(request: Request, login_id: str) -> None:
    """After a wrong try: record the signs it gives. One that did not count, because of a lock-out, gives none."""
    tries = request.axes_failures_since_start
    if tries is not None:
        suspicions.at_failure(login_id, terminal_of(request), locks=tries == settings.AXES_FAILURE_LIMIT)


def forget_failures(request: Request, account: Account) -> None:
    """The person has shown who it is, here."""
    backends.forget_failures(account, terminal_of(request).organisation_id)


def code_shown(request: Request, waiting: Pending) -> None:
    """After a right code."""
    _remember(request, replace(waiting, code_shown=True))


def employments_here(request: Request, account: Account) -> EmploymentQuerySet:
    """The account's employments today in the organisation the terminal belongs to."""
    here = Employment.objects.filter(account=account, organisation=terminal_of(request).organisation_id)
    return here.in_force(timezone.localdate()).select_related("job_type").order_by("pk")


def sign_in(request: Request, account: Account, employment: Employment) -> None:
    """Start the signed-in session under a new key, so that nobody who knew the old one shares it."""
    suspicions.at_sign_in(employment, terminal_of(request), fingerprint_of(request))
    request.session.flush()
    login(request, account, backend=sessions.PASSWORD_BACKEND)
    request.session.update(sessions.signed_in(account, employment, fingerprint_of(request)))


def is_in(request: Request) -> bool:
    """Whether the session is a signed-in one by now."""
    return sessions.ACCOUNT in request.session


def page_after(next_page: str) -> str:
    """Where to go after signing in: the local path asked for, else today's list."""
    if local_path(next_page):
        return next_page
    try:
        return reverse("home:today")
    except NoReverseMatch:
        return "/"


def _remember(request: Request, waiting: Pending) -> None:
    request.session[PENDING] = asdict(waiting)
    request.session[sessions.FINGERPRINT] = fingerprint_of(request)
    request.session[sessions.ENDS_AT] = (timezone.now() + TIME_TO_FINISH).isoformat()
