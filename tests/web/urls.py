"""Addresses for the tests of the frame alone, so that they stand whatever pages the rooms above have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from tests.web.gallery import SEAT, Gallery, context

handler400 = "kiban.web.views.bad_request"
handler403 = "kiban.web.views.forbidden"
handler404 = "kiban.web.views.not_found"
handler500 = "kiban.web.views.server_error"


def gallery(request: HttpRequest) -> HttpResponse:
    request.frame = SEAT
    if "messages" in request.GET:
        messages.success(request, "端末「相談室PC」を登録しました。")
        messages.warning(request, "証明書はあと12日で切れます。")
    form: forms.Form = Gallery(request.POST or None)
    page = Paginator(range(300), 20).get_page(request.GET.get("page", 4))
    return render(request, "gallery/gallery.html", {"form": form, "page": page, **context()})


def steps(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/steps.html")


def nobody(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/empty.html")


def fail(request: HttpRequest, how: str) -> HttpResponse:
    raise {
        "suspicious": SuspiciousOperation("secret inside"),
        "denied": PermissionDenied("secret inside"),
        "broken": RuntimeError("secret inside"),
        "database": OperationalError("secret inside"),
    }[how]


def nothing(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse()


signing = [path(name, nothing, name=name) for name in ("sign-out", "lock", "locked", "in-use", "own")]
staff = ([*signing, path("staff", nothing, name="list")], "staff")
viewing = ([path("people/", nothing, name="people")], "viewing")
home = ([path("", nothing, name="today")], "home")

urlpatterns = [
    path("gallery", gallery),
    path("steps", steps),
    path("nobody", nobody),
    path("fail/<how>", fail),
    path("api/fail/<how>", fail),
    path("", include(staff)),
    path("", include(viewing)),
    path("", include(home)),
    path("", include("kiban.web.urls")),
]
