"""How a page with a form answers: 422 while something in it has to be mended, in every room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

INVALID = 422  # Unprocessable Content: the request was understood, what was typed was not accepted


def form_page(
    request: HttpRequest, template: str, context: dict[str, Any], *sent: forms.BaseForm, refused: object = False
) -> HttpResponse:
    """The page of one or several forms.

    Args:
        sent: the forms of the page that may have been sent.
        refused: true (or not empty) when something else than a form stands in the way.

    The template's head says so in the title (``is_to_mend``), which a screen reader reads first.

    Returns:
        200, or 422 when one of the forms has errors or ``refused`` is true.
    """
    invalid = bool(refused) or any(form.errors for form in sent)
    return render(request, template, {**context, "is_to_mend": invalid}, status=INVALID if invalid else 200)
