"""Headers of every answer: nothing from elsewhere, nothing inline, nothing kept."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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
