"""招待: an administrator says who comes as what; the person chooses ID and password. The letter holds the only key.

The key is sixteen letters and digits in groups (79 bits), typed from paper or scanned; only its hash is stored. It
is good once, for a week, at the terminals of the office that invited.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from kiban.registry import corporations
from kiban.registry.models import Organisation
from kiban.registry.text import kana_key, search_key
from kiban.staff import accounts, rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, Invitation
from kiban.staff.people import changes, employments
from kiban.staff.people.employments import Post
from kiban.staff.sign_in.passwords import LETTERS

LASTS = timedelta(days=7)
GROUPS, LETTERS_IN_A_GROUP = 4, 4

NOT_FOUND = "この招待は見つかりません。手紙の文字をもう一度確かめてください。"
USED = "この招待はもう使われています。心当たりがないときは、すぐに事業所の管理者に伝えてください。"
WITHDRAWN = "この招待は取り消されています。事業所の管理者に聞いてください。"
EXPIRED = "この招待は期限が過ぎています。事業所の管理者に、もう一度出してもらってください。"
ELSEWHERE = "この招待は、この端末では受け取れません。招待した事業所の端末で、もう一度開いてください。"
OTHER_PERSON = "招待された人の氏名と、サインインしている人の氏名が違います。招待された本人がサインインしてください。"
BY_ONESELF = "自分で出した招待は、自分では受け取れません。"


class InvitationError(StaffError):
    """Why an invitation cannot be taken up; ``status`` is what the page answers with."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.status = status


class AlreadyInvitedError(StaffError):
    """Somebody of that name is invited as that already; ``invitation`` waits to be taken up."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__("同じ氏名・同じ職種の招待が、まだ受け取られていません。")
        self.invitation = invitation


@dataclass(frozen=True)
class Invitee:
    """Whom an invitation is for, and as what."""

    name: str
    kana: str
    email: str
    post: Post


def invite(invitee: Invitee, *, by: Employment, another: bool = False) -> tuple[Invitation, str]:
    """Invite somebody into the own organisation.

    Args:
        another: somebody of the same name is invited as the same, and this is another person.

    Returns:
        The invitation and its key, which is kept nowhere.

    Raises:
        PermissionDenied: ``by`` is no administrator.
        AlreadyInvitedError: such an invitation waits, and it was not said that this is ``another``.
        StaffError: the level is not ``by``'s to give, the dates are the wrong way round or over.
    """
    rights.require_administrator(by, by.organisation_id)
    rights.require_may_grant(by, invitee.post.level)
    starts_on, ends_on = invitee.post.starts_on, invitee.post.ends_on
    if ends_on is not None and ends_on <= starts_on:
        raise StaffError("最後の日は、最初の日より前にできません。")
    if ends_on is not None and ends_on <= timezone.localdate():
        raise StaffError("最後の日がもう過ぎています。")
    with transaction.atomic():
        Employment.objects.select_for_update().get(pk=by.pk)  # a button pressed twice invites once
        if not another and (alike := waiting_like(by.organisation, invitee)):
            raise AlreadyInvitedError(alike)
        return _create(invitee, by.organisation, by=by.account)


def waiting_like(organisation: Organisation, invitee: Invitee) -> Invitation | None:
    """An invitation of the same name for the same job that can still be taken up."""
    waiting = Invitation.objects.filter(
        organisation=organisation,
        job_type=invitee.post.job_type,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=timezone.now(),
    )
    key = search_key(invitee.name)
    return next((one for one in waiting.select_related("job_type") if search_key(one.name) == key), None)


def invite_first(organisation: Organisation, invitee: Invitee) -> tuple[Invitation, str]:
    """Invite the first 事業所ユーザ of an organisation: the operator's act. Returns as ``invite``."""
    return _create(invitee, organisation, by=None)


def issue_again(invitation: Invitation, *, by: Employment) -> str:
    """A new key for a week; the old letter is void.

    Raises:
        PermissionDenied: ``by`` is no administrator of the organisation that invited.
        StaffError: it was taken up or withdrawn, or its level is not ``by``'s to give.
    """
    rights.require_administrator(by, invitation.organisation_id)
    rights.require_may_grant(by, invitation.level)
    with transaction.atomic():
        waiting = _waiting(invitation)
        key = new_key()
        waiting.token_hash = hashed(key)
        waiting.expires_at = timezone.now() + LASTS
        waiting.invited_by = by.account
        waiting.save(update_fields=["token_hash", "expires_at", "invited_by"])
        changes.invitation(changes.Kind.INVITED_AGAIN, waiting, by=by.account)
    invitation.refresh_from_db()
    return key


def withdraw(invitation: Invitation, *, by: Employment) -> None:
    """Withdraw an invitation: the letter is void at once.

    Raises:
        PermissionDenied: ``by`` is no administrator of the organisation that invited.
        StaffError: it was taken up or withdrawn already.
    """
    rights.require_administrator(by, invitation.organisation_id)
    with transaction.atomic():
        waiting = _waiting(invitation)
        waiting.withdrawn_at = timezone.now()
        waiting.withdrawn_by = by.account
        waiting.save(update_fields=["withdrawn_at", "withdrawn_by"])
        changes.invitation(changes.Kind.INVITATION_WITHDRAWN, waiting, by=by.account)


