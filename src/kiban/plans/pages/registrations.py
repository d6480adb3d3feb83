"""Agreement, delivery and withdrawal of a plan: one page each, one way of registering them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kiban.plans import acts, words
from kiban.plans.documents import ITEM
from kiban.plans.office_plans import PURPOSE, OfficePlan
from kiban.plans.pages.access import get_plan, refusal
from kiban.plans.pages.content import plan_groups
from kiban.records import kinds
from kiban.records.fields import Code
from kiban.web.answers import form_page
from kiban.web.forms import WarekiField
from kiban.web.request import Caller, SignedInRequest


class AgreeForm(forms.Form):
    """同意・確認用登録."""

    on = WarekiField(label="同意した日")
    who = forms.ChoiceField(label="同意した人", widget=forms.RadioSelect)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who, place = self.fields["who"], kinds.item(ITEM).by_name["agreed_by"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(place, Code)  # noqa: S101 - for the type checker
        who.choices = list(place.codes.items())


class DeliverForm(forms.Form):
    """交付用登録."""

    on = WarekiField(label="交付した日", help_text="ご本人とサービス事業所に計画書を渡した日です。")
    who = forms.CharField(
        label="交付先",
        required=False,
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        help_text="渡した事業所の名前。",
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """取り下げる: the plan is withdrawn."""

    reason = forms.CharField(
        label="取り下げる理由", max_length=200, help_text="例: 作成日を間違えた、別の方の計画だった。"
    )


@dataclass(frozen=True)
class Registration:
    """What can be registered about a plan, with the words of its page and the act that registers it."""

    name: str
    title: str
    lead: str
    button: str
    done: str
    form: type[AgreeForm | DeliverForm | WithdrawForm]
    run: Callable[[Caller, int, OfficePlan, Mapping[str, Any]], str]
    is_danger: bool = False


def _marking(act: acts.Act) -> Callable[[Caller, int, OfficePlan, Mapping[str, Any]], str]:
    def run(caller: Caller, key: int, plan: OfficePlan, data: Mapping[str, Any]) -> str:
        return acts.mark(
            caller, key, PURPOSE, act, plan.made_on, base=data["base"], on=data["on"], who=data["who"].strip()
        )

    return run


def _withdrawing(caller: Caller, key: int, plan: OfficePlan, data: Mapping[str, Any]) -> str:
    return acts.withdraw(caller, key, PURPOSE, plan.made_on, reason=data["reason"])


AGREE = Registration(
    "agree",
    "同意・確認用登録",
    "計画書をご本人(または代わりの方)に説明し、同意を得たことを登録します。",
    "同意を登録する",
    "同意を登録しました。つぎに、計画書を渡したら交付を登録します。",
    AgreeForm,
    _marking(acts.Act.AGREE),
)
DELIVER = Registration(
    "deliver",
    "交付用登録",
    "同意を得た計画書を、ご本人とサービス事業所に渡したことを登録します。",
    "交付を登録する",
    "交付を登録しました。",
    DeliverForm,
    _marking(acts.Act.DELIVER),
)
WITHDRAW = Registration(
    "withdraw",
    "計画書を取り下げる",
    "間違えて登録した計画書を取り下げます。いまの計画書としては表示されなくなり、記録は残ります。",
    "取り下げる",
    "計画書を取り下げました。",
    WithdrawForm,
    _withdrawing,
    is_danger=True,
)


@require_http_methods(["GET", "POST"])
def agree(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """同意・確認用登録: on which day who agreed."""
    return _register(request, key, number, AGREE)


@require_http_methods(["GET", "POST"])
def deliver(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """交付用登録: on which day the plan was given to whom."""
    return _register(request, key, number, DELIVER)


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """取り下げる: the plan is withdrawn."""
    return _register(request, key, number, WITHDRAW)


def _register(request: SignedInRequest, key: int, number: int, registration: Registration) -> HttpResponse:
    person_plans, plan = get_plan(request, key, number)
    if registration is DELIVER and plan.agreed_on is None:
        messages.error(request, words.sentence("plan:not_agreed"))
        return redirect("plans:plans", key)
    form = registration.form(request.POST if request.method == "POST" else None, initial=_initial(registration, plan))
    if request.method == "POST" and form.is_valid():
        answer = registration.run(request.caller, key, plan, form.cleaned_data)
        if answer == "ok":
            messages.success(request, registration.done)
            return redirect("plans:plans", key)
        form.add_error("on" if answer == "plan:bad_date" else None, refusal(answer))
    context = {
        "key": key,
        "person_plans": person_plans,
        "plan": plan,
        "registration": registration,
        "form": form,
        "groups": plan_groups(plan.content),
    }
    return form_page(request, "plans/registration.html", context, form)


def _initial(registration: Registration, plan: OfficePlan) -> dict[str, Any]:
    """Today and who is usual; at delivery the offices the plan names."""
    today = {"on": timezone.localdate(), "base": plan.base}
    if registration is AGREE:
        return {**today, "who": "self"}
    if registration is DELIVER:
        names = dict.fromkeys(row["provider"] for row in plan.content.get("services", []) if row.get("provider"))
        return {**today, "who": "、".join(names)}
    return {}
