"""閲覧規程: the sheet as the settings are now, adopting it, and the versions before."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from kiban.evidence import viewing_rules
from kiban.evidence.models import ViewingRules
from kiban.registry.models import Organisation
from kiban.terminals.board import lacks_of
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

LACKING = "足りないものがあります。読んでから、「このまま定めます」に印を付けて定めてください。"


@administrator
@require_safe
def rules(request: SignedInRequest) -> HttpResponse:
    """The sheet from the actual settings, what is still lacking, and the versions adopted before."""
    now = viewing_rules.content(request.organisation)
    last = viewing_rules.latest(request.organisation)
    lacks, without = lacks_of(request.organisation), viewing_rules.without_second_factor(request.organisation)
    context = {
        "sheet": now,
        "digest": _digest(now),
        "version": last if last is not None and last.content == now else None,
        "last": last,
        "lacks": lacks,
        "without_second_factor": without,
        "lacking": len(lacks) + len(without),
        "versions": ViewingRules.objects.filter(organisation=request.organisation)
        .select_related("made_by")
        .order_by("-version"),
        "most": f":{viewing_rules.MOST_ROWS}",
        "most_rows": viewing_rules.MOST_ROWS,
    }
    return render(request, "evidence/rules.html", context)


@administrator
@require_POST
def adopt(request: SignedInRequest) -> HttpResponse:
    """Keep what was read as a version, if it is still so."""
    now = viewing_rules.content(request.organisation)
    if request.POST.get("digest") != _digest(now):
        messages.warning(request, "読んでいる間に設定が変わりました。もう一度読んでから定めてください。")
    elif request.POST.get("although", "0") != str(_lacking(request.organisation)):
        messages.warning(request, LACKING)
    elif (made := viewing_rules.adopt(now, by=request.employment)) is not None:
        messages.success(request, f"閲覧規程の第{made.version}版を定めました。")
    return redirect("evidence:rules")


@administrator
@require_safe
def version(request: SignedInRequest, pk: int) -> HttpResponse:
    """A version as it was adopted."""
    adopted = get_rules(request, pk)
    context = {
        "sheet": adopted.content,
        "version": adopted,
        "most": f":{viewing_rules.MOST_ROWS}",
        "most_rows": viewing_rules.MOST_ROWS,
    }
    return render(request, "evidence/rules_version.html", context)


def get_rules(request: SignedInRequest, pk: int) -> ViewingRules:
    """A version the organisation adopted. Raises Http404 for any other."""
    versions = ViewingRules.objects.select_related("made_by")
    return get_object_or_404(versions, pk=pk, organisation=request.organisation)


def _lacking(organisation: Organisation) -> int:
    return len(lacks_of(organisation)) + len(viewing_rules.without_second_factor(organisation))


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
