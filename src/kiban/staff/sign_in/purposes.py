"""For what is looked: the 利用目的 chosen at this terminal, kept in the browser. The gate checks it either way."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kiban.staff.models import Employment
from kiban.terms.purposes import Purpose, usual_purpose

CARE_MANAGERS = {"care_manager", "chief_care_manager"}


def chosen(request: HttpRequest) -> Purpose | None:
    """The purpose chosen at this terminal."""
    cookie = request.COOKIES.get(settings.PURPOSE_COOKIE_NAME)
    return Purpose(cookie) if cookie in set(Purpose) else None


def usual(employment: Employment | None) -> Purpose:
    """The purpose of an office's kind and a 職種; some purpose for nobody, whom the gate will turn away."""
    if employment is None:
        return Purpose.CARE_PLANNING
    return usual_purpose(employment.organisation.kind, employment.job_type_id in CARE_MANAGERS)


def remember(response: HttpResponse, purpose: Purpose) -> HttpResponse:
    """Keep the purpose in the browser, so that the next opening need not ask who works as what."""
    response.set_cookie(settings.PURPOSE_COOKIE_NAME, purpose, secure=True, httponly=True, samesite="Lax")
    return response
