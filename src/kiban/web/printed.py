"""Sheets as the answer of a page: a PDF that opens in the browser, with who printed it and when at its foot."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from kiban.paper import printing
from kiban.paper.fonts import NoFontError
from kiban.paper.printing import Foot, Sheet

NO_FONT = 409  # the status of a page that cannot be printed: nothing is broken, and trying again does not help


def pdf_answer(request: HttpRequest, sheets: list[Sheet], name: str) -> tuple[HttpResponse | None, str]:
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
