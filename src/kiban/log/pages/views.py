"""見た記録: who opened a person's information."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.gate import words as reasons
from kiban.gate.events import Event
from kiban.log import acts
from kiban.log.reading import LogRow
from kiban.records import kinds
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

LOG_ROWS = 200


@administrator
@require_GET
def person_log(request: SignedInRequest, key: int) -> HttpResponse:
    """見た記録: who opened this person's information (reading it is itself recorded)."""
    reading = acts.who_opened(request.caller, key, request.purpose, LOG_ROWS)
    if not reading.is_allowed:
        raise Http404
    rows = [
        {
            "id": row.id,
            "at": row.at,
            "account": row.account,
            "job": row.job,
            "for": row.absent,
            "terminal": row.terminal,
            "outcome": row.outcome,
            "event": row.event.label,
            "purpose": row.purpose.label if row.purpose else "",
            "shown": _labels(row, allowed=True),
            "refused": _labels(row, allowed=False) if row.event is Event.RECORD_OPEN else [],
            "hindrances": [reasons.LABELS[condition] for condition in row.standing],
        }
        for row in reading.rows
    ]
    return render(request, "log/log.html", {"key": key, "person": reading.person, "rows": rows, "most": LOG_ROWS})


def _labels(row: LogRow, *, allowed: bool) -> list[str]:
    """Labels of the items an opening showed or refused."""
    if row.event is Event.PEOPLE_LIST:
        return []
    keys = [decision.item for decision in row.decisions if decision.allowed is allowed]
    return [kinds.item(key).label for key in keys if key in kinds.item_keys()]