def find(key: str, at: Organisation, *, signed_in: bool = False) -> Invitation:
    """The open invitation a key belongs to, at a terminal of the organisation ``at``.

    Args:
        signed_in: somebody with an account may also take it up at a terminal of another office of the corporation.

    Raises:
        InvitationError: none, elsewhere, used, withdrawn or expired; the words tell nothing about the person.
    """
    invitation = (
        Invitation.objects.filter(token_hash=hashed(key))
        .select_related("organisation", "job_type", "invited_by")
        .first()
    )
    if invitation is None:
        raise InvitationError(NOT_FOUND, 404)
    here = invitation.organisation_id == at.pk
    if not here and not (signed_in and corporations.is_of_the_corporation(invitation.organisation, at)):
        raise InvitationError(ELSEWHERE, 403)
    _require_open(invitation)
    return invitation


def accept_as_new(invitation: Invitation, login_id: str, password: str) -> Account:
    """Make the account and the employment. The second factor is set up at the first sign-in, which asks for it.

    Raises:
        StaffError: the ID is taken, or somebody was quicker with the same letter.
    """
    with transaction.atomic():
        taken = Invitation.objects.select_for_update().get(pk=invitation.pk)
        _require_open(taken)
        account = accounts.new_account(
            login_id,
            password,
            name=taken.name,
            kana=taken.kana,
            email=taken.email,
            must_change_password=False,
            created_by=taken.invited_by,
        )
        _employ(taken, account)
    return account


def accept_as(invitation: Invitation, account: Account) -> Employment:
    """Add the employment to the account of somebody who is signed in: one natural person, one account.

    Raises:
        StaffError: another person's, their own invitation, or an employment there overlaps.
    """
    if account.pk == invitation.invited_by_id:
        raise InvitationError(BY_ONESELF, 403)
    if not is_named(account, invitation.name, invitation.kana):
        raise InvitationError(OTHER_PERSON, 403)
    with transaction.atomic():
        taken = Invitation.objects.select_for_update().get(pk=invitation.pk)
        _require_open(taken)
        return _employ(taken, account)


def is_named(account: Account, name: str, kana: str) -> bool:
    """Whether an account bears that name, however it is written (髙/高, spaces, widths)."""
    if search_key(account.name) == search_key(name):
        return True
    return bool(account.kana and kana) and kana_key(account.kana) == kana_key(kana)


def same_name(organisation: Organisation, name: str) -> list[Employment]:
    """Who bears the same name and works in the corporation today or soon: perhaps the same person."""
    offices = corporations.offices_of_the_corporation(organisation)
    employed = Employment.objects.not_over(timezone.localdate()).filter(organisation__in=offices)
    key = search_key(name)
    return [
        employment
        for employment in employed.select_related("account", "organisation")
        if search_key(employment.account.name) == key
    ]


def new_key() -> str:
    """abcd-efgh-jkmn-pqrs, without letters and digits that are mistaken for each other on paper."""
    group = range(LETTERS_IN_A_GROUP)
    return "-".join("".join(secrets.choice(LETTERS) for _ in group) for _ in range(GROUPS))


def normalised(typed: str) -> str:
    """A key as made, from however it was typed: full width, capitals, without or with other dashes."""
    letters = re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", typed).lower())[:40]
    return "-".join(letters[at : at + LETTERS_IN_A_GROUP] for at in range(0, len(letters), LETTERS_IN_A_GROUP))


def hashed(key: str) -> str:
    """Under what a key is stored: SHA-256 as 64 hex digits (the key is random, so a plain hash is enough)."""
    return sha256(normalised(key).encode()).hexdigest()


def address_of(key: str = "") -> str:
    """Where a letter is opened, as people reach the platform; without a key: where its characters are typed."""
    page = reverse("staff:invitation", args=[key]) if key else reverse("staff:invitation-key")
    return settings.PUBLIC_URL.rstrip("/") + page


def qr_image(address: str) -> SafeString:
    """The address of an invitation as inline SVG without script or style."""
    code = segno.make(address, error="m")
    return mark_safe(  # noqa: S308 - drawn by us from black and white squares
        code.svg_inline(scale=4, border=4, dark="#000", light="#fff", title="招待のページを開くQRコード")
    )


def _create(invitee: Invitee, organisation: Organisation, *, by: Account | None) -> tuple[Invitation, str]:
    key = new_key()
    invitation = Invitation.objects.create(
        organisation=organisation,
        name=invitee.name.strip(),
        kana=invitee.kana.strip(),
        email=invitee.email,
        job_type=invitee.post.job_type,
        level=invitee.post.level,
        starts_on=invitee.post.starts_on,
        ends_on=invitee.post.ends_on,
        token_hash=hashed(key),
        invited_by=by,
        expires_at=timezone.now() + LASTS,
    )
    changes.invitation(changes.Kind.INVITED, invitation, by=by)
    return invitation, key


def _require_open(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise InvitationError(USED, 410)
    if invitation.withdrawn_at is not None:
        raise InvitationError(WITHDRAWN, 410)
    over = invitation.ends_on is not None and invitation.ends_on <= timezone.localdate()
    if over or invitation.expires_at <= timezone.now():
        raise InvitationError(EXPIRED, 410)


def _waiting(invitation: Invitation) -> Invitation:
    """The row, locked. Raises StaffError when it is settled."""
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise StaffError("この招待は、もう受け取られたか、取り消されています。")
    return row


def _employ(invitation: Invitation, account: Account) -> Employment:
    # Whoever invited had the right then; that is what the letter says.
    post = Post(invitation.job_type, invitation.level, invitation.starts_on, invitation.ends_on)
    employment = employments.record(account, invitation.organisation, post, by=invitation.invited_by)
    invitation.accepted_at = timezone.now()
    invitation.employment = employment
    invitation.save(update_fields=["accepted_at", "employment"])
    changes.invitation(changes.Kind.INVITATION_ACCEPTED, invitation, by=account, about=account)
    return employment
