"""One page for each access mark, under a page and an API address, besides the real addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from kiban.web import access


def page(request: HttpRequest) -> HttpResponse:
    frame = getattr(request, "frame", None)
    return HttpResponse(f"{frame}")


def copy(mark: object) -> object:
    def marked(request: HttpRequest) -> HttpResponse:
        return page(request)

    return mark(marked)  # type: ignore[operator]


marks = [
    path("signed-in/", page),
    path("gated/", copy(access.gated)),
    path("administrator/", copy(access.administrator)),
    path("terminal/", copy(access.terminal_only)),
    path("public/", copy(access.public)),
]
urlpatterns = [path("marks/", include(marks)), path("api/marks/", include(marks)), path("", include("kiban.urls"))]
handler403 = "kiban.web.views.forbidden"
