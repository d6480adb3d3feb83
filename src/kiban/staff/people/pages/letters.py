"""Letters to everybody of a staff list who has no account yet: invited together, printed in one go, shown once."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kiban.registry.models import JobType
from kiban.staff.errors import StaffError
from kiban.staff.models import Employment, Invitation
from kiban.staff.people import invitations, staff_list_check, staff_list_memory
from kiban.staff.people.employments import Post
from kiban.staff.people.invitations import Invitee
from kiban.staff.people.pages.staff_lists import get_check
from kiban.staff.people.staff_list_memory import Listed
from kiban.web import once
from kiban.web.access import administrator
from kiban.web.request import SignedInRequest

LETTERS = "staff:invitation-letters"


@administrator
@never_cache
@require_POST
def invite_all(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invite them all as 一般, from the day they were hired. Whoever needs a second look is left for one by one."""
    made = get_check(request, pk)
    letters, left = [], []
    for listed in staff_list_memory.to_invite(request, made)[: staff_list_memory.MOST]:
        name = listed.initial["name"]
        if invitations.same_name(request.organisation, name):
            left.append(f"{name}さん: 同じ氏名の職員がいます。")
            continue
        try:
            invitation, key = invitations.invite(_invitee(listed), by=request.employment)
        except StaffError as error:
            left.append(f"{name}さん: {error}")
            continue
        staff_list_check.note_invitation(made, listed.line, by=request.employment)
        letters.append({"invitation": invitation.pk, "key": key})
    waiting = once.waiting(request, LETTERS)
    if not letters and waiting is not None and waiting["check"] == made.pk:
        return redirect(LETTERS)  # the button was pressed twice: the letters of the first time were not seen yet
    if not letters:
        messages.error(request, f"招待した人はいません。{''.join(left)}一人ずつ「招待する」から進んでください。")
        return redirect("staff:staff-list", made.pk)
    once.keep(request, LETTERS, letters=letters, left=left, check=made.pk)
    return redirect(LETTERS)


@administrator
@never_cache
@require_GET
def letters(request: SignedInRequest) -> HttpResponse:
    """The letters with their keys, once, each on a sheet of its own."""
    kept = once.take(
        request, LETTERS, instead="印刷していないときは、一覧の「手紙をもう一度出す」を一人ずつ押してください。"
    )
    if kept is None:
        return redirect("staff:invitations")
    found = Invitation.objects.select_related("job_type", "organisation", "invited_by").filter(
        organisation=request.organisation
    )
    by_number = found.in_bulk([one["invitation"] for one in kept["letters"]])
    ready = [
        {
            "invitation": by_number[one["invitation"]],
            "key": one["key"],
            "image": invitations.qr_image(invitations.address_of(one["key"])),
        }
        for one in kept["letters"]
    ]
    context = {"letters": ready, "left": kept["left"], "check": kept["check"], "start": invitations.address_of()}
    return render(request, "staff/invitation_letters.html", context)


def _invitee(listed: Listed) -> Invitee:
    row = listed.initial
    ends_on = row["last_day"] and row["last_day"] + timedelta(days=1)
    job = JobType.objects.get(pk=row["job_type"])
    post = Post(job, Employment.Level.GENERAL, row["starts_on"], ends_on)
    return Invitee(name=row["name"], kana=row["kana"], email="", post=post)
