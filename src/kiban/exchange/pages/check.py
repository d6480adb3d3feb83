"""ファイルの点検: the check of exchange files on a page. Nothing is kept: what was sent is gone with the answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kiban.exchange.pages.findings import results
from kiban.exchange.pages.uploads import FIELD, uploaded_files
from kiban.formats.careplan.checks import KnownOffice, read_and_check
from kiban.registry.models import Office, Organisation
from kiban.web.access import public
from kiban.web.answers import form_page

MOST_ASKED = 300  # office numbers of one check that are looked up


def for_whom(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever is signed in; anybody where the operator chose so (``KIBAN_EXCHANGE_CHECK=public``)."""
    return public(view) if settings.EXCHANGE_CHECK_IS_PUBLIC else view


def base_of(request: HttpRequest) -> str:
    """The template such a page stands on: whoever is not signed in sees it without the frame."""
    return "web/base.html" if getattr(request, "frame", None) else "web/plain.html"


@for_whom
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Drop files, see what is wrong with them and who can mend it."""
    context: dict[str, object] = {"base": base_of(request), **FIELD}
    if request.method == "POST":
        sources, context["hindrance"] = uploaded_files(request)
        if sources:
            checked = results(read_and_check(sources, known_office=known_offices()).checked)
            context |= {"checked": checked, "is_clean": all(file.is_clean for file in checked)}
    return form_page(request, "exchange/check.html", context, refused=context.get("hindrance"))


def known_offices() -> KnownOffice:
    """For one check: whether the published list, or this installation, has an office of a number.

    Each number is looked up once. After ``MOST_ASKED`` the rest counts as known: the finding names a hundred at most.
    """
    asked: dict[str, bool] = {}

    def is_known(number: str) -> bool:
        if number not in asked:
            if len(asked) >= MOST_ASKED:
                return True
            asked[number] = _is_known(number)
        return asked[number]

    return is_known


def _is_known(number: str) -> bool:
    """Whether the published list, or this installation, has an office of this number."""
    published = Office.objects.filter(number=number).exists()
    return published or Organisation.objects.filter(kind=Organisation.Kind.OFFICE, number=number).exists()
