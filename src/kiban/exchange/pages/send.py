"""送る: files of the care software become drafts; what cannot be sent is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from kiban.exchange.boxes import acts
from kiban.exchange.boxes.words import missed
from kiban.exchange.pages.check import known_offices
from kiban.exchange.pages.findings import FileResult, results
from kiban.exchange.pages.getters import participant_of
from kiban.exchange.pages.uploads import FIELD, uploaded_files
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import SendingUnit, put_together
from kiban.formats.careplan.layouts import Source
from kiban.registry.models import Organisation
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

FAULTY = "点検で、直さないと送れないところが見つかりました。"
NO_UNIT = "名前から、どこへ何を送るのかがわからないファイルです。"


@dataclass(frozen=True)
class RefusedFiles:
    """Files that did not become a draft: to whom they were meant to go, why, and what the check found."""

    title: str
    why: str
    checked: list[FileResult]


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def send(request: SignedInRequest) -> HttpResponse:
    """Files are chosen or dropped; what can be sent waits for the last look, what cannot is explained."""
    participant = participant_of(request)
    context: dict[str, object] = {"place": "outbox", **FIELD}
    refused: list[RefusedFiles] = []
    if request.method == "POST":
        sources, context["hindrance"] = uploaded_files(request)
        staged, already, refused = _stage(participant, sources)
        if staged and not refused:
            if already:
                messages.info(request, f"{already}件は、前に送ったものと同じなので、置きませんでした。")
            return redirect("exchange:drafts")
        refused_files = sum(len(refusal.checked) for refusal in refused)
        context |= {"staged": staged, "already": already, "refused": refused, "refused_files": refused_files}
    context["drafts"] = len(acts.drafts(participant))
    return form_page(request, "exchange/box_send.html", context, refused=refused or context.get("hindrance"))


def _stage(participant: Participant, sources: Sequence[Source]) -> tuple[int, int, list[RefusedFiles]]:
    """How many units became drafts, how many had gone before, and the files that became none."""
    units, others = put_together(sources, known_offices())
    staged = already = 0
    refused = []
    for unit in units:
        if not unit.is_sendable:
            refused.append(_refused(unit, FAULTY))
            continue
        result, _ = acts.stage(participant, unit)
        staged += result == "ok"
        already += result == "already"
        if result not in ("ok", "already"):
            refused.append(_refused(unit, missed(result)))
    if others:
        refused.append(RefusedFiles("送れないファイル", NO_UNIT, results(others)))
    return staged, already, refused


def _refused(unit: SendingUnit, why: str) -> RefusedFiles:
    number = unit.name.receiver
    receiver = Organisation.objects.filter(kind=Organisation.Kind.OFFICE, number=number).first()
    title = f"{receiver.name}({number})あて" if receiver else f"{number}あて"
    return RefusedFiles(title, why, results(unit.checked))
