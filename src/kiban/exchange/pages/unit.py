"""One unit: what is in it, what became of it, and its files as they were sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.exchange.boxes import acts, user_names
from kiban.exchange.boxes.acts import Opened
from kiban.exchange.boxes.unit_lines import State, UnitLine
from kiban.exchange.boxes.words import missed
from kiban.exchange.pages.check import known_offices
from kiban.exchange.pages.findings import results
from kiban.exchange.pages.getters import (
    files_of,
    participant_of,
    sent_unit,
    ticked_units,
    unit_and_neighbours,
    unit_of,
)
from kiban.exchange.pages.names import NAMED, with_numbers
from kiban.exchange.units import parcels
from kiban.exchange.units.sending import read_unit
from kiban.web.request import SignedInRequest


@sensitive_variables()
@require_GET
def unit(request: SignedInRequest, number: int) -> HttpResponse:
    """A unit; looking at it is fetching it (受け取り), which the sender is told."""
    participant = participant_of(request)
    line = unit_of(participant, number)
    if line.state is State.DRAFT:
        return redirect("exchange:drafts")
    opened = None if line.is_gone else acts.open_units(participant, [number])
    line, neighbours = unit_and_neighbours(participant, number)  # it may be 受け取り済 by now
    context: dict[str, Any] = {
        "place": "outbox" if line.is_mine else "inbox",
        "unit": line,
        "before": [other for other in neighbours if _place(other) < _place(line)],
        "after": [other for other in neighbours if _place(other) > _place(line)],
        "named": NAMED,
    }
    if opened is not None:
        context |= _contents(opened, line, user_names.known(participant, [line]))
    return render(request, "exchange/box_unit.html", context)


def _place(line: UnitLine) -> tuple[str, int]:
    return line.sequence, line.id


def _contents(opened: Opened, line: UnitLine, known: dict[int, str]) -> dict[str, Any]:
    contents = read_unit(opened.files[line.id], known_offices())
    names = with_numbers(contents.people, known)
    in_force = {key for key, _ in opened.in_force.get(line.id, ())}
    checked = results(contents.checked)
    return {
        "opened": True,
        "users": [(name, key in in_force) for key, name in names.items()],
        "in_force": len(in_force),
        "checked": checked,
        "is_clean": all(file.is_clean for file in checked),
        "receipts": opened.receipts.get(line.id, []),
    }


@sensitive_variables()
@require_GET
def file(request: SignedInRequest, number: int, place: int) -> HttpResponse:
    """One file, byte for byte as it was sent; ``place``: 1 for the first by name (names can hold a person's number)."""
    files = files_of(participant_of(request), number)
    if not 1 <= place <= len(files):
        raise Http404
    name = sorted(files)[place - 1]
    return _attachment(files[name], name, "application/octet-stream")


@sensitive_variables()
@require_GET
def whole(request: SignedInRequest, number: int) -> HttpResponse:
    """All files of a unit in one zip."""
    participant = participant_of(request)
    line = unit_of(participant, number)
    packed = parcels.pack(files_of(participant, number))
    return _attachment(packed, f"{line.sequence}_{line.number}.zip", "application/zip")


@sensitive_variables()
@require_POST
def fetch(request: SignedInRequest) -> HttpResponse:
    """The files of several units in one zip; they count as fetched."""
    participant = participant_of(request)
    numbers = ticked_units(request)
    if not numbers:
        messages.error(request, "ダウンロードするものに印を付けてから、押してください。")
        return redirect("exchange:inbox")
    opened = acts.open_units(participant, numbers)
    if opened is None:
        messages.error(request, "取り消されたものが入っています。一覧を見直して、もう一度選んでください。")
        return redirect("exchange:inbox")
    return _attachment(parcels.pack(_together(opened.files)), "renkei.zip", "application/zip")


def _together(units: dict[int, dict[str, bytes]]) -> dict[str, bytes]:
    """The files of all units; a name that two of them have, with the number of the unit before it."""
    together: dict[str, bytes] = {}
    for number, files in units.items():
        for name, content in files.items():
            together[name if name not in together else f"{number}/{name}"] = content
    return together


def _attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    filename = name if name.isprintable() else "renkei"  # a name from a zip can hold what a header cannot
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    return answer


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, number: int) -> HttpResponse:
    """取り消す: what it means, then it is done; only what the receiver has not taken in."""
    participant = participant_of(request)
    line = sent_unit(participant, number)
    if request.method == "GET":
        return render(request, "exchange/box_withdraw.html", {"place": "outbox", "unit": line})
    answer = acts.withdraw(participant, number)
    if answer == "ok":
        messages.success(request, "取り消しました。相手は、もうファイルを受け取れません。")
    else:
        messages.error(request, missed(answer))
    return redirect("exchange:unit", number)
