"""確かめること: signs that an ID is shared or misused. Shown, not judged; whoever clears one says what it was."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kiban.staff.models import ADMINISTERING, Employment, Suspicion
from kiban.staff.review import suspicions
from kiban.web.access import administrator
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
def findings(request: SignedInRequest) -> HttpResponse:
    everything = Suspicion.objects.filter(organisation=request.organisation).select_related("account", "cleared_by")
    shown = {
        "open": everything.filter(cleared_at=None).order_by("-last_at"),
        "cleared": everything.exclude(cleared_at=None).order_by("-cleared_at")[:CLEARED],
    }
    return render(request, "staff/findings.html", shown)


@administrator
@require_http_methods(["GET", "POST"])
def clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """One finding: what was seen, what to do, and the note that clears it."""
    found = get_object_or_404(
        Suspicion.objects.select_related("account"), pk=pk, organisation=request.organisation, cleared_at=None
    )
    form = ClearForm(request.POST or None)
    own_id = found.account_id == request.account.pk and _somebody_else_administers(request)
    if form.is_valid() and not own_id:
        changed = Suspicion.objects.filter(pk=found.pk, cleared_at=None).update(
            cleared_at=timezone.now(), cleared_by=request.account, note=form.cleaned_data["note"].strip()
        )
        if changed:
            messages.success(request, "確かめたことを記録しました。")
        return redirect("staff:findings")
    here = found.account.employments.not_over(timezone.localdate()).filter(organisation=request.organisation).first()
    shown = {
        "finding": found,
        "form": form,
        "advice": ADVICE[Suspicion.Kind(found.kind)],
        "seen": reversed(suspicions.sightings(found)),
        "employment": here,
        "own_id": own_id,
    }
    return render(request, "staff/finding.html", shown)


def _somebody_else_administers(request: SignedInRequest) -> bool:
    """A sign about the own ID is for somebody else to clear, where there is somebody."""
    here = Employment.objects.in_force(timezone.localdate()).filter(
        organisation=request.organisation, level__in=ADMINISTERING
    )
    return here.exclude(account=request.account).filter(account__is_active=True).exists()
