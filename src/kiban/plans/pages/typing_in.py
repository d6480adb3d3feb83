"""A plan is typed in or corrected: the form, what was typed and not stored yet, the look through it, the storing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from kiban.gate import door
from kiban.plans import acts, week, words
from kiban.plans import files as plan_files
from kiban.plans.documents import ITEM
from kiban.plans.office_plans import PURPOSE, Draft, OfficePlan, PersonPlans, copied
from kiban.plans.pages import pick_lists
from kiban.plans.pages.access import get_person_plans, refusal
from kiban.plans.pages.content import plan_groups, week_entries
from kiban.plans.pages.phrase_picking import phrases_at, with_phrase
from kiban.plans.pages.plan_form import PlanForm
from kiban.records import kinds
from kiban.registry.models import Office
from kiban.web.answers import INVALID
from kiban.web.request import SignedInRequest

CARD = "insurance_card.card"
CARE_MANAGERS = ("care_manager", "chief_care_manager")
CONFLICT = 409  # somebody else changed the plan meanwhile, or the gate did not register it
BUTTONS = {
    "csrfmiddlewaretoken",
    "confirm",
    "store",
    "back",
    "add",
    "keep",
    "phrases",
    "phrase",
    "phrase-at",
}  # sent with the form, not typed
AS_TYPED = {"add", "back", "phrases", "phrase"}  # back to the form, with nothing checked
NOT_KEPT = "途中の内容を保存できませんでした。"


@dataclass(frozen=True)
class Entry:
    """One form being filled in.

    Attributes:
        plan: the plan that is corrected; ``None``: a new one.
        before: the content the form began with.
    """

    person_plans: PersonPlans
    plan: OfficePlan | None
    before: Mapping[str, Any]

    @property
    def is_new(self) -> bool:
        return self.plan is None

    @property
    def key(self) -> int:
        return self.person_plans.key


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def write(request: SignedInRequest, key: int) -> HttpResponse:
    """A new plan, from nothing or (``?copy``) from the newest there is."""
    person_plans = get_person_plans(request, key)
    draft = person_plans.draft(None)
    before = copied(person_plans.plans[0].content) if _copies(request, draft) and person_plans.plans else {}
    entry = Entry(person_plans, None, before)
    if request.method == "POST":
        return _button(request, entry)
    if draft:
        return _form_page(request, entry, PlanForm.echoed(_as_sent(draft), is_new=True), draft=draft)
    return _form_page(request, entry, PlanForm.begun(_beginning(request, key, before), is_new=True))


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, key: int, number: int) -> HttpResponse:
    """A plan is corrected: the next version, with a reason."""
    person_plans = get_person_plans(request, key)
    plan = person_plans.plan(number)
    if plan is None and request.method == "POST":
        return _withdrawn_meanwhile(request, key)
    if plan is None:
        raise Http404
    entry = Entry(person_plans, plan, plan.content)
    if request.method == "POST":
        return _button(request, entry)
    if draft := person_plans.draft(plan):
        return _form_page(request, entry, PlanForm.echoed(_as_sent(draft), is_new=False), draft=draft)
    return _form_page(request, entry, PlanForm.begun(plan.content, is_new=False, base=plan.base))


def _withdrawn_meanwhile(request: SignedInRequest, key: int) -> HttpResponse:
    """Somebody withdrew the plan that was being corrected: what was typed goes on as a new one."""
    if acts.keep(request.caller, key, PURPOSE, None, _typed(request.POST)) != "ok":
        raise Http404
    messages.warning(
        request,
        "直していた計画書は、ほかの人が取り下げました。打った内容は「新しい計画書を打っている途中です」のところに残してあります。",
    )
    return redirect("plans:plans", key)


def _button(request: SignedInRequest, entry: Entry) -> HttpResponse:
    """One of the buttons of the form was pressed: another row, look it through, back to the form, store it.

    Whatever was pressed, what was typed is kept: a screen may lock while somebody looks at the next page.
    """
    made_on = entry.plan.made_on if entry.plan else None
    if "discard" in request.POST:
        acts.keep(request.caller, entry.key, PURPOSE, made_on, None)
        return redirect(request.get_full_path())
    if "store" in request.POST:
        return _check(request, entry)
    sent = with_phrase(request.organisation, request.POST)
    answer = acts.keep(request.caller, entry.key, PURPOSE, made_on, _typed(sent))
    if "keep" in request.POST:
        return _saved_half_way(request, entry, answer)
    if AS_TYPED & request.POST.keys():
        return _form_page(request, entry, PlanForm.echoed(sent, is_new=entry.is_new))
    return _check(request, entry)


def _saved_half_way(request: SignedInRequest, entry: Entry, answer: str) -> HttpResponse:
    """途中で保存する: by the script (``auto``) or by the button."""
    if request.POST.get("keep") == "auto":
        return HttpResponse(status=204 if answer == "ok" else CONFLICT)
    if answer != "ok":
        messages.error(request, f"{NOT_KEPT}{words.sentence(answer)}")
        return _form_page(request, entry, PlanForm.echoed(request.POST, is_new=entry.is_new), status=CONFLICT)
    messages.success(request, "途中まで打った内容を保存しました。あなただけが、2週間、続きを打てます。")
    return redirect("plans:plans", entry.key)


def _check(request: SignedInRequest, entry: Entry) -> HttpResponse:
    """Read everything that was typed; when nothing has to be mended, show it or store it."""
    form = PlanForm.typed(request.POST, is_new=entry.is_new)
    if not form.is_valid():
        return _form_page(request, entry, form, status=INVALID)
    organisation = request.organisation
    own_office = {"office_number": organisation.number, "office_name": organisation.name} if entry.is_new else {}
    content = form.content({**entry.before, **own_office})
    for problem in kinds.item(ITEM).problems(content):
        form.refuse(problem.field, f"{problem.reason}{problem.remedy}")
    if form.errors():
        return _form_page(request, entry, form, status=INVALID)
    if "store" in request.POST:
        return _store(request, entry, form, content)
    return _look_through(request, entry, content)


def _store(request: SignedInRequest, entry: Entry, form: PlanForm, content: dict[str, Any]) -> HttpResponse:
    base, reason = form.main.cleaned_data["base"], form.main.cleaned_data.get("reason", "")
    answer = acts.put(request.caller, entry.key, PURPOSE, content, base=base, reason=reason)
    if answer in ("ok", "same"):
        done = "登録しました。つぎに、ご本人の同意を登録します。" if entry.is_new else "直しました。"
        messages.success(request, done if answer == "ok" else "同じ内容がもう登録されています。")
        return redirect("plans:plans", entry.key)
    form.refuse("", refusal(answer))
    if answer == "plan:changed" and entry.plan is not None:
        plan = entry.plan
        changed = "、".join(kinds.differences(ITEM, plan.content, content)) or "ありません"
        form.refuse("", f"いまの版({plan.account or '―'}、理由: {plan.reason or '―'})と違うところ: {changed}。")
        form.refuse("", "この内容でよければ、もう一度「内容を確かめる」から進んでください。")
        return _form_page(request, entry, form, status=CONFLICT, base=plan.base)
    return _form_page(request, entry, form, status=CONFLICT)


def _form_page(
    request: SignedInRequest,
    entry: Entry,
    form: PlanForm,
    *,
    status: int = 200,
    base: str | None = None,
    draft: Draft | None = None,
) -> HttpResponse:
    context = {
        "key": entry.key,
        "person_plans": entry.person_plans,
        "plan": entry.plan,
        "plan_form": form,
        "draft": draft,
        "copies": entry.is_new and _copies(request, draft),
        "errors": form.errors() if form.main.is_bound else [],
        "offices": pick_lists.offices(request.organisation.number, [plan.content for plan in entry.person_plans.plans]),
        "service_kinds": pick_lists.SERVICE_KINDS,
        **phrases_at(request.organisation, request.POST),
        "is_to_mend": status != 200,  # as form_page says it: the title begins with エラー
        "base": base if base is not None else form.main["base"].value() or "",
    }
    return render(request, "plans/form.html", context, status=status)


def _look_through(request: SignedInRequest, entry: Entry, content: dict[str, Any]) -> HttpResponse:
    """What will be stored, as it will be shown; what was typed travels along."""
    context = {
        "key": entry.key,
        "person_plans": entry.person_plans,
        "plan": entry.plan,
        "groups": plan_groups(content),
        "week": week.lines(week_entries(content)),
        "changed": kinds.differences(ITEM, entry.plan.content, content) if entry.plan else [],
        "outside_ms932": plan_files.outside_ms932(content),
        "typed": [(name, value) for name, values in _typed(request.POST).items() for value in values],
    }
    return render(request, "plans/confirm.html", context)


def _copies(request: SignedInRequest, draft: Draft | None) -> bool:
    """Whether a new plan was begun from the one before."""
    return "copy" in request.GET or "copy" in request.POST or (draft is not None and "copy" in draft.typed)


def _typed(data: QueryDict) -> dict[str, list[str]]:
    """Everything that was typed, by the name of its input."""
    # Nobody types a character 0, and the database stores none.
    return {
        name: [str(value).replace("\0", "") for value in values] for name, values in data.lists() if name not in BUTTONS
    }


def _as_sent(draft: Draft) -> QueryDict:
    """What was typed, as the form sent it."""
    data = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        data.setlist(name, values)
    return data


def _beginning(request: SignedInRequest, key: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """What a new plan begins with: today, who writes, where the office is by the published list, and what stands on the
    insurance card where it may be seen."""
    published = Office.objects.filter(number=request.organisation.number).first()
    office_address = {"office_address1": f"{published.address} {published.building}".strip()} if published else {}
    content = {"made_on": timezone.localdate().isoformat(), **office_address, **_of_card(request, key), **before}
    if request.employment.job_type_id in CARE_MANAGERS:
        content["author"] = request.account.name
    return content


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
    of_plan = {name: card[of_card] for of_card, name in names.items() if card.get(of_card)}
    return of_plan | ({"application_state": "2"} if of_plan else {})
