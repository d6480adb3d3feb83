"""The pages on which care information is opened. Every one of them asks the gate, and only the gate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.gate.events import Purpose
from kiban.records import kinds
from kiban.registry.text import search_key
from kiban.staff.sign_in.purposes import remember
from kiban.viewing import filters, worklist
from kiban.viewing.marks import marks
from kiban.viewing.opening import refusals
from kiban.viewing.pages import people_columns, remembered
from kiban.viewing.pages.asked import open_kind
from kiban.viewing.pages.forms import SORTS, PurposeForm, SearchForm, WhoseForm
from kiban.viewing.pages.remembered import ListState
from kiban.viewing.worklist import PAGE, Row
from kiban.web.access import gated
from kiban.web.csv_file import csv_file
from kiban.web.request import GatedRequest, SignedInRequest, local_path


@require_http_methods(["GET", "POST"])
def people(request: SignedInRequest) -> HttpResponse:
    """利用者: whom do I look after, and where does something end soon?

    A search comes by POST: what is searched for is a name, and a name has no place in an address. It is kept in the
    session and shown at the address of the list, so that Back finds it. ``?lacks=`` is a link to a filter.
    """
    before = remembered.state(request)
    if request.method == "POST":
        listed = remembered.keep(request, remembered.typed(SearchForm(request.POST), before))
        if not request.headers.get("HX-Request"):
            return redirect("viewing:people")
        return render(request, "viewing/people_table.html", _page(request, listed))
    if "lacks" in request.GET:
        remembered.keep(request, remembered.chosen(before, request.GET["lacks"]))
        return redirect("viewing:people")
    return render(request, "viewing/people.html", _page(request, before))


def _page(request: SignedInRequest, listed: ListState) -> dict[str, Any]:
    """The list as it was left; where it has become shorter than the page asked for, its last page."""
    found = worklist.people(
        request.caller, request.purpose, offset=(listed.page - 1) * PAGE, limit=PAGE, **_asked(request, listed)
    )
    if found.total and not found.rows:
        return _page(request, replace(listed, page=-(-found.total // PAGE)))
    return {
        "listed": listed,
        "sorts": SORTS,
        "choices": filters.choices(listed.filter, found.everybody, found.lacking),
        "rows": found.rows,
        "page": Paginator(range(found.total), PAGE).get_page(listed.page),
        "is_municipality": request.organisation.kind == "municipality",
        "is_office": request.organisation.kind == "office",
        "own_only": request.account.begins_with_own,
        "whose": {"back": "people", "own_only": request.account.begins_with_own},
    }


def _asked(request: SignedInRequest, listed: ListState) -> dict[str, Any]:
    """What the gate is asked for. Who searches for somebody searches among all, whoever looks after them."""
    own_only = request.account.begins_with_own and not listed.q
    return {
        "search": search_key(listed.q),
        "sort": listed.sort,
        "lacks": listed.filter.whats,
        "whose": "own" if own_only else "all",
    }


@require_POST
def people_file(request: SignedInRequest) -> HttpResponse:
    """The list as it is shown, all its pages, as a file (CSV). The log says that it was taken along."""
    asked = _asked(request, remembered.state(request))
    rows: list[Row] = []
    total = 1
    while len(rows) < total:
        found = worklist.people(
            request.caller, request.purpose, offset=len(rows), limit=worklist.EXPORTED, export=True, **asked
        )
        total = found.total if found.rows else 0
        rows += found.rows
    return csv_file("利用者", people_columns.HEAD, map(people_columns.cells, rows))


@require_POST
def choose_whose(request: SignedInRequest) -> HttpResponse:
    """自分の担当 or 全員: how the account's lists begin from now on."""
    form = WhoseForm(request.POST)
    if form.is_valid():
        request.account.begins_with_own = form.cleaned_data["whose"] == "own"
        request.account.save(update_fields=["begins_with_own"])
        remembered.keep(request, replace(remembered.state(request), q="", page=1))
    return redirect("home:today" if request.POST.get("back") == "today" else "viewing:people")


@gated
@require_GET
def person(request: GatedRequest, key: int, kind: str = "") -> HttpResponse:
    """利用者ひとり: one kind of information of one person, or why it is not shown.

    The page stands on the gate alone: it looks up session, terminal and employment itself and says who looked.
    """
    asked = open_kind(request, key, kind or kinds.kinds()[0].key)
    if isinstance(asked, HttpResponse):
        return asked
    opened = asked.opened
    # Asked for once, on arriving at the person: it is a question of its own, and a row of the log.
    found = marks(request.caller, key, asked.purpose) if opened.person and not kind else {}
    context = {
        "key": key,
        "kind": asked.kind,
        "shown": [item for item in asked.items if item.allowed],
        "refusals": refusals(asked.items),
        "opened": opened,
        "viewer": opened.viewer,
        "person": opened.person,
        "tabs": [(one, found.get(one.key)) for one in kinds.kinds()],
        "is_arrival": not kind,
        "purpose": asked.purpose,
        "purposes": [(one.value, one.label) for one in Purpose],
    }
    status = 200 if opened.outcome != "denied" else 403
    return remember(render(request, "viewing/person.html", context, status=status), asked.purpose)


@require_POST
def choose_purpose(request: SignedInRequest) -> HttpResponse:
    """Choose for what the next openings are made."""
    form = PurposeForm(request.POST)
    answer = redirect(local_path(request.POST.get("back", "")) or "home:today")
    return remember(answer, Purpose(form.cleaned_data["purpose"])) if form.is_valid() else answer
