"""The set-up of a terminal, step by step; it goes on where one stopped. And the same on paper."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kiban.terminals import instructions, steps
from kiban.terminals.instructions import Browser, System
from kiban.terminals.models import Terminal
from kiban.terminals.pages.access import get_terminal_in_use
from kiban.terminals.steps import Step
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest


@administrator
@require_safe
def set_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the first step that is not done."""
    terminal = get_terminal_in_use(request, pk)
    step = steps.next_open(terminal)
    if step is None:
        messages.success(request, f"「{terminal.name}」の準備は、3つとも済んでいます。")
        return redirect("terminals:terminal", terminal.pk)
    return redirect("terminals:set-up-step", terminal.pk, step.value)


@administrator
@require_http_methods(["GET", "POST"])
def step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """One step: what to do, with pictures, for the terminal's system and browser; done by pressing a button."""
    terminal = get_terminal_in_use(request, pk)
    try:
        here = Step(step)
    except ValueError:
        raise Http404 from None
    is_to_issue = here is Step.CERTIFICATE and not steps.is_usable(terminal)
    if request.method == "POST" and is_to_issue:
        messages.error(request, "使える証明書がありません。先に発行して、端末に入れてください。")
    elif request.method == "POST":
        without_card = here is Step.READER and "without-card" in request.POST
        steps.mark_done(terminal, here, by=request.account.name, note=steps.WITHOUT_CARD if without_card else "")
        if steps.next_open(terminal) is not None:  # else the next page says that all is done
            messages.success(request, f"「{here.label}」が済みました。")
        return redirect("terminals:set-up", terminal.pk)
    system, browser = _chosen(request, terminal)
    cells = steps.cells(terminal)
    context = {
        "terminal": terminal,
        "cells": cells,
        "here": next(cell for cell in cells if cell.step is here),
        "number": [cell.step for cell in cells].index(here) + 1,
        "instructions": instructions.of(here, system, browser),
        "system": system,
        "browser": browser,
        "systems": System.choices,
        "browsers": Browser.choices,
        "is_to_issue": is_to_issue,
    }
    return form_page(request, "terminals/set_up.html", context, refused=request.method == "POST")


@administrator
@require_safe
def sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """The three steps on paper, to take to the terminal. Holds no password."""
    terminal = get_terminal_in_use(request, pk)
    system, browser = _chosen(request, terminal)
    context = {
        "terminal": terminal,
        "parts": [(cell, instructions.of(cell.step, system, browser)) for cell in steps.cells(terminal)],
        "certificate": steps.best(terminal.certificates.all()),
        "system": system,
        "browser": browser,
        "systems": System.choices,
        "browsers": Browser.choices,
        "address": settings.PUBLIC_URL,
        "telephone": settings.HELP_TELEPHONE,
    }
    return render(request, "terminals/sheet.html", context)


def _chosen(request: HttpRequest, terminal: Terminal) -> tuple[str, str]:
    system, browser = instructions.likely(terminal.os, terminal.browser)
    asked_system, asked_browser = request.GET.get("system", ""), request.GET.get("browser", "")
    return (
        asked_system if asked_system in System.values else system.value,
        asked_browser if asked_browser in Browser.values else browser.value,
    )
