"""印刷: 第1表 to 第7表 and サービス提供票 as PDF, from chosen files, a unit, or a plan of the office."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from kiban.exchange.pages.check import base_of, for_whom
from kiban.exchange.pages.getters import files_of, participant_of
from kiban.exchange.pages.uploads import FIELD, read_all, uploaded_files
from kiban.exchange.sheets import delivery_sheets, slip_sheets
from kiban.formats.careplan.layouts import Document, Kind, parse, read_bytes
from kiban.paper.printing import Sheet
from kiban.plans.sheets import plan_sheets
from kiban.web.answers import INVALID, form_page
from kiban.web.printed import NO_FONT, pdf_answer
from kiban.web.request import SignedInRequest

NOTHING = "印刷できるもの(第1〜3表、第6表、第7表)が、選んだファイルにありません。"
MOST = 300  # sheets in one PDF: a thousand take 1.4 GB and several seconds


@for_whom
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def print_files(request: HttpRequest) -> HttpResponse:
    """Drop files, get them on paper; nothing is kept. With a 事業所番号: サービス提供票 for that office."""
    office, signatures = request.POST.get("office", "").strip(), "signatures" in request.POST
    context: dict[str, object] = {"base": base_of(request), "office": office, "signatures": signatures, **FIELD}
    if request.method == "POST":
        sources, hindrance = uploaded_files(request)
        documents, context["unread"] = read_all(sources)
        sheets = _sheets(documents, office, signatures=signatures)
        if not hindrance and len(sheets) > MOST:
            hindrance = f"一度に印刷できるのは{MOST}枚までです。分けて選んでください。"
        if not hindrance and sheets:
            answer, hindrance = pdf_answer(request, sheets, "kaigo")
            if answer is not None:
                return answer
        context["hindrance"] = hindrance or NOTHING
    return form_page(request, "exchange/print.html", context, refused=context.get("hindrance"))


@sensitive_variables()
@require_GET
def print_unit(request: SignedInRequest, number: int) -> HttpResponse:
    """A unit on paper. To the receiver of a 利用票 it is サービス提供票: its own lines only."""
    files = files_of(participant_of(request), number)
    names = {name: parsed for name in files if (parsed := parse(name)[0]) is not None}
    documents = [read_bytes(files[name], name) for name, parsed in names.items() if parsed.kind is not Kind.BASIC_IMAGE]
    own_number = request.organisation.number
    is_sender = any(parsed.sender == own_number for parsed in names.values())
    is_slip = any(parsed.kind is Kind.SCHEDULE for parsed in names.values())
    sheets = _sheets(documents, own_number if is_slip and not is_sender else "")
    answer, hindrance = pdf_answer(request, sheets, f"unit-{number}") if sheets else (None, NOTHING)
    if answer is not None:
        return answer
    status = NO_FONT if sheets else INVALID  # there is no font to print with, or nothing to print
    context = {"base": base_of(request), "hindrance": hindrance, **FIELD}
    return render(request, "exchange/print.html", context, status=status)


def _sheets(documents: Sequence[Document], office: str, *, signatures: bool = False) -> list[Sheet]:
    if office:
        return delivery_sheets(documents, office)
    return plan_sheets(documents, signatures=signatures) + slip_sheets(documents)
