"""A new certificate between its making and its one download."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kiban.terminals.models import Terminal
from kiban.terminals.services import NewCertificate

PENDING = "new_certificate"  # in the session: a file waiting for its one download
PENDING_LASTS = dt.timedelta(minutes=10)


def hand_over(request: HttpRequest, terminal: Terminal, made: NewCertificate, **more: Any) -> HttpResponse:
    """The page with the password, once; the file waits in the session for its one download."""
    request.session[PENDING] = {
        "certificate": made.certificate.pk,
        "file": base64.b64encode(made.pkcs12).decode(),
        "older": base64.b64encode(made.pkcs12_older).decode(),
        "until": (timezone.now() + PENDING_LASTS).isoformat(),
    }
    return render(request, "terminals/issued.html", {"terminal": terminal, "password": made.password, **more})
