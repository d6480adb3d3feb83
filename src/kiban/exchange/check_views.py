"""ファイルの点検: the check of exchange files on a page. Nothing is kept: what was sent is gone with the answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kiban.exchange import showing
from kiban.exchange.layouts import of_bytes
from kiban.registry.models import Office, Organisation
from kiban.web.access import public

MOST_FILES = 60  # Django itself gives up at 100
LARGEST = 5 * 1024 * 1024  # bytes, one file
LARGEST_ALL = 5 * 1024 * 1024  # bytes, all together: what the server keeps in memory without writing it down
SHELL = "大きいファイルは、端末の命令「kiban exchange check ファイル」で点検できます。"


def _for_whom(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever is signed in; anybody where the operator chose so (``KIBAN_EXCHANGE_CHECK=public``)."""
    return public(view) if settings.EXCHANGE_CHECK_IS_PUBLIC else view


@_for_whom
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Drop files, see what is wrong with them and who can mend it."""
    context: dict[str, object] = {"base": "web/base.html" if getattr(request, "frame", None) else "web/plain.html"}
    status = 200
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if words := _hindrance(files):
            context["hindrance"], status = words, 400
        else:
            sources = [of_bytes(_name(file), file.read()) for file in files]
            checked = showing.check(sources, _is_known)
            context["checked"] = checked
            context["is_clean"] = all(one.is_clean for one in checked)
    return render(request, "exchange/check.html", context, status=status)


def _hindrance(files: list[UploadedFile]) -> str:
    """Why these files are not checked, in words; empty when they are."""
    if not files:
        return "ファイルを選んでから押してください。"
    if len(files) > MOST_FILES:
        return f"一度に点検できるのは{MOST_FILES}個までです。分けて選んでください。"
    if any((file.size or 0) > LARGEST for file in files) or sum(file.size or 0 for file in files) > LARGEST_ALL:
        return f"合わせて5MBまで点検できます。分けて選んでください。{SHELL}"
    return ""


def _is_known(number: str) -> bool:
    """Whether the published list, or this installation, has an office of this number."""
    published = Office.objects.filter(number=number).exists()
    return published or Organisation.objects.filter(kind=Organisation.Kind.OFFICE, number=number).exists()


def _name(file: UploadedFile) -> str:
    return file.name or "名前のないファイル"
