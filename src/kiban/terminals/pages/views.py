"""端末: which terminals can be used today? For the administrators of an organisation, about its own terminals."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.terminals import services, steps
from kiban.terminals.board import Row, lacks_of
from kiban.terminals.board import rows as board_of
from kiban.terminals.pages.access import get_certificate, get_terminal, get_terminal_in_use
from kiban.terminals.pages.forms import RevocationForm, TerminalForm
from kiban.terminals.pages.pending import PAGE, PENDING, file_name, hand_over, is_waiting
from kiban.terminals.services import State
from kiban.terms.wareki import to_wareki
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.csv_file import csv_file
from kiban.web.request import SignedInRequest

FILTERS = {"": "すべて", "open": "済んでいない端末", "own": "この事業所の端末"}


@administrator
@require_GET
def board(request: SignedInRequest) -> HttpResponse:
    """Every terminal of the corporation × three steps, what is missing first; above it what this office lacks."""
    rows, chosen = board_of(request.organisation), _chosen(request)
    lacks = lacks_of(request.organisation, [row for row in rows if row.is_ours])
    context = {
        "rows": _filtered(rows, chosen),
        "lacks": lacks,
        "chosen": chosen,
        "choices": FILTERS.items(),
        "several_offices": any(not row.is_ours for row in rows),
        "is_empty": not rows,
        "retired": request.organisation.terminals.exclude(retired_on=None).order_by("-retired_on", "name"),
        "here": "board",
    }
    return render(request, "terminals/board.html", context)


def _chosen(request: SignedInRequest) -> str:
    show = request.GET.get("show", "")
    return show if show in FILTERS else ""


def _filtered(rows: Sequence[Row], chosen: str) -> list[Row]:
    return [row for row in rows if (chosen != "own" or row.is_ours) and (chosen != "open" or row.open_steps)]


@administrator
@require_GET
def board_file(request: SignedInRequest) -> HttpResponse:
    """The board as a file (CSV), as it is filtered."""
    rows = _filtered(board_of(request.organisation), _chosen(request))
    steps_of_all = [cell.step.label for cell in rows[0].cells] if rows else []
    head = ("事業所", "端末", "場所", "管理する人", *steps_of_all, "証明書の最後の日", "最後に使った日")
    return csv_file("端末", head, map(_cells, rows))


def _cells(row: Row) -> tuple[str, ...]:
    terminal, certificate = row.terminal, row.certificate
    return (
        terminal.organisation.name,
        terminal.name,
        terminal.place,
        terminal.custodian,
        *(cell.words for cell in row.cells),
        to_wareki(timezone.localdate(certificate.not_after)) if certificate else "",
        to_wareki(timezone.localdate(terminal.seen_at)) if terminal.seen_at else "",
    )


@administrator
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Enter a terminal into the ledger."""
    form = TerminalForm(request.organisation, request.POST or None)
    if form.is_valid():
        try:
            terminal = services.register_terminal(request.organisation, **form.cleaned_data)
        except services.TerminalError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "端末を登録しました。続けて証明書を発行してください。")
            return redirect("terminals:terminal", terminal.pk)
    return form_page(request, "terminals/add.html", {"form": form}, form)


@administrator
@require_GET
def terminal(request: SignedInRequest, pk: int) -> HttpResponse:
    """One terminal, its certificates, and what can be done."""
    of_ledger = get_terminal(request, pk)
    certificates = [
        (certificate, *steps.in_words(certificate), services.state(certificate) is State.REVOKED)
        for certificate in of_ledger.certificates.order_by("-issued_at")
    ]
    cells = steps.cells(of_ledger)
    context = {
        "terminal": of_ledger,
        "certificates": certificates,
        "cells": cells,
        "is_open": any(cell.is_open for cell in cells),
        "check": of_ledger.checks.order_by("-checked_at").first(),
        "scenes": of_ledger.scenes.filter(ended_at=None),
    }
    return render(request, "terminals/terminal.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what the ledger says of a terminal."""
    terminal = get_terminal(request, pk)
    form = TerminalForm.of(terminal, request.POST or None)
    if form.is_valid():
        try:
            services.change_terminal(terminal, **form.cleaned_data)
        except services.TerminalError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "端末の登録内容を変えました。")
            return redirect("terminals:terminal", terminal.pk)
    context = {"form": form, "terminal": terminal}
    return form_page(request, "terminals/change.html", context, form)


@administrator
@require_POST
def issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Issue a certificate: password and file can be fetched once. One that waits to be used is asked about first."""
    terminal = get_terminal_in_use(request, pk)
    instead = "instead" in request.POST
    if not instead and is_waiting(request, terminal):
        return redirect(PAGE)
    made = services.issue_in_place(terminal, by=request.account.name, instead=instead)
    if made is None:
        context = {"terminal": terminal, "unused": services.unused(terminal)}
        return form_page(request, "terminals/issue_again.html", context, refused=True)
    return hand_over(request, terminal, made)


@require_POST
def download(request: SignedInRequest) -> HttpResponse:
    """The file just issued (``older``: the one for terminals that refuse it), once; then the terminal alone has it."""
    waiting: dict[str, Any] | None = request.session.pop(PENDING, None)
    if waiting is None or dt.datetime.fromisoformat(waiting["until"]) < timezone.now():
        messages.warning(request, "ファイルはもう受け取れません。失効させて、もう一度発行してください。")
        return redirect("terminals:board" if request.employment.is_administering else "terminals:renew")
    file = file_name(waiting["name"], "p12")
    return HttpResponse(
        base64.b64decode(waiting["older" if "older" in request.POST else "file"]),
        content_type="application/x-pkcs12",
        headers={"Content-Disposition": content_disposition_header(True, file) or ""},
    )


@administrator
@require_http_methods(["GET", "POST"])
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke a certificate, after asking once and with a reason."""
    certificate = get_certificate(request, pk)
    form = RevocationForm(request.POST or None)
    if form.is_valid():
        services.revoke(certificate, by=request.account.name, reason=form.cleaned_data["reason"])
        messages.success(request, "証明書を失効させました。次の操作から、この証明書では開けません。")
        return redirect("terminals:terminal", certificate.terminal_id)
    is_mine = certificate.fingerprint == request.certificate_fingerprint
    context = {"certificate": certificate, "form": form, "is_mine": is_mine}
    return form_page(request, "terminals/revoke.html", context, form)
