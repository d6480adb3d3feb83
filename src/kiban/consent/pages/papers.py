"""同意 on paper and in large type: what the person is told, and the form to sign."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.consent import explanation
from kiban.consent.pages.access import get_history
from kiban.web.request import SignedInRequest


@require_GET
def paper(request: SignedInRequest, key: int | None = None) -> HttpResponse:
    """The form to print and sign: with the person's name, or empty."""
    return _paper(request, key, "consent/paper.html")


@require_GET
def withdrawal_paper(request: SignedInRequest, key: int | None = None) -> HttpResponse:
    """同意撤回届: the form to print and sign for taking the consent back."""
    return _paper(request, key, "consent/withdrawal_paper.html")


def _paper(request: SignedInRequest, key: int | None, template: str) -> HttpResponse:
    context = {
        "key": key,
        "history": get_history(request, key) if key is not None else None,
        "text": explanation.TEXTS[explanation.CURRENT],
        "signers": [label for signer, label in explanation.SIGNERS.items() if signer != "self"],
        "organisation": request.organisation,
    }
    return render(request, template, context)


@require_GET
def show_text(request: SignedInRequest, version: str = explanation.CURRENT) -> HttpResponse:
    """The explanation in large type, to be shown to the person; no name of anybody stands on it."""
    text = explanation.TEXTS.get(version)
    if text is None:
        raise Http404
    context = {
        "text": text,
        "current": explanation.CURRENT,
        "versions": [text for text in reversed(explanation.TEXTS.values()) if text.version != version],
    }
    return render(request, "consent/text.html", context)
