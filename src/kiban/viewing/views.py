"""The pages on which care information is opened. Every one of them asks the gate, and only the gate."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import Error as DatabaseError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.exchange import notices as exchange_notices
from kiban.gate import door, due
from kiban.gate.events import Condition, Event, Purpose
from kiban.records import kinds
from kiban.registry.text import search_key
from kiban.staff.middleware import SignedInRequest, to_lock, to_password, turn_out
from kiban.terminals.middleware import not_registered
from kiban.terminals.services import State
from kiban.viewing import home, reasons, worklist
from kiban.viewing.forms import PurposeForm, SearchForm
from kiban.viewing.opening import open_items, refusals
from kiban.viewing.purposes import purpose_of, remember
from kiban.web import notices
from kiban.web.access import administrator, gated, public

SHOWN_TODAY = 20
LOG_ROWS = 200


@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    """今日: what must I do, and by when?"""
    caller, purpose = door.Caller.of(request), purpose_of(request)
    organisation = request.employment.organisation
    found = worklist.people(caller, purpose, sort="valid_to", limit=worklist.ALL)
    lines = home.pressing_first(
        [
            *home.certification(found.rows),
            *home.numbers(due.own(caller, purpose), administrator=request.frame.is_administrator),
            *exchange_notices.own(caller, organisation),
            *notices.collect(organisation, administrator=request.frame.is_administrator),
        ]
    )
    return render(
        request,
        "viewing/today.html",
        {
            "today": timezone.localdate(),
            "days_to_claim": home.days_to_claim(),
            "lines": lines,
            "next_end": worklist.next_end(found.rows),
            "stopped": list(home.stopped(found.rows)),
            "rows": found.rows[:SHOWN_TODAY],
            "total": found.total,
            "is_municipality": organisation.kind == "municipality",
            "first_steps": [] if found.total or not request.frame.is_administrator else home.first_steps(organisation),
        },
    )


@require_http_methods(["GET", "POST"])
def people(request: SignedInRequest) -> HttpResponse:
    """利用者: whom do I look after, and where does something end soon?

    A search comes by POST: what is searched for is a name, and a name has no place in an address.
    """
    form = SearchForm(request.POST)
    form.is_valid()
    search = search_key(form.cleaned_data.get("q") or "")
    number = form.cleaned_data.get("page") or 1
    found = worklist.people(
        door.Caller.of(request),
        purpose_of(request),
        search=search,
        sort=form.cleaned_data.get("sort") or "valid_to",
        offset=(number - 1) * worklist.PAGE,
        limit=worklist.PAGE,
    )
    context = {
        "form": form,
        "rows": found.rows,
        "page": Paginator(range(found.total), worklist.PAGE).get_page(number),
        "searched": bool(search),
        "is_municipality": request.employment.organisation.kind == "municipality",
        "is_office": request.employment.organisation.kind == "office",
    }
    is_fragment = request.headers.get("HX-Request")
    return render(request, "viewing/people_table.html" if is_fragment else "viewing/people.html", context)


@gated
@require_GET
def person(request: HttpRequest, key: int, kind: str = "") -> HttpResponse:
    """利用者ひとり: one kind of information of one person, or why it is not shown.

    The page stands on the gate alone: it looks up session, terminal and employment itself and says who looked.
    """
    try:
        chosen = kinds.kind(kind) if kind else kinds.kinds()[0]
    except kinds.UnknownKindError:
        raise Http404 from None
    purpose = purpose_of(request)
    opened = open_items(door.Caller.of(request), key, [item.key for item in chosen.items], purpose)
    if opened.seat is None and (answer := _turned_away(request, opened.standing)):
        return answer
    request.frame = opened.seat and opened.seat.frame()  # type: ignore[attr-defined]
    items = [opened.items[item.key] for item in chosen.items]
    context = {"kind": chosen, "shown": [item for item in items if item.allowed], "refusals": refusals(items)}
    if opened.is_stranger:  # learns nothing, not even that the person exists
        raise Http404
    context |= {
        "key": key,
        "opened": opened,
        "seat": opened.seat,
        "person": opened.person,
        "kinds": kinds.kinds(),
        "purpose": purpose,
        "purposes": [(one.value, one.label) for one in Purpose],
    }
    status = 200 if opened.outcome != "denied" else 403
    return remember(render(request, "viewing/person.html", context, status=status), purpose)


def _turned_away(request: HttpRequest, standing: list[str]) -> HttpResponse | None:
    """The page for somebody the gate does not know, or not any more; none when only the panel can tell why."""
    answers = dict(word.split(":") for word in standing)
    terminal = answers.get(Condition.TERMINAL)
    if terminal in set(State):
        return not_registered(request, State(terminal))
    if answers.get(Condition.ACCOUNT) == "first_password":
        return to_password(request)
    if answers.get(Condition.ACCOUNT) == "locked" and terminal is None:
        return to_lock(request)
    if terminal or Condition.ACCOUNT in answers:
        return turn_out(request)
    if acting := answers.get(Condition.DELEGATION):
        sentence, next_step, _ = reasons.REFUSALS[Condition.DELEGATION, acting]
        messages.warning(request, sentence + next_step)
        return redirect("staff:acting")
    return None


@administrator
@require_GET
def person_log(request: SignedInRequest, key: int) -> HttpResponse:
    """見た記録: who opened this person's information (reading it is itself recorded)."""
    answer = door.who_opened(door.Caller.of(request), key, purpose_of(request), LOG_ROWS)
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
        "viewing/log.html",
        {"key": key, "person": answer["person"], "rows": rows, "most": LOG_ROWS},
    )


def _labels(decisions: list[str], sign: str) -> list[str]:
    """Labels of the items an opening showed (+) or refused (-)."""
    keys = [word[1:].split("|")[0] for word in decisions if word.startswith(sign) and " " not in word]
    return [kinds.item(key).label for key in keys if key in kinds.item_keys()]


@require_POST
def choose_purpose(request: SignedInRequest) -> HttpResponse:
    """Choose for what the next openings are made."""
    form = PurposeForm(request.POST)
    back = request.POST.get("back", "")
    known = back.startswith(reverse("viewing:people")) and "//" not in back and "\\" not in back
    answer = redirect(back if known else reverse("viewing:today"))
    return remember(answer, Purpose(form.cleaned_data["purpose"])) if form.is_valid() else answer


@public
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether the platform can do its work: the process answers, and the database answers it. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")
