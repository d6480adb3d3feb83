"""代行: one person acts for an absent one, for a time, because somebody permitted it by name and with a reason.

It widens nothing (docs/decisions.md): what is shown is decided by the 職種 of the one who looks; the gate writes both
names into the log, and refuses by itself what is over, revoked or outside the purposes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff import mail, rights
from kiban.staff.errors import StaffError
from kiban.staff.models import ADMINISTERING, Account, Delegation, Employment
from kiban.staff.people import changes
from kiban.terms.purposes import Purpose
from kiban.terms.wareki import to_wareki

LONGEST = timedelta(days=93)  # three months: longer is no absence but a change of duties


def delegate(
    actor: Account,
    absent: Account,
    organisation: Organisation,
    *,
    permitted_by: Account,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    purposes: Sequence[str] = (),
) -> Delegation:
    """Let ``actor`` act for ``absent`` in the organisation for a time.

    Args:
        purposes: 利用目的 it is given for; empty: for all.

    Raises:
        StaffError: same person, no reason, an unknown purpose, times the wrong way round, over or too long, one of
            the two does not work there then, or ``permitted_by`` may not permit it.
    """
    if actor == absent:
        raise StaffError("本人の代行はできません。代行する人と代わられる人は、別の人にしてください。")
    if not reason.strip():
        raise StaffError("代行の理由を書いてください。")
    if not set(purposes) <= set(Purpose):
        raise StaffError("利用目的を選び直してください。")
    now = timezone.now()
    if ends_at <= starts_at:
        raise StaffError("代行の終わりは、始まりより後にしてください。")
    if ends_at <= now:
        raise StaffError("代行の終わりがもう過ぎています。")
    if ends_at - starts_at > LONGEST:
        raise StaffError("代行は3か月までです。長く続くときは、職種の変更か、あらためての許可を考えてください。")
    begins = timezone.localdate(max(starts_at, now))
    there = Employment.objects.in_force(begins).filter(organisation=organisation)
    for person in (actor, absent):
        if not there.filter(account=person).exists():
            raise StaffError("代行する人と代わられる人は、どちらもその日にこの事業所の職員でなければなりません。")
    require_may_permit(permitted_by, actor, organisation)
    made = Delegation.objects.create(
        actor=actor,
        absent=absent,
        organisation=organisation,
        permitted_by=permitted_by,
        reason=reason.strip(),
        purposes=list(purposes),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    changes.delegation(changes.Kind.DELEGATED, made, by=permitted_by)
    return made


def tell(made: Delegation) -> bool:
    """Mail whoever may act that it was permitted; whether a mail left. It names nobody: 今日 says for whom."""
    if not mail.is_set_up() or not made.actor.email:
        return False
    text = (
        f"{made.organisation.name}で、代行が許可されました。\n"
        f"期間: {_in_words(made.starts_at)}から{_in_words(made.ends_at - timedelta(microseconds=1))}まで\n\n"
        f"登録した端末でサインインし、「今日」の画面から代行を始めてください。\n{settings.PUBLIC_URL}"
    )
    try:
        mail.send(made.actor.email, "介護情報基盤: 代行が許可されました", text)
    except mail.NotSentError:
        return False  # 今日 says it all the same
    return True


def _in_words(moment: datetime) -> str:
    return to_wareki(timezone.localdate(moment))


def require_may_permit(by: Account, actor: Account, organisation: Organisation) -> None:
    """Raises StaffError when ``by`` may not permit ``actor`` to act for somebody.

    Whoever administers the office permits it, but not to themselves, unless nobody else could: the row then names
    the same person twice, which the list says in words.
    """
    today = timezone.localdate()
    here = Employment.objects.in_force(today).filter(organisation=organisation, level__in=ADMINISTERING)
    if not here.filter(account=by).exists():
        raise StaffError("代行を許可できるのは、この事業所の管理者だけです。")
    if by == actor and not rights.is_only_administrator(by, organisation):
        raise StaffError("自分の代行を自分で許可することはできません。ほかの管理者に頼んでください。")


def revoke(delegation: Delegation, *, by: Employment) -> None:
    """Revoke a delegation, now.

    Raises:
        PermissionDenied: ``by`` is no administrator of the organisation.
        StaffError: it is over or revoked already.
    """
    rights.require_administrator(by, delegation.organisation_id)
    now = timezone.now()
    changed = Delegation.objects.filter(pk=delegation.pk, revoked_at=None, ends_at__gt=now).update(
        revoked_at=now, revoked_by=by.account
    )
    if not changed:
        raise StaffError("この代行は、もう終わっています。")
    changes.delegation(changes.Kind.DELEGATION_REVOKED, delegation, by=by.account)


def usable_by(actor: Account, organisation: Organisation) -> QuerySet[Delegation]:
    """The delegations the person may act under there this moment; the gate asks the same of the one in use."""
    now, today = timezone.now(), timezone.localdate()
    present = Employment.objects.in_force(today).filter(organisation=organisation)
    return Delegation.objects.filter(
        actor=actor,
        organisation=organisation,
        revoked_at=None,
        starts_at__lte=now,
        ends_at__gt=now,
        permitted_by__isnull=False,
        absent__in=present.values("account"),
    ).select_related("absent", "permitted_by")


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """Begin and end (half-open) of the days from ``first`` to ``last``, both with rights; today begins now.

    Raises:
        StaffError: ``first`` is over.
    """
    if first < timezone.localdate():
        raise StaffError("最初の日は、今日からにしてください。過ぎた日の代行は許可できません。")

    def midnight(day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day, time()))

    now = timezone.now()
    return (now if first == timezone.localdate(now) else midnight(first)), midnight(last + timedelta(days=1))
