"""代行: the administrator grants, looks through and revokes; whoever acts begins and ends it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiban.registry.models import Organisation
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Delegation, Employment
from kiban.staff.people import delegations
from kiban.staff.sign_in import sessions
from kiban.terms.purposes import Purpose
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.forms import WarekiField
from kiban.web.request import SignedInRequest

PAST = 50  # delegations that are over, shown for review


class AccountField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Account) -> str:
        return f"{obj.name}({obj.login_id})"


class DelegationForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, help_text="例: 研修で不在のため")
    purposes = forms.MultipleChoiceField(
        label="利用目的",
        choices=[(purpose.value, purpose.label) for purpose in Purpose],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="印を付けた目的だけで代行できます。ひとつも付けなければ、すべての目的で代行できます。",
    )
    first_day = WarekiField(label="最初の日")
    last_day = WarekiField(label="最後の日", help_text="この日の終わりに、代行はひとりでに終わります。3か月までです。")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Employment.objects.not_over(timezone.localdate()).filter(organisation=organisation)
        people = Account.objects.filter(pk__in=here.values("account")).order_by("kana", "name")
        asked = {
            "actor": AccountField(people, label="代行する人", empty_label="選んでください"),
            "absent": AccountField(people, label="代わられる人(不在の人)", empty_label="選んでください"),
        }
        self.fields = {**asked, **self.fields}


@administrator
@require_safe
def delegation_list(request: SignedInRequest) -> HttpResponse:
    """All of the office: running, to come, over."""
    now = timezone.now()
    here = Employment.objects.not_over(timezone.localdate()).filter(organisation=request.organisation)
    everything = (
        Delegation.objects.filter(organisation=request.organisation)
        .select_related("actor", "absent", "permitted_by", "revoked_by")
        .annotate(
            somebody_left=~Exists(here.filter(account=OuterRef("actor")))
            | ~Exists(here.filter(account=OuterRef("absent")))
        )
    )
    live = everything.filter(revoked_at=None, ends_at__gt=now)
    context = {
        "groups": [
            ("いまの代行", live.filter(starts_at__lte=now).order_by("ends_at"), True),
            ("これからの代行", live.filter(starts_at__gt=now).order_by("starts_at"), True),
            ("終わった代行", everything.exclude(pk__in=live.values("pk")).order_by("-starts_at")[:PAST], False),
        ],
    }
    return render(request, "staff/delegations.html", context)


@administrator
@require_http_methods(["GET", "POST"])
def grant(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    form = DelegationForm(
        request.POST or None, organisation=request.organisation, initial={"first_day": today, "last_day": today}
    )
    if form.is_valid():
        entered = form.cleaned_data
        try:
            starts_at, ends_at = delegations.whole_days(entered["first_day"], entered["last_day"])
            made = delegations.delegate(
                entered["actor"],
                entered["absent"],
                request.organisation,
                permitted_by=request.account,
                reason=entered["reason"],
                starts_at=starts_at,
                ends_at=ends_at,
                purposes=entered["purposes"],
            )
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            told = "メールでも知らせました。" if delegations.tell(made) else ""
            done = f"{made.actor.name}さんに、{made.absent.name}さんの代行を許可しました。"
            messages.success(request, f"{done}{made.actor.name}さんの「今日」に出ます。{told}")
            return redirect("staff:delegations")
    return form_page(request, "staff/delegate.html", {"form": form}, form)


@administrator
@require_safe
def sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """One permission on one A4, to be signed by the three it is about; a revoked one says so."""
    people = Delegation.objects.select_related("actor", "absent", "permitted_by", "revoked_by")
    delegation = get_object_or_404(people, pk=pk, organisation=request.organisation)
    here = Employment.objects.filter(organisation=request.organisation).select_related("job_type").order_by("starts_on")
    jobs = {one.account_id: one.job_type.name for one in here}  # of several, the latest
    context = {
        "delegation": delegation,
        "actor_job": jobs.get(delegation.actor_id, ""),
        "absent_job": jobs.get(delegation.absent_id, ""),
    }
    return render(request, "staff/delegation_sheet.html", context)


@administrator
@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(Delegation, pk=pk, organisation=request.organisation)
    try:
        delegations.revoke(delegation, by=request.employment)
    except StaffError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "代行の許可を取り消しました。使っている人も、次の操作からは代行になりません。")
    return redirect("staff:delegations")


@require_safe
def acting(request: SignedInRequest) -> HttpResponse:
    """The delegations under which the reader may act now or soon; for every level."""
    usable = list(delegations.usable_by(request.account, request.organisation).order_by("ends_at"))
    chosen = request.session.get(sessions.DELEGATION)
    coming = Delegation.objects.filter(
        actor=request.account, organisation=request.organisation, revoked_at=None, starts_at__gt=timezone.now()
    )
    context = {
        "usable": usable,
        "coming": coming.select_related("absent", "permitted_by").order_by("starts_at"),
        "in_use": chosen,
    }
    in_use = next((delegation for delegation in usable if delegation.pk == chosen), None)
    return _with_purpose_in_scope(request, render(request, "staff/acting.html", context), in_use)


@require_POST
def begin_acting(request: SignedInRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(delegations.usable_by(request.account, request.organisation), pk=pk)
    request.session[sessions.DELEGATION] = delegation.pk
    messages.success(request, f"{delegation.absent.name}さんの代行を始めました。見た記録には、二人の名前が残ります。")
    return _with_purpose_in_scope(request, redirect("staff:acting"), delegation)


@require_POST
def stop_acting(request: SignedInRequest) -> HttpResponse:
    if request.session.pop(sessions.DELEGATION, None) is not None:
        messages.success(request, "代行を終えました。いまからは、自分として見ます。")
    response = redirect("staff:acting")
    response.delete_cookie(settings.PURPOSE_COOKIE_NAME)  # back to the usual purpose
    return response


def _with_purpose_in_scope(request: HttpRequest, response: HttpResponse, delegation: Delegation | None) -> HttpResponse:
    """Let the chosen 利用目的 be one the delegation is given for: with another one the gate opens nothing."""
    purposes = delegation.purposes if delegation else []
    if purposes and request.COOKIES.get(settings.PURPOSE_COOKIE_NAME) not in purposes:
        response.set_cookie(settings.PURPOSE_COOKIE_NAME, purposes[0], secure=True, httponly=True, samesite="Lax")
    return response
