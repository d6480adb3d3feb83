"""Headers of every answer: nothing from elsewhere, nothing inline, nothing kept. And under which names we answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kiban.ops.log_pace import OncePerMinute
from kiban.web import views

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
NAME = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,100}")  # what may stand in a log
_FILE_ANSWERS = (200, 206, 304)


class PageHeaders:
    """Outermost of our own middleware, so that refusals and failures carry the headers as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.static = f"/{settings.STATIC_URL.lstrip('/')}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A page that reads a card says which address on the terminal it has to reach (viewing's card_reading tag).
        also = getattr(request, "connect_also", "")
        policy = CONTENT_SECURITY_POLICY.replace("connect-src 'self'", f"connect-src 'self' {also}".rstrip())
        # A view that shows somebody's file has a narrower one.
        response.headers.setdefault("Content-Security-Policy", policy)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if not (request.path.startswith(self.static) and response.status_code in _FILE_ANSWERS):
            response["Cache-Control"] = "no-store"
        return response


class KnownAddress:
    """Answers a request for a name the server does not have with the right address, before anything asks the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.log_pace = OncePerMinute()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost:
            if self.log_pace.may_speak():
                named = request.META.get("HTTP_HOST", "")
                log.warning(
                    "「%s」という名前で開こうとした人がいます。この名前でも開けるようにするときは、"
                    "KIBAN_HOSTS に加えて kiban setup を実行し、サーバを起動し直してください"
                    "(同じ知らせは1分に1度だけ出します)",
                    named if NAME.fullmatch(named) else "(名前ではない文字)",
                )
            return views.unknown_address(request)
        return self.get_response(request)
