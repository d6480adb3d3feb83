"""Which terminal is calling: the client certificate of the TLS connection, and whether it may be used.

The certificate comes from the socket gunicorn speaks TLS on. Behind nginx it comes from a header, and only then:
the request must have arrived over a Unix socket (nothing on the network can reach one) and ``settings.BEHIND_NGINX``
must be on. A header on any other connection is not read at all.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from kiban.terminals import services, use
from kiban.terminals.services import State
from kiban.web.access import Access, access_of
from kiban.web.request import Request

HEADER = "HTTP_X_KIBAN_CLIENT_CERT"  # set by nginx: $ssl_client_escaped_cert
VERIFIED = "HTTP_X_KIBAN_CLIENT_VERIFY"  # set by nginx: $ssl_client_verify

MESSAGES: dict[State, str] = {
    State.NONE: "この端末には、端末の証明書が入っていないか、選ばれていません。",
    State.UNKNOWN: "この端末の証明書は、台帳に登録されていません。",
    State.REVOKED: "この端末の証明書は、失効しています。",
    State.NOT_YET_VALID: "この端末の証明書は、まだ有効期間に入っていません。端末の時計も確かめてください。",
    State.EXPIRED: "この端末の証明書は、有効期限が切れています。",
}


class TerminalCertificate:
    """Sets ``request.certificate_fingerprint`` and, where a view asks for it, ``request.terminal``."""

    def __init__(self, get_response: Callable[[Request], HttpResponseBase]) -> None:
        self.get_response = get_response
        # A connection proves its certificate once; hashing it again for every request of it would be waste.
        self.seen: WeakKeyDictionary[Any, str | None] = WeakKeyDictionary()

    def __call__(self, request: Request) -> HttpResponseBase:
        request.certificate_fingerprint = self.fingerprint(request)
        return self.get_response(request)

    def process_view(
        self, request: Request, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        access = access_of(view)
        fingerprint = request.certificate_fingerprint
        if access is Access.PUBLIC:
            return None
        if access is Access.GATED:
            # The gate looks at the certificate itself; only a request without one is turned away here.
            return None if fingerprint else not_registered(request, State.NONE)
        certificate = services.find(fingerprint) if fingerprint else None
        state = services.state(certificate) if fingerprint else State.NONE
        if certificate is None or state is not State.OK:
            return not_registered(request, state)
        request.terminal = certificate.terminal
        use.seen(certificate)
        return None

    def fingerprint(self, request: HttpRequest) -> str | None:
        """SHA-256 (hex) of the certificate the peer proved to hold, or ``None``."""
        connection = request.META.get("gunicorn.socket")
        if connection is None:
            return None
        if is_local(connection):
            return from_header(request.META)
        try:
            return self.seen[connection]
        except KeyError:
            der = connection.getpeercert(binary_form=True) if hasattr(connection, "getpeercert") else None
            self.seen[connection] = hashlib.sha256(der).hexdigest() if der else None
            return self.seen[connection]


def is_local(connection: Any) -> bool:
    """Whether a connection came over a Unix socket, which nothing on the network reaches."""
    return getattr(connection, "family", None) == socket.AF_UNIX


def came_by_nginx(meta: dict[str, Any]) -> bool:
    """Whether what nginx says in headers may be believed of a request."""
    return bool(settings.BEHIND_NGINX) and is_local(meta.get("gunicorn.socket"))


def from_header(meta: dict[str, Any]) -> str | None:
    """The fingerprint of the certificate nginx checked and passed on; ``None`` unless nginx says SUCCESS or expired."""
    if not settings.BEHIND_NGINX or not meta.get(HEADER):
        return None
    # An expired certificate is still one of ours: the ledger says so, and the page can say what to do.
    if not (meta.get(VERIFIED) == "SUCCESS" or meta.get(VERIFIED) == "FAILED:certificate has expired"):
        return None
    try:
        der = ssl.PEM_cert_to_DER_cert(unquote(meta[HEADER]))
    except ValueError:
        return None
    return hashlib.sha256(der).hexdigest()


def not_registered(request: HttpRequest, state: State) -> HttpResponse:
    """「この端末は登録されていません」: which case it is and what to do; for a program, a code."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"code": f"terminal_{state}", "message": MESSAGES[state]},
            status=403,
            json_dumps_params={"ensure_ascii": False},
        )
    context = {"state": state, "message": MESSAGES[state], "telephone": settings.HELP_TELEPHONE}
    return render(request, "terminals/not_registered.html", context, status=403)
