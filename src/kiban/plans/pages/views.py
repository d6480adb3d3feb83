"""計画書: an office without care software types its plans in, registers agreement and delivery, makes files of them.

The gate decides whose plans these are; the page of somebody who is not in charge of the plan does not exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from kiban.gate import door
from kiban.gate.events import Purpose
from kiban.plans import acts
from kiban.plans import files as plan_files
from kiban.plans.documents import ITEM
from kiban.plans.pages.forms import AgreeForm, DeliverForm, PlanSheet, WithdrawForm, copied
from kiban.plans.words import ANSWERS, NOT_POSSIBLE
from kiban.records import kinds
from kiban.records.items import ShownGroup
from kiban.web.request import Caller, SignedInRequest

PURPOSE = Purpose.CARE_PLANNING
CARD = "insurance_card.card"
CARE_MANAGERS = ("care_manager", "chief_care_manager")
STRANGERS = ("assignment:", "plan:not_plan_office")


@dataclass(frozen=True)
class OwnPlan:
    """A plan in force of the own office."""

    made_on: dt.date
    base: str
    version: int
    registered_at: dt.datetime
    reason: str
    account: str
    content: dict[str, Any]

    @property
    def number(self) -> int:
        """The plan in an address."""
        return int(f"{self.made_on:%Y%m%d}")

    @property
    def agreed_on(self) -> dt.date | None:
        return _day(self.content.get("agreed_on"))

    @property
    def agreed_by(self) -> str:
        return kinds.item(ITEM).by_name["agreed_by"].show(self.content["agreed_by"])

    @property
    def delivered_on(self) -> dt.date | None:
        return _day(self.content.get("delivered_on"))


@dataclass(frozen=True)
class Draft:
    """What was typed and not stored. ``made_on``: of the plan that is corrected; none for a new one."""

    made_on: dt.date | None
    saved_at: dt.datetime
    typed: dict[str, list[str]]

    @property
    def number(self) -> int:
        """The plan in an address."""
        return int(f"{self.made_on:%Y%m%d}") if self.made_on else 0

    def data(self) -> QueryDict:
        """As the form sends it."""
        data = QueryDict(mutable=True)
        for name, values in self.typed.items():
            data.setlist(name, values)
        return data


@dataclass(frozen=True)
class Desk:
    """A person and the own office's plans for them, newest first."""

    key: int
    person: dict[str, Any]
    plans: list[OwnPlan] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def draft(self, plan: OwnPlan | None) -> Draft | None:
        """What was typed before and not stored, of this plan or of a new one."""
        day = plan.made_on if plan else None
        return next((draft for draft in self.drafts if draft.made_on == day), None)

    def plan(self, number: int) -> OwnPlan:
        """The plan with this number in its address. Raises Http404."""
        for plan in self.plans:
            if plan.number == number:
                return plan
        raise Http404


def desk_of(request: SignedInRequest, key: int) -> Desk:
    """The plans and drafts of a person. Raises Http404 for an office that does not make the person's plan."""
    found = acts.own(request.caller, key, PURPOSE)
    if found is None:
        raise Http404
    return Desk(
        key,
        found["person"],
        [
            OwnPlan(
                made_on=dt.date.fromisoformat(one["made_on"]),
                base=one["base"],
                version=one["version"],
                registered_at=dt.datetime.fromisoformat(one["registered_at"]),
                reason=one["reason"],
                account=one["account"] or "",
                content=one["content"],
            )
            for one in found["plans"]
        ],
        [Draft(_day(one["plan"]), dt.datetime.fromisoformat(one["saved_at"]), one["typed"]) for one in found["drafts"]],
    )


