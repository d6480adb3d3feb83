"""端末: which terminals can be used today? For the administrators of an organisation, about its own terminals."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.registry.models import Organisation
from kiban.terminals import services
from kiban.terminals.forms import VISIT, RevocationForm, TerminalForm
from kiban.terminals.models import Certificate, Terminal
from kiban.terminals.services import State
from kiban.web.access import administrator

NOTICE = dt.timedelta(days=90)
PENDING = "new_certificate"  # in the session: a file waiting for its one download
PENDING_LASTS = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Row:
    """One terminal on the board."""

    terminal: Terminal
    certificate: Certificate | None
    words: str
    state: str


@administrator
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board: a row per terminal, and above it what is lacking."""
    rows = [_row(terminal) for terminal in _own(request).terminals.order_by("name").prefetch_related("certificates")]
    lacks = {
        "証明書のない端末があります": [row for row in rows if row.certificate is None],
        "証明書が切れた、または失効した端末があります": [row for row in rows if row.certificate and row.state == "bad"],
        "管理する人が決まっていない端末があります": [row for row in rows if not row.terminal.custodian],
    }
    found = {words: affected for words, affected in lacks.items() if affected}
    # Only care offices visit people; a municipality or a hospital lacks nothing without such a terminal.
    nothing_to_take_along = _own(request).kind == Organisation.Kind.OFFICE and not any(
        row.terminal.purpose == VISIT and services.state(row.certificate) is State.OK for row in rows
    )
    context = {"rows": rows, "lacks": found, "nothing_to_take_along": nothing_to_take_along}
    return render(request, "terminals/board.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a terminal into the ledger."""
    form = TerminalForm(request.POST or None)
    if form.is_valid():
        try:
            terminal = services.register_terminal(_own(request), **form.cleaned_data)
        except services.TerminalError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "端末を登録しました。続けて証明書を発行してください。")
            return redirect("terminals:terminal", terminal.pk)
    return render(request, "terminals/add.html", {"form": form}, status=400 if form.errors else 200)


@administrator
@require_GET
def terminal(request: HttpRequest, pk: int) -> HttpResponse:
    """One terminal, its certificates, and what can be done."""
    found = get_object_or_404(_own(request).terminals, pk=pk)
    certificates = [(one, *_words(one)) for one in found.certificates.order_by("-issued_at")]
    return render(request, "terminals/terminal.html", {"terminal": found, "certificates": certificates})


@administrator
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the ledger says of a terminal."""
    found = get_object_or_404(_own(request).terminals, pk=pk)
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
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a certificate: the password is shown on this page once, the file can be fetched once."""
    found = get_object_or_404(_own(request).terminals, pk=pk)
    made = services.issue_certificate(found, by=_name(request))
    request.session[PENDING] = {
        "certificate": made.certificate.pk,
        "file": base64.b64encode(made.pkcs12).decode(),
        "until": (timezone.now() + PENDING_LASTS).isoformat(),
    }
    return render(request, "terminals/issued.html", {"terminal": found, "password": made.password})


@administrator
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """The file just issued, once; afterwards it exists on the terminal only."""
    waiting: dict[str, Any] | None = request.session.pop(PENDING, None)
    if waiting is None or dt.datetime.fromisoformat(waiting["until"]) < timezone.now():
        messages.warning(request, "ファイルはもう受け取れません。失効させて、もう一度発行してください。")
        return redirect("terminals:board")
    name = f"kiban-terminal-{waiting['certificate']}.p12"
    return HttpResponse(
        base64.b64decode(waiting["file"]),
        content_type="application/x-pkcs12",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@administrator
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a certificate, after asking once and with a reason."""
    found = get_object_or_404(Certificate.objects.select_related("terminal"), pk=pk, organisation=_own(request))
    if found.revoked_at is not None:
        raise Http404
    form = RevocationForm(request.POST or None)
    if form.is_valid():
        services.revoke(found, by=_name(request), reason=form.cleaned_data["reason"])
        messages.success(request, "証明書を失効させました。次の操作から、この証明書では開けません。")
        return redirect("terminals:terminal", found.terminal_id)
    is_mine = found.fingerprint == request.certificate_fingerprint  # type: ignore[attr-defined]
    context = {"certificate": found, "form": form, "is_mine": is_mine}
    return render(request, "terminals/revoke.html", context, status=400 if form.errors else 200)


def _own(request: HttpRequest) -> Organisation:
    organisation: Organisation = request.employment.organisation  # type: ignore[attr-defined]
    return organisation


def _name(request: HttpRequest) -> str:
    name: str = request.employment.account.name  # type: ignore[attr-defined]
    return name


def _row(terminal: Terminal) -> Row:
    """The best certificate of a terminal says whether it can be used."""
    in_force = [one for one in terminal.certificates.all() if services.state(one) is State.OK]
    best = max(in_force or terminal.certificates.all(), key=lambda one: one.not_after, default=None)
    return Row(terminal, best, *_words(best))


def _words(certificate: Certificate | None) -> tuple[str, str]:
    """The state of a certificate in words, and how it is marked."""
    if certificate is None:
        return "未", "off"
    state = services.state(certificate)
    if state is State.OK:
        left = (certificate.not_after - timezone.now()).days
        return ("済", "good") if certificate.not_after - timezone.now() > NOTICE else (f"あと{left}日で期限", "soon")
    return services.IN_WORDS[state], "bad" if state is not State.NOT_YET_VALID else "soon"
