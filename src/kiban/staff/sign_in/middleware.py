"""Whether the person before the screen is signed in, still employed, and at the terminal of the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from kiban.staff.models import Delegation, Employment
from kiban.staff.people import delegations
from kiban.staff.review import suspicions
from kiban.staff.sign_in import purposes, sessions
from kiban.staff.sign_in.signing_in import fingerprint_of, terminal_of
from kiban.web.access import Access, access_of
from kiban.web.frame import Frame
from kiban.web.request import Caller, GatedRequest, Request, SignedInRequest

SIGN_IN = "サインインしてください。"
ACTING_ENDED = "代行の期間が終わったか、許可が取り消されました。いまからは、自分として見ます。"
ENDED = "サインインは終わりました。もう一度サインインしてください。"
LOCKED = "画面がロックされています。ロックを解いてください。"
CHANGE_PASSWORD = "はじめのパスワードを、自分で決めたパスワードに変えてください。"  # noqa: S105
# All that somebody who still has the first password may do.
WITH_FIRST_PASSWORD = {"staff:password", "staff:sign-out", "staff:lock", "staff:locked", "staff:in-use"}
# All that can be done at a locked screen; signing out needs no sign-in.
WHEN_LOCKED = {"staff:lock", "staff:locked"}


class SignedIn:
    """Lets a request through to a view only as the view's access mark allows.

    Nothing is cached between requests: whoever leaves, is suspended or has the password reset is out at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: SignedInRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        access = access_of(view)
        if access in {Access.PUBLIC, Access.TERMINAL}:
            return None
        request.caller = caller_of(request)
        if access is Access.GATED:
            # The gate looks at the session itself; asking here too would double the cost of every opening.
            if not request.caller.session:
                return to_sign_in(request, SIGN_IN)
            gated = cast("GatedRequest", request)
            gated.purpose = purposes.chosen(request)
            gated.usual_purpose = lambda: purposes.usual(employment_in_force(request))
            return None
        if sessions.ACCOUNT not in request.session:
            return to_sign_in(request, SIGN_IN)
        employment = employment_in_force(request)
        if employment is None:
            return turn_out(request)
        place = request.resolver_match.view_name if request.resolver_match else ""
        if sessions.is_locked(request.session):
            sessions.lock(request.session.session_key)
            if place not in WHEN_LOCKED:
                return to_lock(request)
        elif sessions.touch(request.session):
            suspicions.while_in_use(employment, terminal_of(request), fingerprint_of(request))
        if employment.account.must_change_password and place not in WITH_FIRST_PASSWORD:
            return to_password(request)
        attach(request, employment)
        request.purpose = purposes.chosen(request) or purposes.usual(employment)
        if access is Access.ADMINISTRATOR and not employment.is_administering:
            raise PermissionDenied
        return None


def employment_in_force(request: Request) -> Employment | None:
    """The employment the session acts under, if all still holds: certificate, second factor, account, dates."""
    session = request.session
    account_id, employment_id = session.get(sessions.ACCOUNT), session.get(sessions.EMPLOYMENT)
    if account_id is None or employment_id is None or not session.get(sessions.SECOND_FACTOR_AT):
        return None
    if session.get(sessions.FINGERPRINT) != fingerprint_of(request):
        return None
    return (
        Employment.objects.in_force(timezone.localdate())
        .select_related("organisation", "job_type", "account")
        .filter(pk=employment_id, account_id=account_id, account__is_active=True)
        .first()
    )


def caller_of(request: Request) -> Caller:
    """What the request proves about itself, for the gate."""
    return Caller(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), fingerprint_of(request))


def attach(request: SignedInRequest, employment: Employment) -> None:
    """Put who is signed in, and the words of the page's head, on the request."""
    request.user = employment.account
    terminal = getattr(request, "terminal", None)
    delegation = in_use(request, employment)
    request.employment = employment
    request.organisation, request.account = employment.organisation, employment.account
    request.frame = Frame(
        organisation_name=employment.organisation.name,
        organisation_number=employment.organisation.number,
        terminal_name=terminal.name if terminal else "",
        person_name=employment.account.name,
        job_name=employment.job_type.name,
        is_administrator=employment.is_administering,
        organisation_kind=employment.organisation.kind,
        acting_for=delegation.absent.name if delegation else "",
        acting_until=delegation.ends_at if delegation else None,
    )


def in_use(request: Request, employment: Employment) -> Delegation | None:
    """代行: the delegation the session acts under. One that is over, or was taken back, is dropped and said so."""
    chosen = request.session.get(sessions.DELEGATION)
    if chosen is None:
        return None
    delegation = delegations.usable_by(employment.account, employment.organisation).filter(pk=chosen).first()
    if delegation is None:
        del request.session[sessions.DELEGATION]
        messages.warning(request, ACTING_ENDED)
    return delegation


def to_sign_in(request: Request, message: str) -> HttpResponse:
    """Send the browser to the sign-in page; answer 401 to a program."""
    if _is_api(request):
        return JsonResponse({"code": "account_none", "message": message}, status=401)
    if message != SIGN_IN:
        messages.warning(request, message)
    return _go(request, reverse("staff:sign-in"))


def end_if_carried(request: HttpRequest) -> None:
    """End a session that the gate met at another terminal than its own, and record it."""
    if request.session.get(sessions.FINGERPRINT) not in {None, fingerprint_of(request)}:
        suspicions.at_end(request.session, fingerprint_of(request))
        request.session.flush()


def turn_out(request: Request) -> HttpResponse:
    """End a session that does not hold (any more), and send the browser to the sign-in page."""
    suspicions.at_end(request.session, fingerprint_of(request))
    request.session.flush()
    return to_sign_in(request, ENDED)


def to_lock(request: Request) -> HttpResponse:
    """Send the browser to the locked screen; answer 403 to a program."""
    if _is_api(request):
        return JsonResponse({"code": "account_locked", "message": LOCKED}, status=403)
    return _go(request, reverse("staff:locked"))


def to_password(request: Request) -> HttpResponse:
    """Send the browser to the change of the first password; answer 403 to a program."""
    if _is_api(request):
        return JsonResponse({"code": "account_password", "message": CHANGE_PASSWORD}, status=403)
    return _go(request, reverse("staff:password"))


def _go(request: Request, page: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(page)
    if request.method == "GET" and request.path != "/":
        # Without the query: it may hold a name somebody searched for.
        page += "?" + urlencode({"next": request.path})
    return redirect(page)


def _is_api(request: Request) -> bool:
    return request.path.startswith("/api/")
