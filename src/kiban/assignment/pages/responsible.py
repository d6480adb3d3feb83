"""担当ケアマネ: who in the office looks after whom. A view for 今日 and the list, and no right."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kiban.assignment import acts
from kiban.assignment.pages.access import NOT_IN_CHARGE, get_office, refusal
from kiban.assignment.pages.colleagues import colleagues, everybody
from kiban.gate import door
from kiban.staff.models import Employment
from kiban.web import opaque
from kiban.web.request import SignedInRequest, page_asked

PAGE = 200
NOBODY = "nobody"


@require_http_methods(["GET", "POST"])
def responsible_list(request: SignedInRequest) -> HttpResponse:
    """The office's persons, all or those of one care manager; ticking some gives them to another.

    ``?of=`` names an account of the office by its number, or nobody.
    """
    staff = colleagues(get_office(request))
    if request.method == "POST":
        return _entrust(request, staff)
    of = request.GET.get("of", "")
    whose = of if of == NOBODY or (of.isascii() and of.isdigit() and len(of) <= 18) else "all"
    number = page_asked(request)
    found = door.people(request.caller, request.purpose, whose=whose, offset=(number - 1) * PAGE, limit=PAGE)
    context = {
        "people": [(person, opaque.encode(person.key)) for person in found.people],
        "page": Paginator(range(found.total), PAGE).get_page(number),
        "whose": whose,
        "staff": staff,
        "owners": [(str(account), name) for account, name in everybody(request.organisation)],
    }
    return render(request, "assignment/responsible.html", context)


def _entrust(request: SignedInRequest, staff: Sequence[Employment]) -> HttpResponse:
    keys = [key for token in request.POST.getlist("person") if (key := opaque.decode(token)) is not None]
    successor = chosen(request, staff)
    if not keys:
        messages.error(request, "変える方に印を付けてから押してください。")
    elif successor is None and request.POST.get("employment") != NOBODY:
        messages.error(request, "新しい担当ケアマネを選んでから押してください。")
    elif (answer := acts.entrust(request.caller, request.purpose, keys, successor.pk if successor else None)) == "ok":
        who = f"{successor.account.name}さんに" if successor else "「なし」に"
        messages.success(request, f"{len(keys)}名の担当ケアマネを{who}しました。")
    else:
        messages.error(request, refusal(answer))
    return redirect("assignment:responsible")


@require_POST
def entrust_one(request: SignedInRequest, key: int) -> HttpResponse:
    """The same for one person, from the page of the person's 担当."""
    staff = colleagues(get_office(request))
    successor = chosen(request, staff)
    answer = acts.entrust(request.caller, request.purpose, [key], successor.pk if successor else None)
    if answer == "ok":
        who = f"{successor.account.name}さん" if successor else "「なし」"
        messages.success(request, f"担当ケアマネを{who}にしました。")
    else:
        messages.error(request, refusal(answer, not_found=NOT_IN_CHARGE))
    return redirect(f"{reverse('assignment:assignment', args=[key])}#responsible")


def chosen(request: SignedInRequest, staff: Sequence[Employment]) -> Employment | None:
    """Who was chosen among those who work here; none where it was nobody."""
    return next((one for one in staff if str(one.pk) == request.POST.get("employment")), None)
