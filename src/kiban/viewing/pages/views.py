"""The pages on which care information is opened. Every one of them asks the gate, and only the gate."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kiban.gate.events import Purpose
from kiban.records import kinds
from kiban.registry.text import search_key
from kiban.staff.sign_in.purposes import remember
from kiban.viewing import worklist
from kiban.viewing.opening import frame_of, open_items, refusals
from kiban.viewing.pages.forms import PurposeForm, SearchForm
from kiban.viewing.pages.turning_away import turned_away
from kiban.web.access import gated
from kiban.web.request import GatedRequest, SignedInRequest

LOG_ROWS = 200


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
        request.caller,
        request.purpose,
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
        "is_municipality": request.organisation.kind == "municipality",
        "is_office": request.organisation.kind == "office",
    }
    is_fragment = request.headers.get("HX-Request")
    return render(request, "viewing/people_table.html" if is_fragment else "viewing/people.html", context)


@gated
@require_GET
def person(request: GatedRequest, key: int, kind: str = "") -> HttpResponse:
    """利用者ひとり: one kind of information of one person, or why it is not shown.

    The page stands on the gate alone: it looks up session, terminal and employment itself and says who looked.
    """
    try:
        chosen = kinds.kind(kind) if kind else kinds.kinds()[0]
    except kinds.UnknownKindError:
        raise Http404 from None
    purpose = request.purpose or request.usual_purpose()
    opened = open_items(request.caller, key, [item.key for item in chosen.items], purpose)
    if opened.viewer is None and (answer := turned_away(request, opened.standing)):
        return answer
    request.frame = frame_of(opened.viewer) if opened.viewer else None
    items = [opened.items[item.key] for item in chosen.items]
    context = {"kind": chosen, "shown": [item for item in items if item.allowed], "refusals": refusals(items)}
    if opened.is_stranger:  # learns nothing, not even that the person exists
        raise Http404
    context |= {
        "key": key,
        "opened": opened,
        "viewer": opened.viewer,
        "person": opened.person,
        "kinds": kinds.kinds(),
        "purpose": purpose,
        "purposes": [(one.value, one.label) for one in Purpose],
    }
    status = 200 if opened.outcome != "denied" else 403
    return remember(render(request, "viewing/person.html", context, status=status), purpose)


@require_POST
def choose_purpose(request: SignedInRequest) -> HttpResponse:
    """Choose for what the next openings are made."""
    form = PurposeForm(request.POST)
    back = request.POST.get("back", "")
    known = back.startswith(reverse("viewing:people")) and "//" not in back and "\\" not in back
    answer = redirect(back if known else reverse("home:today"))
    return remember(answer, Purpose(form.cleaned_data["purpose"])) if form.is_valid() else answer
