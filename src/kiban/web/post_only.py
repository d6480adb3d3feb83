"""Addresses that only take POST: opened by hand, by F5 or from the history, they lead to the page of the button.

A button's address stands in the address bar when its answer is a page of its own. The one rule for all of them: the
nearest page above it in the address (``/terminals/7/retire/`` → ``/terminals/7/``).
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from kiban.web.access import Access, access_of

FOR_PROGRAMS = "/api/"  # a program is told that its method is wrong
TOP = "/"


class ParentOnGet:
    """Answers a GET that its view does not take with the way to the page above."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_refused = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in {"GET", "HEAD"}
        if not is_refused or request.path.startswith(FOR_PROGRAMS):
            return response
        employment = getattr(request, "employment", None)
        return HttpResponseRedirect(
            parent(request.path, is_administering=bool(employment and employment.is_administering))
        )


def parent(path: str, *, is_administering: bool) -> str:
    """The nearest address above ``path`` that is a page of ours and is open to whoever asks; else the first page."""
    while path != TOP:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            view = resolve(path).func
        except Resolver404:
            continue
        if is_administering or access_of(view) is not Access.ADMINISTRATOR:
            return path
    return TOP