@require_GET
def plans_of(request: SignedInRequest, key: int) -> HttpResponse:
    """The office's plans for a person: how far each has come, and what is next."""
    return render(request, "exchange/acts.html", {"desk": desk_of(request, key), "key": key})


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def write(request: SignedInRequest, key: int) -> HttpResponse:
    """A new plan, from nothing or (``?copy``) from the newest there is."""
    desk = desk_of(request, key)
    before = copied(desk.plans[0].content) if _copies(request, desk.draft(None)) and desk.plans else {}
    if request.method == "GET" and (draft := desk.draft(None)):
        return _form_page(request, desk, PlanSheet.echoed(draft.data(), is_new=True), None, draft=draft)
    if request.method == "GET":
        return _form_page(request, desk, PlanSheet.begun(_beginning(request, key, before), is_new=True), None)
    return _sheet(request, desk, None, before)


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """A plan is corrected: the next version, with a reason."""
    desk = desk_of(request, key)
    if request.method == "POST" and number not in {one.number for one in desk.plans}:
        return _gone(request, desk)
    plan = desk.plan(number)
    if request.method == "GET" and (draft := desk.draft(plan)):
        return _form_page(request, desk, PlanSheet.echoed(draft.data(), is_new=False), plan, draft=draft)
    if request.method == "GET":
        return _form_page(request, desk, PlanSheet.begun(plan.content, is_new=False, base=plan.base), plan)
    return _sheet(request, desk, plan, plan.content)


def _gone(request: SignedInRequest, desk: Desk) -> HttpResponse:
    """The plan that was being corrected is there no more: what was typed goes on as a new one."""
    if acts.keep(request.caller, desk.key, PURPOSE, None, _typed(request.POST)) != "ok":
        raise Http404
    messages.warning(
        request,
        "直していた計画書は、ほかの人が取り下げました。打った内容は「新しい計画書の途中」として残してあります。",
    )
    return redirect("plans:plans", desk.key)


def _copies(request: SignedInRequest, draft: Draft | None) -> bool:
    """Whether a new plan was begun from the one before."""
    return "copy" in request.GET or "copy" in request.POST or (draft is not None and "copy" in draft.typed)


def _sheet(request: SignedInRequest, desk: Desk, plan: OwnPlan | None, before: Mapping[str, Any]) -> HttpResponse:
    """One of the buttons of the form was pressed: another row, look it through, back to the form, store it.

    Whatever was pressed, what was typed is kept: a screen may lock while somebody looks at the next page.
    """
    is_new = plan is None
    caller, made_on = request.caller, plan.made_on if plan else None
    if "discard" in request.POST:
        acts.keep(caller, desk.key, PURPOSE, made_on, None)
        return redirect(request.get_full_path())
    kept = "ok"
    if "store" not in request.POST:
        kept = acts.keep(caller, desk.key, PURPOSE, made_on, _typed(request.POST))
        if request.POST.get("keep") == "auto":
            return HttpResponse(status=204 if kept == "ok" else 409)
    if "keep" in request.POST and kept != "ok":
        messages.error(request, f"途中の内容を保存できませんでした。{ANSWERS.get(kept, NOT_POSSIBLE)}")
        return _form_page(request, desk, PlanSheet.echoed(request.POST, is_new=is_new), plan, status=409)
    if "keep" in request.POST:
        messages.success(request, "途中まで打った内容を保存しました。あなただけが、2週間、続きを打てます。")
        return redirect("plans:plans", desk.key)
    if "add" in request.POST or "back" in request.POST:
        return _form_page(request, desk, PlanSheet.echoed(request.POST, is_new=is_new), plan)
    sheet = PlanSheet.typed(request.POST, is_new=is_new)
    if not sheet.is_valid():
        return _form_page(request, desk, sheet, plan, status=400)
    organisation = request.organisation
    content = sheet.content(
        {**before, "office_number": organisation.number, "office_name": organisation.name} if is_new else before
    )
    for problem in kinds.item(ITEM).problems(content):
        sheet.refuse(problem.field, f"{problem.reason}{problem.remedy}")
    if sheet.errors():
        return _form_page(request, desk, sheet, plan, status=400)
    if "store" not in request.POST:
        return _look_through(request, desk, plan, content)
    base, reason = sheet.main.cleaned_data["base"], sheet.main.cleaned_data.get("reason", "")
    answer = acts.put(caller, desk.key, PURPOSE, content, base=base, reason=reason)
    if answer in ("ok", "same"):
        done = "登録しました。つぎに、ご本人の同意を登録します。" if is_new else "直しました。"
        messages.success(request, done if answer == "ok" else "同じ内容がもう登録されています。")
        return redirect("plans:plans", desk.key)
    sheet.refuse("", _missed(answer))
    if answer == "plan:changed" and plan is not None:
        changed = "、".join(kinds.differences(ITEM, plan.content, content)) or "ありません"
        sheet.refuse("", f"いまの版({plan.account or '―'}、理由: {plan.reason or '―'})と違うところ: {changed}。")
        sheet.refuse("", "この内容でよければ、もう一度「内容を確かめる」から進んでください。")
        return _form_page(request, desk, sheet, plan, status=409, base=plan.base)
    return _form_page(request, desk, sheet, plan, status=409)


