"""For what is looked: the 利用目的 chosen at this terminal, kept in the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kiban.staff.sign_in.middleware import employment_in_force
from kiban.terms.purposes import Purpose, usual_purpose

CARE_MANAGERS = {"care_manager", "chief_care_manager"}


def purpose_of(request: HttpRequest) -> Purpose:
    """The purpose chosen at this terminal, or the usual one of this office and 職種. The gate checks it either way."""
    chosen = request.COOKIES.get(settings.PURPOSE_COOKIE_NAME)
    if chosen in set(Purpose):
        return Purpose(chosen)
    employment = getattr(request, "employment", None) or employment_in_force(request)
    if employment is None:
        return Purpose.CARE_PLANNING  # nobody is signed in: the gate will say so
    return usual_purpose(employment.organisation.kind, employment.job_type_id in CARE_MANAGERS)


def remember(response: HttpResponse, purpose: Purpose) -> HttpResponse:
    """Keep the purpose in the browser, so that the next opening need not ask who works as what."""
    response.set_cookie(settings.PURPOSE_COOKIE_NAME, purpose, secure=True, httponly=True, samesite="Lax")
    return response
