"""見た記録: who opened a person's information."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.gate import words as reasons
from kiban.gate.events import Event
from kiban.log import acts
from kiban.log.reading import FoldedLists, LogRow
from kiban.records import kinds
from kiban.registry.models import Organisation
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest, number_asked, page_asked

PAGE = 100


@administrator
@require_GET
def person_log(request: SignedInRequest, key: int) -> HttpResponse:
    """見た記録: who opened this person's information (reading it is itself recorded).

    ``?page=`` and ``?until=``: a further page of the reading with that number.
    """
    page, until = page_asked(request), number_asked(request, "until")
    reading = acts.who_opened(request.caller, key, request.purpose, PAGE, offset=(page - 1) * PAGE, until=until)
    if not reading.is_allowed:
        raise Http404
    context = {
        "key": key,
        "person": reading.person,
        "rows": [_shown(row) for row in reading.rows],
        "page": Paginator(range(reading.total), PAGE).get_page(page),
        "until": reading.until,
        "is_insurer": request.organisation.kind == Organisation.Kind.MUNICIPALITY,
    }
    return render(request, "log/log.html", context)


def _shown(row: LogRow | FoldedLists) -> dict[str, Any]:
    if isinstance(row, FoldedLists):
        return {"day": row.day, "looks": row.looks, "times": row.times}
    return {
        "id": row.id,
        "at": row.at,
        "account": row.account,
        "job": row.job,
        "for": row.absent,
        "organisation": row.organisation,
        "terminal": row.terminal,
        "outcome": row.outcome,
        "event": row.event.label,
        "purpose": row.purpose.label if row.purpose else "",
        "shown": _labels(row, allowed=True),
        "refused": _labels(row, allowed=False) if row.event is Event.RECORD_OPEN else [],
        "hindrances": [reasons.LABELS[condition] for condition in row.standing],
    }


def _labels(row: LogRow, *, allowed: bool) -> list[str]:
    """Labels of the items an opening showed or refused."""
    if row.event is Event.PEOPLE_EXPORT:
        return []
    keys = [decision.item for decision in row.decisions if decision.allowed is allowed]
    return [kinds.item(key).label for key in keys if key in kinds.item_keys()]
