"""名簿との照合: the administrator's pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kiban.registry.models import JobType
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, StaffListCheck
from kiban.staff.people import staff_list, staff_list_check, staff_list_memory
from kiban.staff.people.staff_list import Fault, StaffListError
from kiban.staff.people.staff_list_check import Kind
from kiban.terms.wareki import to_wareki
from kiban.web import file_size
from kiban.web.access import administrator
from kiban.web.answers import form_page
from kiban.web.forms import WarekiField
from kiban.web.request import SignedInRequest

PAST = 60  # checks shown: five years, monthly

ACTIONS = {
    Kind.NOT_ON_LIST: "今すぐ終える",
    Kind.LEFT: "名簿の退職日で終える",
    Kind.LAST_DAY: "名簿の退職日にする",
    Kind.JOB: "名簿の職種に変える",
}


class ListForm(forms.Form):
    file = forms.FileField(
        label="職員の名簿(CSV)",
        help_text="1行目に「氏名、フリガナ、職種、採用日、退職日」の見出しがあるファイル。名簿は保存しません。"
        f"{file_size.in_words(staff_list.LARGEST)}まで。",
        widget=file_size.file_input(staff_list.LARGEST, ".csv,text/csv", "職員の名簿だけのCSVにしてください。"),
    )
    as_of = WarekiField(label="名簿の基準日", help_text="いつの名簿か。")

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError("先の日付です。今日までの日にしてください。")
        return day


@dataclass(frozen=True)
class Line:
    """One finding in the words of the page."""

    number: int
    what: str
    who: str
    detail: str
    action: str  # words of the button; empty: nothing to press
    invite: str  # address of the invitation; empty: none
    person: str  # address of the person's page
    settled: str  # how, by whom, when


@administrator
@require_http_methods(["GET", "POST"])
def staff_lists(request: SignedInRequest) -> HttpResponse:
    """Choose a list; the dated checks of before."""
    form = ListForm(request.POST or None, request.FILES or None, initial={"as_of": timezone.localdate()})
    faults: list[Fault] = []
    if form.is_valid():
        upload, as_of = form.cleaned_data["file"], form.cleaned_data["as_of"]
        try:
            content = upload.read(staff_list.LARGEST + 1)
            rows = staff_list.read(content, {job.name: job.code for job in JobType.objects.all()}, as_of)
            checked = staff_list_check.check(rows, as_of, by=request.employment)
        except StaffListError as error:
            faults = error.faults
        else:
            staff_list_memory.remember(request, checked)
            if checked.elsewhere:
                messages.info(request, f"ほかの事業所の{checked.elsewhere}行は、見ていません。")
            return redirect("staff:staff-list", checked.check.pk)
    past = StaffListCheck.objects.filter(organisation=request.organisation).select_related("checked_by")
    context = {
        "form": form,
        "faults": faults[: staff_list.MOST_FAULTS],
        "more": max(0, len(faults) - staff_list.MOST_FAULTS),
        "file_name": getattr(form.cleaned_data.get("file"), "name", "") if faults else "",
        "jobs": JobType.objects.order_by("position"),
        "past": [(check, _open(check)) for check in past.order_by("-checked_at")[:PAST]],
    }
    return form_page(request, "staff/staff_lists.html", context, form, refused=faults)


@administrator
@require_safe
def staff_list_result(request: SignedInRequest, pk: int) -> HttpResponse:
    made = get_check(request, pk)
    lines = _lines(request, made)
    counts = Counter(Kind(finding["kind"]).label for finding in made.findings)
    context = {"check": made, "lines": lines, "counts": dict(counts), "open": _open(made)}
    context["to_invite"] = min(len(staff_list_memory.to_invite(request, made)), staff_list_memory.MOST)
    return render(request, "staff/staff_list.html", context)


@administrator
@require_POST
def settle(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    made = get_check(request, pk)
    if number >= len(made.findings):
        raise Http404
    try:
        words = staff_list_check.settle(made, number, by=request.employment, keep="keep" in request.POST)
    except StaffError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("staff:staff-list", made.pk)


@administrator
@require_safe
def sample(request: SignedInRequest) -> HttpResponse:
    """A list to copy from; with the mark Excel needs to read UTF-8."""
    return HttpResponse(
        "\ufeff" + staff_list.SAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="meibo-mihon.csv"'},
    )


def get_check(request: SignedInRequest, pk: int) -> StaffListCheck:
    """A check of the organisation. Raises Http404 for any other."""
    return get_object_or_404(
        StaffListCheck.objects.select_related("checked_by"), pk=pk, organisation=request.organisation
    )


def _open(made: StaffListCheck) -> int:
    return sum("settled" not in finding for finding in made.findings)


def _lines(request: HttpRequest, made: StaffListCheck) -> list[Line]:
    findings: list[dict[str, Any]] = made.findings
    keys = [finding["employment"] for finding in findings if "employment" in finding]
    employments = Employment.objects.select_related("account", "job_type").in_bulk(keys)
    by = Account.objects.in_bulk([finding["by"] for finding in findings if "by" in finding])
    jobs = {job.code: job.name for job in JobType.objects.all()}
    names, today = staff_list_memory.names(request, made), timezone.localdate()
    lines = []
    for number, finding in enumerate(findings):
        kind = Kind(finding["kind"])
        settled = "settled" in finding
        employment = employments.get(finding["employment"]) if "employment" in finding else None
        line = finding.get("line", 0)
        who = employment.account.name if employment else f"名簿の{line}行目 {names.get(line, '')}".strip()
        live = employment is not None and (employment.ends_on is None or employment.ends_on > today)
        several = kind is Kind.JOB and len(finding["jobs"]) > 1
        invite = ""
        if kind is Kind.NO_ACCOUNT and line in names and not settled:
            invite = f"{reverse('staff:invite')}?list={made.pk}&line={line}"
        lines.append(
            Line(
                number,
                kind.label,
                who,
                _detail(finding, employment, jobs),
                ACTIONS.get(kind, "") if live and not settled and not several else "",
                invite,
                reverse("staff:person", args=[employment.pk]) if employment and live else "",
                _settled(finding, by),
            )
        )
    return lines


def _detail(finding: dict[str, Any], employment: Employment | None, jobs: dict[str, str]) -> str:
    if "day" in finding:
        here = employment.last_day if employment else None
        day = to_wareki(date.fromisoformat(finding["day"]))
        return f"名簿の退職日 {day}(ここでの最後の日 {to_wareki(here) if here else '決まっていません'})"
    if "jobs" in finding:
        listed = "、".join(jobs.get(code, code) for code in finding["jobs"])
        return f"名簿は{listed}(ここでは{employment.job_type.name if employment else ''})"
    return employment.job_type.name if employment else ""


def _settled(finding: dict[str, Any], by: dict[int, Account]) -> str:
    if "settled" not in finding:
        return ""
    how = "済み" if finding["settled"] == staff_list_check.ACTED else "このままでよい"
    day = to_wareki(timezone.localdate(datetime.fromisoformat(finding["at"])))
    return f"{how}({day} {by[finding['by']].name})"
