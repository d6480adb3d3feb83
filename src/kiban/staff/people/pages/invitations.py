"""招待: the administrator's pages, and the page at which somebody takes an invitation up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from kiban.staff import mail
from kiban.staff.errors import StaffError
from kiban.staff.models import Employment, Invitation
from kiban.staff.people import invitations, staff_list_check, staff_list_memory
from kiban.staff.people.invitations import AlreadyInvitedError, InvitationError
from kiban.staff.people.pages.invitation_forms import AcceptForm, InvitationForm, KeyForm
from kiban.staff.sign_in import sessions, signing_in
from kiban.staff.sign_in.middleware import employment_in_force, to_password
from kiban.terms.wareki import to_wareki
from kiban.web import once
from kiban.web.access import administrator, terminal_only
from kiban.web.answers import form_page
from kiban.web.request import Request, SignedInRequest

LETTER = "staff:invitation-letter"
MAIL_SUBJECT = "職員登録のご案内"
MAIL_TEXT = """{office}から、介護情報を見るための職員登録のご案内です。

1. {office}の、登録された端末(パソコンやタブレット)で、次のページを開いてください。
   ほかの端末やスマートフォンでは開けません。
   {address}
2. 画面の案内のとおりに、職員IDとパスワードを決めてください。

この招待は {until} まで、一度だけ使えます。ほかの人に渡さないでください。
心当たりがないときは、このメールを消してください。
"""


@administrator
@require_safe
def invitation_list(request: SignedInRequest) -> HttpResponse:
    everything = Invitation.objects.filter(organisation=request.organisation).select_related("job_type", "invited_by")
    waiting = everything.filter(accepted_at=None, withdrawn_at=None).order_by("expires_at")
    settled = everything.exclude(accepted_at=None, withdrawn_at=None).order_by("-invited_at")[:50]
    context = {"open": waiting, "settled": settled, "now": timezone.now()}
    return render(request, "staff/invitations.html", context)


@administrator
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    listed = staff_list_memory.recall(request)
    initial = listed.initial if listed else {"starts_on": timezone.localdate()}
    form = InvitationForm(request.POST or None, by=request.employment, initial=initial)
    if form.is_valid():
        try:
            invitation, key = invitations.invite(form.invitee(), by=request.employment, another=form.is_another)
        except AlreadyInvitedError as error:
            if _letter_waits(request, error.invitation):
                return redirect(LETTER)
            form.ask_whether_another(error.invitation)
        except StaffError as error:
            form.add_error(None, str(error))
        else:
            if listed:
                staff_list_check.note_invitation(listed.check, listed.line, by=request.employment)
            return _to_letter(request, invitation, key)
    return form_page(request, "staff/invite.html", {"form": form}, form)


@administrator
@never_cache
@require_POST
def issue_again(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = get_invitation(request, pk)
    try:
        key = invitations.issue_again(invitation, by=request.employment)
    except StaffError as error:
        messages.error(request, str(error))
        return redirect("staff:invitations")
    return _to_letter(request, invitation, key)


@administrator
@never_cache
@require_GET
def letter(request: SignedInRequest) -> HttpResponse:
    """The letter with the key, once."""
    kept = once.take(request, LETTER, instead="印刷していないときは、一覧の「手紙をもう一度出す」を押してください。")
    if kept is None:
        return redirect("staff:invitations")
    invitation, key = get_invitation(request, kept["invitation"]), kept["key"]
    address = invitations.address_of(key)
    context = {
        "invitation": invitation,
        "key": key,
        "address": address,
        "start": invitations.address_of(),
        "image": invitations.qr_image(address),
        "alike": invitations.same_name(request.organisation, invitation.name),
        "sent": kept["sent"],
        "not_sent": kept["not_sent"],
    }
    return render(request, "staff/invitation_letter.html", context)


@administrator
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        invitations.withdraw(get_invitation(request, pk), by=request.employment)
    except StaffError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "招待を取り消しました。渡した手紙は、もう使えません。")
    return redirect("staff:invitations")


@terminal_only
@never_cache
@require_http_methods(["GET", "POST"])
def enter_key(request: Request) -> HttpResponse:
    """Where the letters of a letter are typed."""
    form = KeyForm(request.POST or None)
    if form.is_valid():
        return redirect("staff:invitation", invitations.normalised(form.cleaned_data["key"]) or "-")
    return form_page(request, "staff/invitation_key.html", {"form": form}, form)


@terminal_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def accept(request: Request, key: str) -> HttpResponse:
    employment = None if sessions.is_locked(request.session) else employment_in_force(request)
    if employment is not None and employment.account.must_change_password:
        return to_password(request)
    try:
        at = signing_in.terminal_of(request).organisation
        invitation = invitations.find(key, at, signed_in=employment is not None)
        if employment is not None:
            return _accept_signed_in(request, invitation, employment)
    except InvitationError as error:
        return render(request, "staff/invitation_refused.html", {"refusal": str(error)}, status=error.status)
    form = AcceptForm(request.POST or None, invitation=invitation)
    if form.is_valid():
        try:
            account = invitations.accept_as_new(invitation, form.cleaned_data["login_id"], form.cleaned_data["new"])
        except InvitationError as error:
            return render(request, "staff/invitation_refused.html", {"refusal": str(error)}, status=error.status)
        except StaffError as error:
            form.add_error("login_id", str(error))
        else:
            if invitation.starts_on > timezone.localdate():
                context = {"account": account, "starts_on": invitation.starts_on}
                return render(request, "staff/invitation_ready.html", context)
            signing_in.begin(request, account, "")
            return redirect("staff:code")
    context = {"form": form, "invitation": invitation}
    return form_page(request, "staff/invitation_accept.html", context, form)


def _accept_signed_in(request: Request, invitation: Invitation, employment: Employment) -> HttpResponse:
    """One account for one natural person: who has one keeps it."""
    context: dict[str, object] = {"invitation": invitation, "account": employment.account}
    if request.method == "POST":
        try:
            invitations.accept_as(invitation, employment.account)
        except InvitationError:
            raise
        except StaffError as error:
            context["refusal"] = str(error)
            return form_page(request, "staff/invitation_add.html", context, refused=True)
        messages.success(request, f"{invitation.organisation.name}での所属({invitation.job_type.name})を加えました。")
        return redirect(signing_in.page_after(""))
    return render(request, "staff/invitation_add.html", context)


def _to_letter(request: Request, invitation: Invitation, key: str) -> HttpResponse:
    address = invitations.address_of(key)
    mailed = {"sent": "", "not_sent": "", **_send(invitation, address)}
    once.keep(request, LETTER, invitation=invitation.pk, key=key, **mailed)
    return redirect(LETTER)


def _letter_waits(request: Request, invitation: Invitation) -> bool:
    """The button was pressed twice: the letter of the first time was not seen yet."""
    kept = once.waiting(request, LETTER)
    return kept is not None and kept["invitation"] == invitation.pk


def _send(invitation: Invitation, address: str) -> dict[str, str]:
    """What became of the mail, in words for the page."""
    if not invitation.email:
        return {}
    text = MAIL_TEXT.format(
        office=invitation.organisation.name,
        address=address,
        until=to_wareki(timezone.localdate(invitation.expires_at)),
    )
    try:
        mail.send(invitation.email, MAIL_SUBJECT, text)
    except mail.NotSentError as error:
        return {"not_sent": f"{error}印刷した手紙を渡してください。"}
    return {"sent": "招待をメールでも送りました。"}


def get_invitation(request: SignedInRequest, pk: int) -> Invitation:
    """An invitation of the organisation. Raises Http404 for any other."""
    return get_object_or_404(
        Invitation.objects.select_related("job_type", "organisation"), pk=pk, organisation=request.organisation
    )
