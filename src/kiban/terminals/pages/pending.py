"""A new certificate between its making and its one download."""

from __future__ import annotations

import base64
import datetime as dt
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kiban.terminals import services
from kiban.terminals.models import Terminal
from kiban.terminals.services import NewCertificate
from kiban.web import once
from kiban.web.request import SignedInRequest

PENDING = "new_certificate"  # in the session: a file waiting for its one download
PENDING_LASTS = dt.timedelta(minutes=10)
PAGE = "terminals:issued"
INSTEAD = "パスワードを控えていないときは、端末の画面で証明書を出し直してください。"


def hand_over(request: HttpRequest, terminal: Terminal, made: NewCertificate, **more: Any) -> HttpResponse:
    """To the page with the password, shown once; the file waits in the session for its one download."""
    request.session[PENDING] = {
        "name": services.known_as(terminal),
        "file": base64.b64encode(made.pkcs12).decode(),
        "older": base64.b64encode(made.pkcs12_older).decode(),
        "until": (timezone.now() + PENDING_LASTS).isoformat(),
    }
    once.keep(request, PAGE, terminal=terminal.pk, password=made.password, **more)
    return redirect(PAGE)


def file_name(name: str, ending: str) -> str:
    """A file called as the terminal is: without the characters some systems do not take in a name."""
    plain = re.sub(r"[^\w.() -]", "_", name)
    return f"{plain}.{ending}"


def is_waiting(request: HttpRequest, terminal: Terminal) -> bool:
    """Whether the page of a certificate just issued to the terminal was not shown yet."""
    kept = once.waiting(request, PAGE)
    return kept is not None and kept["terminal"] == terminal.pk


@require_GET
def issued(request: SignedInRequest) -> HttpResponse:
    """The password and the way to the file, once: for administrators, and for whoever renewed at the terminal."""
    kept = once.take(request, PAGE, instead=INSTEAD)
    if kept is None:
        return redirect("terminals:board" if request.employment.is_administering else "home:today")
    return render(request, "terminals/issued.html", {**kept, "terminal": Terminal.objects.get(pk=kept["terminal"])})
