"""担当: registering a person whose identity was confirmed, and ending it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kiban.gate import relations
from kiban.gate.calling import Caller
from kiban.staff.middleware import SignedInRequest
from kiban.viewing.forms import RegisterForm
from kiban.viewing.purposes import purpose_of


@require_http_methods(["GET", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    """担当の登録: identity confirmed, office registered, with a viewing period."""
    organisation = request.employment.organisation
    if organisation.kind != "office":
        raise Http404
    form = RegisterForm(organisation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        last = data["viewing_last"]
        result, key = relations.register(
            Caller.of(request),
            purpose_of(request),
            relations.FourItems(data["insurer_no"], data["insured_no"], data["birth"], data["sex"]),
            method=data["method"],
            capacity=data["capacity"],
            viewing_from=data["viewing_from"],
            viewing_to=last + dt.timedelta(days=1) if last else None,
            proof=request.POST.get("proof") or None,
        )
        if result == "ok" and key is not None:
            messages.success(request, "担当として登録しました。")
            return redirect("viewing:person", key)
        form.add_error(None, _MISSES.get(result, _NOT_POSSIBLE))
    return render(request, "viewing/register.html", {"form": form}, status=200 if not form.errors else 400)


_NOT_POSSIBLE = "登録できませんでした。職員・端末の登録に変わりがないか、管理者に確認してください。"
_MISSES = {
    "relation:no_match": "4つの情報に合う方が見つかりませんでした。被保険者証と見比べて、もう一度入れてください。"
    "市町村の利用開始前や、データの登録前の方は登録できません。",
    "relation:too_many_misses": "合わない入力が続いたため、10分間登録を止めています。"
    "被保険者証を手元に用意してから、もう一度お試しください。",
    "relation:no_proof": "カードをまだ読んでいないか、読んでから時間がたちました。"
    "「カードを読む」からやり直してください。",
    "relation:card_of_other": "このカードは、別の方のものとして登録されています。"
    "カードと被保険者証を見比べてください。",
    "relation:bad_period": "閲覧の期間を確かめてください。",
    "relation:other_capacity": "この事業所のサービスの種類では、この立場の登録はできません。",
}


@require_POST
def end_relation(request: SignedInRequest, key: int) -> HttpResponse:
    """The office is no longer in charge of the person."""
    if relations.end(Caller.of(request), key, purpose_of(request), reason="ended") != "ok":
        raise Http404
    messages.success(request, "担当を終了しました。")
    return redirect("viewing:people")
