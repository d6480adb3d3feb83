"""端末: which terminals can be used today? For the administrators of an organisation, about its own terminals."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.terminals import services, steps
from kiban.terminals.board import lacks_of
from kiban.terminals.board import rows as board_of
from kiban.terminals.models import Certificate
from kiban.terminals.pages.forms import RevocationForm, TerminalForm
from kiban.terminals.pages.pending import PENDING, hand_over
from kiban.terminals.services import State
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

SHOWN = {"": "すべて", "open": "済んでいない端末", "own": "この事業所の端末"}


@administrator
@require_GET
def board(request: SignedInRequest) -> HttpResponse:
    """Every terminal of the corporation × three steps, what is missing first; above it what this office lacks."""
    rows = board_of(request.organisation)
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    lacks = lacks_of(request.organisation, [row for row in rows if row.is_own])
    context = {
        "rows": [row for row in rows if (shown != "own" or row.is_own) and (shown != "open" or row.open_steps)],
        "lacks": lacks,
        "shown": shown,
        "choices": SHOWN.items(),
        "several_offices": any(not row.is_own for row in rows),
        "is_empty": not rows,
        "retired": request.organisation.terminals.exclude(retired_on=None).order_by("-retired_on", "name"),
        "here": "board",
    }
    return render(request, "terminals/board.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Enter a terminal into the ledger."""
    form = TerminalForm(request.POST or None)
    if form.is_valid():
        try:
            terminal = services.register_terminal(request.organisation, **form.cleaned_data)
        except services.TerminalError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "端末を登録しました。続けて証明書を発行してください。")
            return redirect("terminals:terminal", terminal.pk)
    return render(request, "terminals/add.html", {"form": form}, status=400 if form.errors else 200)


@administrator
@require_GET
def terminal(request: SignedInRequest, pk: int) -> HttpResponse:
    """One terminal, its certificates, and what can be done."""
    found = get_object_or_404(request.organisation.terminals, pk=pk)
    certificates = [
        (one, *steps.in_words(one), services.state(one) is State.REVOKED)
        for one in found.certificates.order_by("-issued_at")
    ]
    cells = steps.cells(found)
    context = {
        "terminal": found,
        "certificates": certificates,
        "cells": cells,
        "is_open": any(cell.is_open for cell in cells),
        "check": found.checks.order_by("-checked_at").first(),
        "scenes": found.scenes.filter(ended_at=None),
    }
    return render(request, "terminals/terminal.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what the ledger says of a terminal."""
    found = get_object_or_404(request.organisation.terminals, pk=pk)
    form = TerminalForm.of(found, request.POST or None)
    if form.is_valid():
        try:
            services.change_terminal(found, **form.cleaned_data)
        except services.TerminalError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "端末の登録内容を変えました。")
            return redirect("terminals:terminal", found.pk)
    context = {"form": form, "terminal": found}
    return render(request, "terminals/change.html", context, status=400 if form.errors else 200)


@administrator
@require_POST
def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Issue a certificate: the password is shown on this page once, the file can be fetched once."""
    found = get_object_or_404(request.organisation.terminals, pk=pk, retired_on=None)
    return hand_over(request, found, services.issue_certificate(found, by=request.account.name))


@require_POST
def download(request: SignedInRequest) -> HttpResponse:
    """The file just issued, once; afterwards it exists on the terminal only."""
    waiting: dict[str, Any] | None = request.session.pop(PENDING, None)
    if waiting is None or dt.datetime.fromisoformat(waiting["until"]) < timezone.now():
        messages.warning(request, "ファイルはもう受け取れません。失効させて、もう一度発行してください。")
        return redirect("terminals:board" if request.employment.is_administering else "terminals:renew")
    file = f"kiban-terminal-{waiting['certificate']}.p12"
    return HttpResponse(
        base64.b64decode(waiting["file"]),
        content_type="application/x-pkcs12",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


@administrator
@require_http_methods(["GET", "POST"])
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke a certificate, after asking once and with a reason."""
    found = get_object_or_404(Certificate.objects.select_related("terminal"), pk=pk, organisation=request.organisation)
    if services.state(found) is State.REVOKED:
        raise Http404
    form = RevocationForm(request.POST or None)
    if form.is_valid():
        services.revoke(found, by=request.account.name, reason=form.cleaned_data["reason"])
        messages.success(request, "証明書を失効させました。次の操作から、この証明書では開けません。")
        return redirect("terminals:terminal", found.terminal_id)
    is_mine = found.fingerprint == request.certificate_fingerprint
    context = {"certificate": found, "form": form, "is_mine": is_mine}
    return render(request, "terminals/revoke.html", context, status=400 if form.errors else 200)
