"""Pages for what went wrong: plain words, what to do next, nothing about the inside.

Under ``/api/`` the same answers are JSON: ``{"code": …, "message": …}``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

import django.db
import psycopg
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.ops import database
from kiban.web.access import public

_DATABASE_LOST = (
    django.db.OperationalError,
    django.db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
RETRY_AFTER = 30  # seconds
PORT = re.compile(r":[1-9][0-9]{0,4}$")


@dataclass(frozen=True, slots=True)
class Mishap:
    status: int
    code: str
    message: str


BAD_REQUEST = Mishap(400, "bad_request", "送られた内容を受け取れませんでした")
FORBIDDEN = Mishap(403, "forbidden", "この操作はできません")
FORM_EXPIRED = Mishap(403, "form_expired", "この画面は古くなっています")
NOT_FOUND = Mishap(404, "not_found", "ページが見つかりません")
UNKNOWN_ADDRESS = Mishap(400, "unknown_address", "このアドレスでは開けません")
SERVER_ERROR = Mishap(500, "server_error", "こちらの側で問題が起きました")
UNAVAILABLE = Mishap(503, "unavailable", "ただいま情報を取り出せません")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The wrong role: with the menu, so that one goes on from here, and the names of those who can change it."""
    organisation = getattr(request, "organisation", None)
    if organisation is None or getattr(request, "frame", None) is None or request.path.startswith("/api/"):
        return _answer(request, FORBIDDEN)
    here = organisation.employments.administering(timezone.localdate())
    names = list(dict.fromkeys(here.order_by("account__kana").values_list("account__name", flat=True)))
    page = render_to_string("web/errors/forbidden.html", {"mishap": FORBIDDEN, "administrators": names}, request)
    return HttpResponse(page, status=FORBIDDEN.status)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token did not fit (``CSRF_FAILURE_VIEW``): mostly a page left open over night."""
    return _answer(request, FORM_EXPIRED)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, NOT_FOUND)


def unknown_address(request: HttpRequest) -> HttpResponse:
    """The page was asked for under a name that is not the server's (``kiban.web.middleware.KnownAddress``)."""
    address = _right_address(request)
    mishap = replace(UNKNOWN_ADDRESS, message=f"このアドレスでは開けません。{address} で開いてください")
    return _answer(request, mishap, address=address)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw; a database that does not answer is told apart, since trying again helps there.

    Django calls this while the exception is being handled, whichever middleware or view raised it.
    """
    if isinstance(sys.exc_info()[1], _DATABASE_LOST):
        response = _answer(request, UNAVAILABLE)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    return _answer(request, SERVER_ERROR)


@public
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether the platform can do its work: the process answers, and the database answers it. Says nothing else."""
    try:
        database.ask(database.Role.WEB)
    except psycopg.Error:
        return HttpResponse("database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


def _right_address(request: HttpRequest) -> str:
    """Our address, by the port that was reached: ``kiban serve --port`` may be another than KIBAN_PORT."""
    parts = urlsplit(settings.PUBLIC_URL)
    typed = PORT.search(request.META.get("HTTP_HOST", ""))
    if typed is None or parts.port != settings.PORT:
        return settings.PUBLIC_URL
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0] + typed[0]))


def _answer(request: HttpRequest, mishap: Mishap, **more: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"code": mishap.code, "message": mishap.message},
            status=mishap.status,
            json_dumps_params={"ensure_ascii": False},
        )
    # rendered without the request: what failed may be part of what a page asks of it
    page = render_to_string(f"web/errors/{mishap.code}.html", {"mishap": mishap, **more})
    return HttpResponse(page, status=mishap.status)
