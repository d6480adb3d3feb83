"""名簿との照合: the employer's list against who may sign in here. It finds; a person decides, finding by finding.

What is kept of a check is the day, the count and keys of what was found: names of people without an account stay in the
session of whoever checked, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from kiban.registry.models import JobType, Organisation
from kiban.registry.text import kana_key, search_key
from kiban.staff import rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, StaffListCheck
from kiban.staff.people import employments
from kiban.staff.people.staff_list import Fault, Row, StaffListError


class Kind(StrEnum):
    """What a check can find."""

    NOT_ON_LIST = "not_on_list"
    LEFT = "left"
    LAST_DAY = "last_day"
    JOB = "job"
    NO_ACCOUNT = "no_account"
    AMBIGUOUS = "ambiguous"

    @property
    def label(self) -> str:
        """The finding in the words of the screen."""
        return _LABELS[self]


_LABELS = {
    Kind.NOT_ON_LIST: "職員IDがあるのに、名簿にありません",
    Kind.LEFT: "名簿では退職していますが、まだサインインできます",
    Kind.LAST_DAY: "最後の日が、名簿の退職日と違います",
    Kind.JOB: "職種が、名簿と違います",
    Kind.NO_ACCOUNT: "名簿にありますが、職員IDがありません",
    Kind.AMBIGUOUS: "同じ氏名の職員が2人以上いて、どちらか決められません",
}
ACTED, KEPT = "acted", "kept"


@dataclass(frozen=True)
class Checked:
    """A check just made, with the rows its findings without an account speak of."""

    check: StaffListCheck
    rows: dict[int, Row]
    elsewhere: int  # rows of other offices


def check(rows: list[Row], as_of: date, *, by: Employment) -> Checked:
    """Compare a list with the staff of the organisation of ``by``, and keep what differs.

    Raises:
        PermissionDenied: ``by`` is no administrator.
        StaffListError: none of the rows is about this organisation.
    """
    rights.require_administrator(by, by.organisation_id)
    organisation = by.organisation
    mine = [row for row in rows if row.office in {"", organisation.number}]
    if not mine:
        raise StaffListError(
            Fault(
                None,
                "事業所番号",
                f"この事業所({organisation.number})の行が一つもありません。",
                "事業所番号を確かめるか、この事業所の名簿を選んでください。",
            )
        )
    findings = list(_findings(mine, organisation, as_of))
    made = StaffListCheck.objects.create(
        organisation=organisation, checked_by=by.account, as_of=as_of, rows=len(mine), findings=findings
    )
    spoken_of = {finding["line"] for finding in findings if "line" in finding}
    return Checked(made, {row.line: row for row in mine if row.line in spoken_of}, len(rows) - len(mine))


def _findings(rows: list[Row], organisation: Organisation, as_of: date) -> Iterator[dict[str, Any]]:
    today = timezone.localdate()
    here: dict[Account, list[Employment]] = {}
    not_over = Employment.objects.not_over(today).filter(organisation=organisation)
    for employment in not_over.select_related("account").order_by("starts_on", "pk"):
        here.setdefault(employment.account, []).append(employment)
    matched: set[Account] = set()
    for row in rows:
        candidates = [account for account in here if _is(account, row)]
        if len(candidates) > 1:
            matched.update(candidates)
            yield {"kind": Kind.AMBIGUOUS, "line": row.line}
        elif candidates:
            matched.add(candidates[0])
            yield from _differences(row, here[candidates[0]], as_of, today)
        elif row.left is None or row.left >= today:
            yield {"kind": Kind.NO_ACCOUNT, "line": row.line}
    for account, theirs in here.items():
        if account not in matched:
            for employment in theirs:
                if employment.starts_on <= as_of:
                    yield {"kind": Kind.NOT_ON_LIST, "employment": employment.pk}


def _is(account: Account, row: Row) -> bool:
    if row.login_id:
        return account.login_id == row.login_id
    if search_key(account.name) != search_key(row.name):
        return False
    return not (account.kana and row.kana) or kana_key(account.kana) == kana_key(row.kana)


def _differences(row: Row, theirs: list[Employment], as_of: date, today: date) -> Iterator[dict[str, Any]]:
    if row.left is not None and row.left < today:
        for employment in theirs:
            if employment.starts_on <= as_of:
                yield {"kind": Kind.LEFT, "employment": employment.pk, "day": row.left.isoformat()}
        return
    if row.left is not None:
        for employment in theirs:
            if employment.last_day != row.left and employment.starts_on <= row.left:
                yield {"kind": Kind.LAST_DAY, "employment": employment.pk, "day": row.left.isoformat()}
    running = [employment for employment in theirs if employment.starts_on <= max(as_of, today)]
    had = [employment.job_type_id for employment in running or theirs]
    missing = [job for job in row.jobs if job not in had]
    wrong = [employment for employment in running if employment.job_type_id not in row.jobs]
    if missing or wrong:
        about = wrong[0] if wrong else (running or theirs)[0]
        yield {"kind": Kind.JOB, "employment": about.pk, "jobs": missing or list(row.jobs)}


def note_invitation(made: StaffListCheck, line: int, *, by: Employment) -> None:
    """Note that whoever stands in that line of the list was invited."""
    rights.require_administrator(by, made.organisation_id)
    with transaction.atomic():
        row = StaffListCheck.objects.select_for_update().get(pk=made.pk)
        for finding in row.findings:
            if finding.get("line") == line and "settled" not in finding:
                finding.update(_note(ACTED, by.account))
        row.save(update_fields=["findings"])


def settle(made: StaffListCheck, number: int, *, by: Employment, keep: bool) -> str:
    """Do what a finding asks for, or note that it stays as it is. Returns what was done, in words.

    Args:
        number: of the finding in its list.

    Raises:
        PermissionDenied: ``by`` is no administrator of the organisation.
        StaffError: settled already, nothing can be done by one click, or ``by`` has no say in it.
        IndexError: no such finding.
    """
    rights.require_administrator(by, made.organisation_id)
    with transaction.atomic():
        row = StaffListCheck.objects.select_for_update().get(pk=made.pk)
        finding = row.findings[number]
        if "settled" in finding:
            raise StaffError("これは、もう済んでいます。")
        words = "このままでよいことを記録しました。" if keep else _act(finding, by)
        finding |= _note(KEPT if keep else ACTED, by.account)
        row.save(update_fields=["findings"])
    return words


def _note(how: str, by: Account) -> dict[str, Any]:
    return {"settled": how, "by": by.pk, "at": timezone.now().isoformat(timespec="seconds")}


def _act(finding: dict[str, Any], by: Employment) -> str:
    kind = Kind(finding["kind"])
    not_over = Employment.objects.not_over(timezone.localdate()).select_related("account", "organisation")
    if "employment" not in finding:
        raise StaffError("この人は、招待するか、職員の一覧で確かめてください。")
    employment = not_over.filter(pk=finding["employment"], organisation=by.organisation).first()
    if employment is None:
        raise StaffError("この所属は、もう終わっています。")
    name = employment.account.name
    match kind:
        case Kind.NOT_ON_LIST:
            employments.end_now(employment, by=by)
            return f"{name}さんの所属を終えました。開いていた画面も、もう使えません。"
        case Kind.LEFT | Kind.LAST_DAY:
            ends_on = date.fromisoformat(finding["day"]) + timedelta(days=1)
            employments.end_employment(employment, max(ends_on, employment.starts_on), by=by)
            return f"{name}さんの最後の日を、名簿の退職日にしました。"
        case Kind.JOB if len(finding["jobs"]) == 1:
            job = JobType.objects.get(pk=finding["jobs"][0])
            employments.change_job(employment, job, employment.level, on=timezone.localdate(), by=by)
            return f"{name}さんの職種を、今日から{job.name}に変えました。"
    raise StaffError("職種が2つ以上違います。職員の登録を開いて、ひとつずつ変えてください。")