def _form_page(
    request: SignedInRequest,
    desk: Desk,
    sheet: PlanSheet,
    plan: OwnPlan | None,
    *,
    status: int = 200,
    base: str | None = None,
    draft: Draft | None = None,
) -> HttpResponse:
    context = {
        "key": desk.key,
        "desk": desk,
        "plan": plan,
        "sheet": sheet,
        "draft": draft,
        "copies": plan is None and _copies(request, draft),
        "errors": sheet.errors() if sheet.main.is_bound else [],
        "base": base if base is not None else sheet.main["base"].value() or "",
    }
    return render(request, "plans/form.html", context, status=status)


def _look_through(request: SignedInRequest, desk: Desk, plan: OwnPlan | None, content: dict[str, Any]) -> HttpResponse:
    """What will be stored, as it will be shown; what was typed travels along."""
    context = {
        "key": desk.key,
        "desk": desk,
        "plan": plan,
        "groups": shown(content),
        "changed": kinds.differences(ITEM, plan.content, content) if plan else [],
        "odd": plan_files.outside_ms932(content),
        "typed": [(name, value) for name, values in _typed(request.POST).items() for value in values],
    }
    return render(request, "plans/confirm.html", context)


def shown(content: dict[str, Any]) -> list[ShownGroup]:
    """A plan as a page shows it; the numbers of lines are for files."""
    groups = kinds.display(ITEM, content)
    for group in groups:
        for table in group.tables:
            if table.columns and table.columns[-1] == "番号":
                table.columns.pop()
                for row in table.rows:
                    row.pop()
    return groups


def _typed(data: QueryDict) -> dict[str, list[str]]:
    """Everything that was typed, by the name of its input."""
    left = {"csrfmiddlewaretoken", "confirm", "store", "back", "add", "keep"}
    # (A character 0 nobody types, and the database keeps none.)
    return {
        name: [str(value).replace("\0", "") for value in values] for name, values in data.lists() if name not in left
    }


