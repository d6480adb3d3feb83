"""計画書: an office without care software types its plans in, registers agreement and delivery, makes files of them.

The gate decides whose plans these are; the page of somebody who is not in charge of the plan does not exist.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from kiban.formats.careplan.layouts import Document, layout
from kiban.plans import files as plan_files
from kiban.plans.documents import write_plan
from kiban.plans.pages.access import get_person_plans, get_plan
from kiban.plans.pages.recipient_form import RecipientForm
from kiban.plans.sheets import plan_sheets
from kiban.web.answers import form_page
from kiban.web.printed import NO_FONT, pdf_answer
from kiban.web.request import SignedInRequest


@require_GET
def plan_list(request: SignedInRequest, key: int) -> HttpResponse:
    """The office's plans for a person: how far each has come, and what is next."""
    context = {"person_plans": get_person_plans(request, key), "key": key}
    return render(request, "plans/plans.html", context)


@sensitive_variables()
@require_http_methods(["GET", "POST"])
def files(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """標準仕様のファイルにする: the plan set for one office, as a zip."""
    person_plans, plan = get_plan(request, key, number)
    form = RecipientForm(plan.content, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"key": key, "person_plans": person_plans, "plan": plan, "form": form}
    if request.method == "POST" and form.is_valid():
        made = plan_files.make_files(
            plan_files.user_of(person_plans.person),
            plan.content,
            plan_files.Route(request.organisation, *form.recipient(), timezone.localtime()),
        )
        if not made.problems:
            answer = HttpResponse(made.zipped(), content_type="application/zip")
            answer["Content-Disposition"] = f'attachment; filename="plan_{made.sequence}.zip"'
            return answer
        context["problems"] = made.problems
    return form_page(request, "plans/files.html", context, form, refused=context.get("problems"))


@sensitive_variables()
@require_GET
def print_plan(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """第1表 to 第3表 of a plan of the office, as it stands now; ``?signatures``: with lines to sign below 第1表."""
    person_plans, plan = get_plan(request, key, number)
    rows_of_kinds = write_plan(plan_files.user_of(person_plans.person), plan.content)
    documents = [
        Document(layout(kind), [tuple(row) for row in rows], list(range(1, len(rows) + 1)))
        for kind, rows in rows_of_kinds.items()
    ]
    answer, hindrance = pdf_answer(
        request, plan_sheets(documents, signatures="signatures" in request.GET), f"plan-{number}"
    )
    context = {"key": key, "person_plans": person_plans, "plan": plan, "hindrance": hindrance}
    return answer or render(request, "plans/print.html", context, status=NO_FONT)
