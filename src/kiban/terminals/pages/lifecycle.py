"""A terminal's certificate from its own request, renewed from the terminal, lost, no longer used; the public CRL."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from kiban.terminals import authority, renewal, services, steps
from kiban.terminals.models import Terminal
from kiban.terminals.pages.access import get_terminal, get_terminal_in_use
from kiban.terminals.pages.forms import LossForm, RequestForm
from kiban.terminals.pages.pending import file_name, hand_over
from kiban.web.access import administrator, public
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest


@administrator
@require_http_methods(["GET", "POST"])
def sign_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """A certificate for a key the terminal made itself: its request goes in, the signed certificate comes out."""
    terminal = get_terminal_in_use(request, pk)
    form = RequestForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            _, pem = services.sign_request(terminal, form.cleaned_data["request"].read(), by=request.account.name)
        except services.TerminalError as error:
            form.add_error("request", str(error))
        else:
            file = file_name(services.known_as(terminal), "pem")
            return HttpResponse(
                pem,
                content_type="application/x-pem-file",
                headers={"Content-Disposition": content_disposition_header(True, file) or ""},
            )
    context = {"terminal": terminal, "form": form}
    return form_page(request, "terminals/request.html", context, form)


@require_http_methods(["GET", "POST"])
def renew(request: SignedInRequest) -> HttpResponse:
    """A new certificate for the terminal somebody sits at, who is its administrator or custodian."""
    here: Terminal = request.terminal
    fingerprint = request.certificate_fingerprint or ""
    if here.organisation_id != request.organisation.pk or not renewal.may_renew(
        here, name=request.account.name, is_administering=request.employment.is_administering
    ):
        raise PermissionDenied
    certificate = services.find(fingerprint)
    problem = renewal.stands_in_the_way(certificate)
    if request.method == "POST":
        try:
            made = renewal.renew(fingerprint, by=request.account.name)
        except services.TerminalError as error:
            problem = str(error)
        else:
            return hand_over(request, here, made, overlap=renewal.OVERLAP.days)
    context = {"terminal": here, "certificate": certificate, "problem": problem, "overlap": renewal.OVERLAP.days}
    return form_page(request, "terminals/renew.html", context, refused=request.method == "POST")


@administrator
@require_http_methods(["GET", "POST"])
def lost(request: SignedInRequest, pk: int) -> HttpResponse:
    """紛失・盗難: everything of the terminal ends now; where another machine takes its place, it gets a certificate."""
    terminal = get_terminal_in_use(request, pk)
    form = LossForm(request.POST or None)
    if form.is_valid():
        revoked = services.report_lost(terminal, by=request.account.name, reason=form.cleaned_data["reason"])
        steps.start_again(terminal)
        messages.success(request, f"証明書を{revoked}枚失効させました。この端末では、もう何も開けません。")
        if form.cleaned_data["replace"]:
            return hand_over(
                request, terminal, services.issue_certificate(terminal, by=request.account.name), is_replacement=True
            )
        return redirect("terminals:terminal", terminal.pk)
    is_mine = getattr(request, "terminal", None) == terminal
    context = {"terminal": terminal, "form": form, "is_mine": is_mine}
    return form_page(request, "terminals/lost.html", context, form)


@administrator
@require_GET
def loss_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """紛失・盗難の報告書: one sheet with what the ledger knows, the rest to be written in."""
    terminal = get_terminal(request, pk)
    certificates = terminal.certificates.order_by("-issued_at")
    context = {"terminal": terminal, "certificates": certificates, "today": timezone.localdate()}
    return render(request, "terminals/loss_report.html", context)


@administrator
@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """使わなくなった: off the board, certificates revoked; what it was stays in the ledger."""
    terminal = get_terminal(request, pk)
    if getattr(request, "terminal", None) == terminal:
        messages.error(request, "いま使っている端末です。ほかの端末からしてください。")
        return redirect("terminals:terminal", terminal.pk)
    try:
        services.retire(terminal, by=request.account.name)
    except services.TerminalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "使わない端末にしました。証明書は失効しました。")
    return redirect("terminals:board")


@public
@require_safe
def crl(request: HttpRequest) -> HttpResponse:
    """The list of revoked terminal certificates (RFC 5280), for software that asks for one."""
    if not services.crl_is_current():
        services.write_crl()
    return HttpResponse(authority.crl_as_der(), content_type="application/pkix-crl")
