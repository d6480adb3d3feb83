"""予実突合 on a page: 予定 and 実績 beside each other, month by month. Nothing is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kiban.exchange.month import ledgers, sheet
from kiban.exchange.pages.check import base_of, for_whom
from kiban.exchange.pages.uploads import FIELD, read_all, uploaded_files
from kiban.formats.careplan.claims import early
from kiban.formats.careplan.layouts import Document, Kind
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.formats.careplan.matching import match
from kiban.web.answers import form_page


@for_whom
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def matching(request: HttpRequest) -> HttpResponse:
    """Drop the files of 予定 and 実績, see what differs and whose turn it is."""
    context: dict[str, object] = {"base": base_of(request), **FIELD}
    if request.method == "POST":
        sources, hindrance = uploaded_files(request)
        documents, context["unread"] = read_all(sources)
        by_kind: dict[Kind, list[Document]] = {}
        for document in documents:
            by_kind.setdefault(document.layout.kind, []).append(document)
        context["hindrance"] = hindrance or _missing(by_kind)
        if not context["hindrance"]:
            context |= _matched(by_kind)
    return form_page(request, "exchange/match.html", context, refused=context.get("hindrance"))


def _matched(documents: dict[Kind, list[Document]]) -> dict[str, object]:
    planned, done, users = documents[Kind.SCHEDULE], documents[Kind.ACTUAL], documents.get(Kind.USER, [])
    matched = match(planned, done, users)
    likely = early(planned, done, documents.get(Kind.BENEFIT, []), users, ledgers.of_files(matched.offices))
    return {
        "matched": matched,
        "sheets": sheet.sheets(matched),
        **sheet.warnings(likely, matched.names),
        "users": len(matched.months),
        "differing": len(matched.differing),
        "waiting": [
            (month_in_words(month), [matched.offices.get(number, number) for number in sorted(offices)])
            for month, offices in sorted(matched.waiting.items())
        ],
    }


def _missing(documents: dict[Kind, list[Document]]) -> str:
    if Kind.SCHEDULE not in documents:
        return "予定(第6表)のファイルがありません。名前が UPPLAN で始まるファイルも選んでください。"
    if Kind.ACTUAL not in documents:
        return "実績のファイルがありません。名前が UPJSK で始まるファイルも選んでください。"
    return ""