def _beginning(request: SignedInRequest, key: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """What a new plan begins with: today, who writes, and what stands on the insurance card where it may be seen."""
    account, employment = request.account, request.employment
    begun = {"made_on": timezone.localdate().isoformat(), **_of_card(request, key), **before}
    if employment.job_type_id in CARE_MANAGERS:
        begun["author"] = account.name
    return begun


def _of_card(request: SignedInRequest, key: int) -> dict[str, Any]:
    records = door.open_person(request.caller, key, [CARD], PURPOSE).item(CARD).records
    card = next((record.content for record in records if record.superseded_at is None), {})
    names = {
        "care_level": "care_level",
        "certified_on": "certified_on",
        "valid_from": "certified_from",
        "valid_until": "certified_until",
        "board_opinion": "board_opinion",
    }
    found = {name: card[of_card] for of_card, name in names.items() if card.get(of_card)}
    return found | ({"application_state": "2"} if found else {})


@dataclass(frozen=True)
class _Act:
    """Something registered about a plan, and how its page speaks of it."""

    name: str
    title: str
    lead: str
    button: str
    done: str
    form: type[AgreeForm | DeliverForm | WithdrawForm]
    run: Callable[[Caller, int, OwnPlan, Mapping[str, Any]], str]
    is_danger: bool = False


def _mark(act: acts.Act) -> Callable[[Caller, int, OwnPlan, Mapping[str, Any]], str]:
    def run(caller: Caller, key: int, plan: OwnPlan, data: Mapping[str, Any]) -> str:
        return acts.mark(
            caller, key, PURPOSE, act, plan.made_on, base=data["base"], on=data["on"], who=data["who"].strip()
        )

    return run


def _take_back(caller: Caller, key: int, plan: OwnPlan, data: Mapping[str, Any]) -> str:
    return acts.withdraw(caller, key, PURPOSE, plan.made_on, reason=data["reason"])


AGREE = _Act(
    "agree",
    "同意・確認用登録",
    "計画書をご本人(または代わりの方)に説明し、同意を得たことを登録します。",
    "同意を登録する",
    "同意を登録しました。つぎに、計画書を渡したら交付を登録します。",
    AgreeForm,
    _mark(acts.Act.AGREE),
)
DELIVER = _Act(
    "deliver",
    "交付用登録",
    "同意を得た計画書を、ご本人とサービス事業所に渡したことを登録します。",
    "交付を登録する",
    "交付を登録しました。",
    DeliverForm,
    _mark(acts.Act.DELIVER),
)
WITHDRAW = _Act(
    "withdraw",
    "計画書を取り下げる",
    "間違えて登録した計画書を取り下げます。いまの計画書としては表示されなくなり、記録は残ります。",
    "取り下げる",
    "計画書を取り下げました。",
    WithdrawForm,
    _take_back,
    is_danger=True,
)


@require_http_methods(["GET", "POST"])
def agree(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """同意・確認用登録: on which day who agreed."""
    return _act(request, key, number, AGREE)


@require_http_methods(["GET", "POST"])
def deliver(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """交付用登録: on which day the plan was given to whom."""
    return _act(request, key, number, DELIVER)


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """The plan is taken back."""
    return _act(request, key, number, WITHDRAW)


def _act(request: SignedInRequest, key: int, number: int, act: _Act) -> HttpResponse:
    desk = desk_of(request, key)
    plan = desk.plan(number)
    if act is DELIVER and plan.agreed_on is None:
        messages.error(request, ANSWERS["plan:not_agreed"])
        return redirect("plans:plans", key)
    form = act.form(request.POST if request.method == "POST" else None, initial=_initial(act, plan))
    if request.method == "POST" and form.is_valid():
        answer = act.run(request.caller, key, plan, form.cleaned_data)
        if answer == "ok":
            messages.success(request, act.done)
            return redirect("plans:plans", key)
        form.add_error("on" if answer == "plan:bad_date" else None, _missed(answer))
    context = {"key": key, "desk": desk, "plan": plan, "act": act, "form": form, "groups": shown(plan.content)}
    return render(request, "plans/act.html", context, status=400 if form.errors else 200)


def _initial(act: _Act, plan: OwnPlan) -> dict[str, Any]:
    """Today and who is usual; at delivery the offices the plan names."""
    today = {"on": timezone.localdate(), "base": plan.base}
    if act is AGREE:
        return {**today, "who": "self"}
    if act is DELIVER:
        names = dict.fromkeys(row["provider"] for row in plan.content.get("services", []) if row.get("provider"))
        return {**today, "who": "、".join(names)}
    return {}


@sensitive_variables()
@require_http_methods(["GET", "POST"])
def files(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """標準仕様のファイルにする: the plan set for one office, as a zip."""
    desk = desk_of(request, key)
    plan = desk.plan(number)
    form = plan_files.RecipientForm(plan.content, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"key": key, "desk": desk, "plan": plan, "form": form}
    if request.method == "POST" and form.is_valid():
        made = plan_files.make(
            plan_files.user_of(desk.person),
            plan.content,
            plan_files.Ends(request.organisation, *form.recipient(), timezone.localtime()),
        )
        if not made.problems:
            answer = HttpResponse(made.zipped(), content_type="application/zip")
            answer["Content-Disposition"] = f'attachment; filename="plan_{made.sequence}.zip"'
            return answer
        context["problems"] = made.problems
    return render(request, "plans/files.html", context, status=400 if form.errors or "problems" in context else 200)


def _missed(answer: str) -> str:
    """The sentence for an answer of the gate that is not ``ok``. Raises Http404 where the plan is not this office's."""
    if answer.startswith(STRANGERS):
        raise Http404
    return ANSWERS.get(answer, NOT_POSSIBLE)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
