"""付けまちがいの書面: what offices hid, for the municipality of the persons concerned."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.consent import acts
from kiban.registry.models import Organisation
from kiban.registry.numbers import tail_of
from kiban.web.request import SignedInRequest


@require_GET
def hidden_papers(request: SignedInRequest) -> HttpResponse:
    """Whose papers were hidden in the last year, by which office and why."""
    if request.organisation.kind != Organisation.Kind.MUNICIPALITY:
        raise Http404
    papers = [
        {
            **paper,
            "tail": tail_of(paper["key"]),
            "recorded_at": dt.datetime.fromisoformat(paper["recorded_at"]),
        }
        for paper in acts.hidden_papers(request.caller, request.purpose)
    ]
    return render(request, "consent/hidden_papers.html", {"papers": papers})
