"""印刷: 第1表 to 第3表 of a plan of the own office."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from kiban.formats.careplan.layouts import Document, layout
from kiban.plans import files as plan_files
from kiban.plans.documents import write_plan
from kiban.plans.pages.views import desk_of
from kiban.plans.sheets import plan_sheets
from kiban.web.printed import pdf_answer
from kiban.web.request import SignedInRequest


@sensitive_variables()
@require_GET
def print_plan(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """第1表 to 第3表 of a plan of the own office, as it stands now."""
    desk = desk_of(request, key)
    rows = write_plan(plan_files.user_of(desk.person), desk.plan(number).content)
    documents = [
        Document(layout(kind), [tuple(one) for one in of_kind], list(range(1, len(of_kind) + 1)))
        for kind, of_kind in rows.items()
    ]
    answer, hindrance = pdf_answer(request, plan_sheets(documents), f"plan-{number}")
    return answer or render(request, "plans/print.html", {"base": "web/base.html", "hindrance": hindrance}, status=500)
