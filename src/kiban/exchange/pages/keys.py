"""設定(鍵): keys with which a terminal of the office sends and fetches by itself (``kiban-exchange``)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kiban.exchange.machine import keys as sync_keys
from kiban.exchange.models import SyncKey
from kiban.exchange.pages.forms import KeyForm
from kiban.exchange.pages.getters import participant_of
from kiban.web import once
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

PAGE = "exchange:keys"


@administrator
@sensitive_variables()
@require_http_methods(["GET", "POST"])
def keys(request: SignedInRequest) -> HttpResponse:
    """The keys of the office; a new one is shown once, with the line to type at its terminal."""
    participant_of(request)
    organisation = request.organisation
    form = KeyForm(organisation, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"place": "keys", "server": settings.PUBLIC_URL.rstrip("/")}
    if request.method == "POST" and form.is_valid():
        made, key = sync_keys.issue(request.employment, form.cleaned_data["terminal"])
        once.keep(request, PAGE, key=key, terminal=made.terminal.name)
        return redirect(PAGE)
    context |= once.take(request, PAGE) or {}
    today = timezone.localdate()
    issued = (
        SyncKey.objects.filter(organisation=organisation)
        .select_related("terminal", "employment__account", "revoked_by")
        .order_by("-made_at")
    )
    context |= {"form": form, "keys": [(key, key.revoked_at is None and key.ends_on > today) for key in issued]}
    return form_page(request, "exchange/keys.html", context, form)


@administrator
@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """The key works no more, from this moment on."""
    participant_of(request)
    key = get_object_or_404(SyncKey, pk=pk, organisation=request.organisation)
    sync_keys.revoke(key, request.employment)
    messages.success(request, f"「{key.terminal.name}」の鍵を使えなくしました。")
    return redirect("exchange:keys")
