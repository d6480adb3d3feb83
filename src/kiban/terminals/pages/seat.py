"""Who sits before the screen, and at which terminal, as the middleware found it."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.terminals.models import Terminal
from kiban.terminals.services import NewCertificate

PENDING = "new_certificate"  # in the session: a file waiting for its one download
PENDING_LASTS = dt.timedelta(minutes=10)


def own(request: HttpRequest) -> Organisation:
    """The organisation under which somebody is signed in."""
    organisation: Organisation = request.employment.organisation  # type: ignore[attr-defined]
    return organisation


def name(request: HttpRequest) -> str:
    """The person's name, for the ledger."""
    found: str = request.employment.account.name  # type: ignore[attr-defined]
    return found


def is_administering(request: HttpRequest) -> bool:
    """Whether the person keeps the ledger."""
    found: bool = request.employment.is_administering  # type: ignore[attr-defined]
    return found


def hand_over(request: HttpRequest, terminal: Terminal, made: NewCertificate, **more: Any) -> HttpResponse:
    """The page with the password, once; the file waits in the session for its one download."""
    request.session[PENDING] = {
        "certificate": made.certificate.pk,
        "file": base64.b64encode(made.pkcs12).decode(),
        "until": (timezone.now() + PENDING_LASTS).isoformat(),
    }
    return render(request, "terminals/issued.html", {"terminal": terminal, "password": made.password, **more})
