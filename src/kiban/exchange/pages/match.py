"""予実突合 on a page: 予定 and 実績 beside each other, month by month. Nothing is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kiban.exchange.month import ledgers, sheet
from kiban.exchange.pages import uploads
from kiban.exchange.pages.check import base_of, for_whom
from kiban.formats.careplan.claims import early
from kiban.formats.careplan.layouts import Document, Kind, NotExchangeFileError, Source, read
from kiban.formats.careplan.matching import match


@for_whom
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def matching(request: HttpRequest) -> HttpResponse:
    """Drop the files of 予定 and 実績, see what differs and whose turn it is."""
    context: dict[str, object] = {"base": base_of(request)}
    status = 200
    if request.method == "POST":
        sources, hindrance = uploads.taken(request)
        documents, unread = _read(sources)
        planned, done = documents.get(Kind.SCHEDULE, []), documents.get(Kind.ACTUAL, [])
        hindrance = hindrance or _missing(planned, done)
        if hindrance:
            context["hindrance"], status = hindrance, 400
        else:
            users = documents.get(Kind.USER, [])
            matched = match(planned, done, users)
            likely = early(planned, done, documents.get(Kind.BENEFIT, []), users, ledgers.of_files(matched.offices))
            context |= {
                "matched": matched,
                "sheets": sheet.sheets(matched),
                **sheet.warned(likely, matched.names),
                "users": len(matched.months),
                "differing": len(matched.differing),
                "waiting": [
                    (
                        f"{month[:4]}年{int(month[4:])}月",
                        [matched.offices.get(number, number) for number in sorted(offices)],
                    )
                    for month, offices in sorted(matched.waiting.items())
                ],
            }
        context["unread"] = unread
    return render(request, "exchange/match.html", context, status=status)


def _read(sources: list[Source]) -> tuple[dict[Kind, list[Document]], list[str]]:
    """The files by kind, and the names of those that are none."""
    found: dict[Kind, list[Document]] = {}
    unread = []
    for source in sources:
        try:
            document = read(source)
        except NotExchangeFileError:
            unread.append(source.name)
        else:
            found.setdefault(document.layout.kind, []).append(document)
    return found, unread


def _missing(planned: list[Document], done: list[Document]) -> str:
    if not planned:
        return "予定(第6表)のファイルがありません。名前が UPPLAN で始まるファイルも選んでください。"
    if not done:
        return "実績のファイルがありません。名前が UPJSK で始まるファイルも選んでください。"
    return ""
