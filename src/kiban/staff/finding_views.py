"""確かめること: signs that an ID is shared or misused. Shown, not judged; whoever clears one says what it was."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kiban.staff import suspicions
from kiban.staff.models import ADMINISTERING, Employment, Suspicion
from kiban.staff.seat import myself, own
from kiban.web.access import administrator

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
def findings(request: HttpRequest) -> HttpResponse:
    everything = Suspicion.objects.filter(organisation=own(request)).select_related("account", "cleared_by")
    shown = {
        "open": everything.filter(cleared_at=None).order_by("-last_at"),
        "cleared": everything.exclude(cleared_at=None).order_by("-cleared_at")[:CLEARED],
    }
    return render(request, "staff/findings.html", shown)


@administrator
@require_http_methods(["GET", "POST"])
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what was seen, what to do, and the note that clears it."""
    found = get_object_or_404(
        Suspicion.objects.select_related("account"), pk=pk, organisation=own(request), cleared_at=None
    )
    form = ClearForm(request.POST or None)
    own_id = found.account_id == myself(request).pk and _somebody_else_administers(request)
    if form.is_valid() and not own_id:
        changed = Suspicion.objects.filter(pk=found.pk, cleared_at=None).update(
            cleared_at=timezone.now(), cleared_by=myself(request), note=form.cleaned_data["note"].strip()
        )
        if changed:
            messages.success(request, "確かめたことを記録しました。")
        return redirect("staff:findings")
    here = Employment.objects.not_over(timezone.localdate()).filter(organisation=own(request))
    shown = {
        "finding": found,
        "form": form,
        "advice": ADVICE[Suspicion.Kind(found.kind)],
        "seen": reversed(suspicions.sightings(found)),
        "employment": here.filter(account=found.account).first() if found.account else None,
        "own_id": own_id,
    }
    return render(request, "staff/finding.html", shown)


def _somebody_else_administers(request: HttpRequest) -> bool:
    """A sign about the own ID is for somebody else to clear, where there is somebody."""
    here = Employment.objects.in_force(timezone.localdate()).filter(organisation=own(request), level__in=ADMINISTERING)
    return here.exclude(account=myself(request)).filter(account__is_active=True).exists()
