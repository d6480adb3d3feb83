"""同意 on paper and in large type: what the person is told, and the form to sign."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kiban.consent import easy, explanation
from kiban.consent.pages.access import get_history
from kiban.web.request import SignedInRequest

Styles = tuple[tuple[str, str], ...]
FURIGANA, EASY = "furigana", "easy"
# How the same paper is shown: ``?with=``.
STYLES = (("", "ふつうの紙"), (FURIGANA, "ふりがなを付ける"), (EASY, "やさしい日本語の説明を添える"))


@require_GET
def paper(request: SignedInRequest, key: int | None = None) -> HttpResponse:
    """The form to print and sign: with the person's name, or empty."""
    return _paper(request, key, "consent/paper.html")


@require_GET
def withdrawal_paper(request: SignedInRequest, key: int | None = None) -> HttpResponse:
    """同意撤回届: the form to print and sign for taking the consent back."""
    return _paper(request, key, "consent/withdrawal_paper.html", STYLES[:2])


def _paper(request: SignedInRequest, key: int | None, template: str, styles: Styles = STYLES) -> HttpResponse:
    context = {
        **_style(request, explanation.CURRENT, styles),
        "key": key,
        "history": get_history(request, key) if key is not None else None,
        "text": explanation.TEXTS[explanation.CURRENT],
        "signers": [label for signer, label in explanation.SIGNERS.items() if signer != "self"],
        "organisation": request.organisation,
    }
    return render(request, template, context)


def _style(request: SignedInRequest, version: str, styles: Styles) -> dict[str, Any]:
    """What was asked for by ``?with=``; an unknown one is the plain paper. Easy words come with readings."""
    asked = request.GET.get("with", "")
    style = asked if asked in dict(styles) else ""
    return {
        "styles": styles,
        "style": style,
        "with_readings": bool(style),
        "easy": easy.EASY.get(version) if style == EASY else None,
    }


@require_GET
def show_text(request: SignedInRequest, version: str = explanation.CURRENT) -> HttpResponse:
    """The explanation in large type, to be shown to the person; no name of anybody stands on it."""
    text = explanation.TEXTS.get(version)
    if text is None:
        raise Http404
    styles = STYLES if version in easy.EASY else STYLES[:2]
    context = {
        **_style(request, version, styles),
        "text": text,
        "current": explanation.CURRENT,
        "versions": [text for text in reversed(explanation.TEXTS.values()) if text.version != version],
    }
    return render(request, "consent/text.html", context)
