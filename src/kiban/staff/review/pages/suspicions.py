"""確かめること: signs that an ID is shared or misused. Shown, not judged; whoever clears one says what it was."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kiban.staff.errors import StaffError
from kiban.staff.models import Employment, Suspicion
from kiban.staff.review import suspicions
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.request import SignedInRequest

CLEARED = 50  # shown for review

# What it may mean and what to do; the administrator decides, nothing is done by itself.
ADVICE = {
    Suspicion.Kind.TWO_TERMINALS: (
        "本人が席を移っただけのこともあります。本人に聞いてください。"
        "ほかの人が使っていたときは、パスワードを新しくし、その人には自分の職員IDを作ってください。"
    ),
    Suspicion.Kind.SWITCH: (
        "同じ人が、その時間で端末の間を動けるかを確かめてください。"
        "動けないときは、職員IDを2人で使っているか、知られています。パスワードを新しくしてください。"
    ),
    Suspicion.Kind.LEAVER: (
        "サインインはできていません。本人のまちがいか、ほかの人が試したのかを、その端末の管理する人に聞いてください。"
    ),
    Suspicion.Kind.CARRIED: (
        "その画面は、すぐに使えなくしました。端末の入れ替えでないときは、運営者に伝えてください。"
    ),
    Suspicion.Kind.TRIED: (
        "本人の入れまちがいかを、本人に聞いてください。5回続くと、その事業所の端末では30分間サインインできません。"
        "本人でないときは、その端末の管理する人に、だれが試したのかを聞いてください。"
    ),
    Suspicion.Kind.FOREIGN: (
        "サインインはできていません。その端末をだれが使っていたかを確かめてください。"
        "ほかの事業所の職員IDは、その人の事業所の端末でだけ使えます。"
    ),
    Suspicion.Kind.TOO_FAST: (
        "その画面はロックしました。介護ソフトなどのつながりが続けて開いただけのこともあります。"
        "覚えのないときは、見た記録を確かめ、パスワードを新しくし、運営者に伝えてください。"
    ),
}


class ClearForm(forms.Form):
    note = forms.CharField(
        label="確かめたこと",
        max_length=500,
        help_text="だれに聞き、何だったか。例: 本人に確認。席を移ったため",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@administrator
@require_safe
def suspicion_list(request: SignedInRequest) -> HttpResponse:
    everything = Suspicion.objects.filter(organisation=request.organisation).select_related("account", "cleared_by")
    context = {
        "open": everything.filter(cleared_at=None).order_by("-last_at"),
        "cleared": everything.exclude(cleared_at=None).order_by("-cleared_at")[:CLEARED],
    }
    return render(request, "staff/findings.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding: what was seen, what to do, and the note that clears it."""
    suspicion = get_suspicion(request, pk)
    form = ClearForm(request.POST or None)
    if form.is_valid():
        try:
            suspicions.clear(suspicion, form.cleaned_data["note"], by=request.employment)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "確かめたことを記録しました。")
            return redirect("staff:findings")
    employments = Employment.objects.not_over(timezone.localdate()).filter(organisation=request.organisation)
    context = {
        "finding": suspicion,
        "form": form,
        "advice": ADVICE[Suspicion.Kind(suspicion.kind)],
        "seen": reversed(suspicions.sightings(suspicion)),
        "employment": employments.filter(account=suspicion.account).first() if suspicion.account else None,
        "own_id": not suspicions.may_clear(suspicion, request.employment),
    }
    return form_page(request, "staff/finding.html", context, form)


def get_suspicion(request: SignedInRequest, pk: int) -> Suspicion:
    """One that the organisation has not cleared yet. Raises Http404 for any other."""
    waiting = Suspicion.objects.select_related("account").filter(cleared_at=None)
    return get_object_or_404(waiting, pk=pk, organisation=request.organisation)
