"""Rows of a staff list for which nobody has an account: kept in the session of whoever checked, to invite them from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from kiban.staff.models import StaffListCheck
from kiban.staff.people.staff_list_check import Checked, Kind
from kiban.web.request import SignedInRequest

LIST = "staff_list"
MOST = 60  # invited at once: as many letters as somebody still hands out


@dataclass(frozen=True)
class Listed:
    """A row to invite somebody from."""

    check: StaffListCheck
    line: int
    initial: dict[str, Any]  # of the form of an invitation


def remember(request: HttpRequest, checked: Checked) -> None:
    """Keep the rows the findings speak of; a newer check takes the place of an older one."""
    request.session[LIST] = {
        "check": checked.check.pk,
        "rows": {
            str(line): {
                "name": row.name,
                "kana": row.kana,
                "job": row.jobs[0],
                "hired": row.hired.isoformat(),
                "left": row.left and row.left.isoformat(),
            }
            for line, row in checked.rows.items()
        },
    }


def names(request: HttpRequest, check: StaffListCheck) -> dict[int, str]:
    """Line → name, while they are known."""
    remembered = request.session.get(LIST)
    if not remembered or remembered["check"] != check.pk:
        return {}
    return {int(line): row["name"] for line, row in remembered["rows"].items()}


def recall(request: SignedInRequest) -> Listed | None:
    """The row an invitation was asked for by ``?list=…&line=…``, while it is known."""
    remembered, line = request.session.get(LIST), request.GET.get("line", "")
    if not remembered or str(remembered["check"]) != request.GET.get("list") or line not in remembered["rows"]:
        return None
    check = StaffListCheck.objects.filter(pk=remembered["check"], organisation=request.organisation).first()
    return _listed(check, line, remembered["rows"][line]) if check else None


def to_invite(request: HttpRequest, check: StaffListCheck) -> list[Listed]:
    """The rows of a check for which nobody has an account and nothing was done yet, while they are known."""
    known = set(names(request, check))
    lines = [one["line"] for one in check.findings if one["kind"] == Kind.NO_ACCOUNT and "settled" not in one]
    rows = request.session[LIST]["rows"] if known else {}
    return [_listed(check, str(line), rows[str(line)]) for line in lines if line in known]


def _listed(check: StaffListCheck, line: str, row: dict[str, Any]) -> Listed:
    initial = {"name": row["name"], "kana": row["kana"], "job_type": row["job"]}
    initial["starts_on"] = date.fromisoformat(row["hired"])
    initial["last_day"] = row["left"] and date.fromisoformat(row["left"])
    return Listed(check, int(line), initial)
