"""印刷: 第1表 to 第7表 and サービス提供票 as PDF, from chosen files, a unit, or a plan of the office."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from kiban.exchange import boxes, plan_files, printing, uploads
from kiban.exchange.box_views import seat_of
from kiban.exchange.check_views import base_of, for_whom
from kiban.exchange.layouts import Document, Kind, NotExchangeFileError, Source, layout, parse, read, read_bytes
from kiban.exchange.plan_documents import write_plan
from kiban.exchange.plan_views import desk_of
from kiban.exchange.printing import Foot, Sheet
from kiban.exchange.printing.fonts import NoFontError
from kiban.staff.middleware import SignedInRequest

NOTHING = "印刷できるもの(第1〜3表、第6表、第7表)が、選んだファイルにありません。"
MOST = 300  # sheets in one PDF: a thousand take 1.4 GB and several seconds


@for_whom
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def print_files(request: HttpRequest) -> HttpResponse:
    """Drop files, get them on paper; nothing is kept. With a 事業所番号: サービス提供票 for that office."""
    context: dict[str, object] = {"base": base_of(request)}
    status = 200
    if request.method == "POST":
        sources, hindrance = uploads.taken(request)
        documents, unread = _read(sources)
        sheets = _sheets(documents, request.POST.get("office", "").strip())
        if not hindrance:
            hindrance = f"一度に印刷できるのは{MOST}枚までです。分けて選んでください。" if len(sheets) > MOST else ""
        if not hindrance and sheets:
            answer, hindrance = _answer(request, sheets, "kaigo")
            if answer is not None:
                return answer
        context |= {"hindrance": hindrance or NOTHING, "unread": unread, "office": request.POST.get("office", "")}
        status = 400
    return render(request, "exchange/print.html", context, status=status)


@sensitive_variables()
@require_GET
def print_unit(request: SignedInRequest, number: int) -> HttpResponse:
    """A unit on paper. To the receiver of a 利用票 it is サービス提供票: its own lines only."""
    opened = boxes.open_units(seat_of(request), [number])
    if opened is None:
        raise Http404
    files = opened.files[number]
    names = {name: parsed for name in files if (parsed := parse(name)[0]) is not None}
    documents = [read_bytes(files[name], name) for name, parsed in names.items() if parsed.kind is not Kind.BASIC_IMAGE]
    own = request.employment.organisation.number
    is_sender = any(parsed.sender == own for parsed in names.values())
    is_slip = any(parsed.kind is Kind.SCHEDULE for parsed in names.values())
    sheets = _sheets(documents, own if is_slip and not is_sender else "")
    answer, hindrance = _answer(request, sheets, f"unit-{number}") if sheets else (None, NOTHING)
    return answer or render(
        request, "exchange/print.html", {"base": "web/base.html", "hindrance": hindrance}, status=400
    )


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
    answer, hindrance = _answer(request, printing.plan_sheets(documents), f"plan-{number}")
    return answer or render(
        request, "exchange/print.html", {"base": "web/base.html", "hindrance": hindrance}, status=409
    )


def _sheets(documents: Sequence[Document], office: str) -> list[Sheet]:
    if office:
        return printing.delivery_sheets(documents, office)
    return printing.plan_sheets(documents) + printing.slip_sheets(documents)


def _read(sources: Sequence[Source]) -> tuple[list[Document], list[str]]:
    documents, unread = [], []
    for source in sources:
        try:
            documents.append(read(source))
        except NotExchangeFileError:
            unread.append(source.name)
    return documents, unread


def _answer(request: HttpRequest, sheets: list[Sheet], name: str) -> tuple[HttpResponse | None, str]:
    """The PDF, or why it could not be made."""
    frame = getattr(request, "frame", None)
    foot = Foot.now(frame.organisation_name if frame else "", frame.person_name if frame else "", timezone.localtime())
    try:
        made = printing.pdf(sheets, foot)
    except NoFontError as error:
        return None, str(error)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=f"{name}.pdf") or "inline"
    return answer, ""
