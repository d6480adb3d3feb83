"""今日: the page a person begins the day with."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kiban.home import lines
from kiban.home.models import StepSetAside
from kiban.terms.claims import coming_claim_day
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest, visitor


@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    """今日: what must I do, and by when?"""
    page = lines.page(visitor(request))
    today = timezone.localdate()
    context = {
        "today": today,
        "days_to_claim": (coming_claim_day(today) - today).days,
        "due": page.due,
        "stopped": page.stopped,
        "ahead": page.ahead,
        "panels": page.panels,
        "first_steps": page.first_steps,
        "acts": page.acts,
    }
    return render(request, "home/today.html", context)


@administrator
@require_POST
def set_step_aside(request: SignedInRequest, name: str) -> HttpResponse:
    """Take a step of 「はじめの準備」 off the page, for everybody of the office."""
    step = next((step for step in lines.every_first_step(request.organisation) if step.name == name), None)
    if step is None:
        raise Http404
    StepSetAside.objects.get_or_create(
        organisation=request.organisation, name=step.name, defaults={"set_aside_by": request.employment.account}
    )
    messages.success(request, f"「{step.what}」を、はじめの準備から外しました。あとからは、メニューの画面でできます。")
    return redirect("home:today")
