"""表示を大きく: chosen in the head of every page, kept in the browser. It says nothing about anybody."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kiban.web.access import public
from kiban.web.request import local_path

COOKIE = "__Host-kiban-size"
LARGE = "large"
KEPT = dt.timedelta(days=400)  # browsers keep none longer


def is_large(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == LARGE


@public
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Large or usual, and back to the page one came from."""
    answer = redirect(local_path(request.POST.get("next", "")) or "/")
    if request.POST.get("size") == LARGE:
        answer.set_cookie(COOKIE, LARGE, max_age=KEPT, secure=True, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
        answer.cookies[COOKIE]["secure"] = True
    return answer
