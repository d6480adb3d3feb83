"""見た記録: who opened a person's information."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.gate import door
from kiban.gate import words as reasons
from kiban.gate.events import Condition, Event, Purpose
from kiban.records import kinds
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

LOG_ROWS = 200


@administrator
@require_GET
def person_log(request: SignedInRequest, key: int) -> HttpResponse:
    """見た記録: who opened this person's information (reading it is itself recorded)."""
    answer = door.who_opened(request.caller, key, request.purpose, LOG_ROWS)
    if answer["outcome"] != "allowed":
        raise Http404
    rows = [
        {
            **row,
            "at": dt.datetime.fromisoformat(row["at"]),
            "event": Event(row["action"]).label,
            "purpose": Purpose(row["purpose"]).label if row["purpose"] else "",
            "shown": _labels(row["decisions"], "+"),
            "refused": _labels(row["decisions"], "-") if row["action"] == Event.RECORD_OPEN else [],
            "hindrances": [reasons.LABELS[Condition(word.split(":")[0])] for word in row["standing"]],
        }
        for row in answer["rows"]
    ]
    return render(
        request,
        "log/log.html",
        {"key": key, "person": answer["person"], "rows": rows, "most": LOG_ROWS},
    )


def _labels(decisions: list[str], sign: str) -> list[str]:
    """Labels of the items an opening showed (+) or refused (-)."""
    keys = [word[1:].split("|")[0] for word in decisions if word.startswith(sign) and " " not in word]
    return [kinds.item(key).label for key in keys if key in kinds.item_keys()]
