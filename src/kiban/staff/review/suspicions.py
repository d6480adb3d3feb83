"""Signs that an ID is shared or misused: recorded for the administrator to clear, never hidden, never a verdict.

A person with two PCs on the desk leaves the same traces as two people with one ID; so nothing is blocked here.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff import rights
from kiban.staff.errors import StaffError
from kiban.staff.models import Account, Employment, Session, Suspicion, TerminalUse
from kiban.staff.sign_in import sessions
from kiban.terminals.models import Terminal

log = logging.getLogger(__name__)
Kind = Suspicion.Kind

SAME_TIME = timedelta(minutes=2)  # used at two terminals within this: at once
TRAVEL = timedelta(minutes=15)  # nobody gets from one office to the other faster
ONE_EVENT = timedelta(minutes=10)  # going on for so long it is still the same event
LATEST = 20  # of the times it happened are kept
OWN_ID = "自分の職員IDのことは、ほかの管理者か事業所ユーザが確かめます。"


@dataclass(frozen=True)
class Sighting:
    """One time it happened, and at which terminals."""

    at: dt.datetime
    terminals: list[str]


def record(kind: Kind, account: Account | None, organisation: Organisation, terminals: list[str]) -> None:
    """Record that it happened now. While a finding of the kind is open it counts on; it does not pile up.

    Args:
        terminals: names of the terminals, in the order of use.
    """
    now = timezone.now()
    happened = {"at": now.isoformat(), "terminals": terminals}
    waiting = Suspicion.objects.filter(account=account, organisation=organisation, kind=kind, cleared_at=None)
    with transaction.atomic():
        suspicion = waiting.select_for_update().first()
        if suspicion is None:
            try:
                with transaction.atomic():
                    Suspicion.objects.create(
                        account=account, organisation=organisation, kind=kind, detail={"seen": [happened]}
                    )
                return
            except IntegrityError:  # another request was first
                suspicion = waiting.select_for_update().get()
        suspicion.times += 1
        suspicion.last_at = now
        suspicion.detail = {"seen": [*suspicion.detail.get("seen", []), happened][-LATEST:]}
        suspicion.save(update_fields=["times", "last_at", "detail"])


def may_clear(suspicion: Suspicion, by: Employment) -> bool:
    """Whether it is for ``by`` to clear: one about the own ID is for somebody else, where there is somebody."""
    return suspicion.account_id != by.account_id or rights.is_only_administrator(by.account, by.organisation)


def clear(suspicion: Suspicion, note: str, *, by: Employment) -> None:
    """Record what it was. Clearing one that somebody else has just cleared changes nothing.

    Raises:
        PermissionDenied: ``by`` is no administrator of the organisation.
        StaffError: it is about the own ID, and somebody else could clear it.
    """
    rights.require_administrator(by, suspicion.organisation_id)
    if not may_clear(suspicion, by):
        raise StaffError(OWN_ID)
    Suspicion.objects.filter(pk=suspicion.pk, cleared_at=None).update(
        cleared_at=timezone.now(), cleared_by=by.account, note=note.strip()
    )


def sightings(suspicion: Suspicion) -> list[Sighting]:
    """When and where it happened, oldest first."""
    return [
        Sighting(dt.datetime.fromisoformat(seen["at"]), list(seen["terminals"]))
        for seen in suspicion.detail.get("seen", [])
    ]


def at_sign_in(employment: Employment, terminal: Terminal, fingerprint: str) -> None:
    """Somebody signs in: is the ID in use elsewhere right now, or was it, too far away, a moment ago?"""
    account = employment.account
    if not _in_use_elsewhere(employment, terminal, fingerprint):
        before, when = account.last_terminal, account.last_terminal_at
        moved = before is not None and before.organisation_id != terminal.organisation_id
        if before is not None and moved and when and when > timezone.now() - TRAVEL:
            record(Kind.SWITCH, account, terminal.organisation, [_name(before, terminal.organisation), terminal.name])
    _note(account, terminal)


def while_in_use(employment: Employment, terminal: Terminal, fingerprint: str) -> None:
    """A session is in use (asked about once a minute): is the ID in use elsewhere too?"""
    _in_use_elsewhere(employment, terminal, fingerprint)
    _note(employment.account, terminal)


def at_failure(login_id: str, terminal: Terminal, *, locks: bool) -> None:
    """A try with an ID was wrong, and counted. ``locks``: it was the last one before the lock-out.

    At home a wrong password is an everyday thing and only the lock-out is told. An ID of another organisation, or of
    somebody who has left, is told its organisation at once; the terminal's own hears of the lock-out, and nothing of
    whose ID it was or whether there is such an ID.
    """
    known = Employment.objects.filter(account__login_id=login_id).select_related("account", "organisation")
    employments = list(known.order_by("ends_on", "pk"))
    today = timezone.localdate()
    current = [each for each in employments if each.ends_on is None or each.ends_on > today]
    if any(each.organisation_id == terminal.organisation_id and each.starts_on <= today for each in current):
        if locks:
            record(Kind.TRIED, current[0].account, terminal.organisation, [terminal.name])
        return
    if locks:
        record(Kind.FOREIGN, None, terminal.organisation, [terminal.name])
    if current:
        for organisation in {each.organisation_id: each.organisation for each in current}.values():
            record(Kind.TRIED, current[0].account, organisation, [_name(terminal, organisation)])
    elif employments:
        past = [each for each in employments if each.organisation_id == terminal.organisation_id] or employments
        last = past[-1]
        record(Kind.LEAVER, last.account, last.organisation, [_name(terminal, last.organisation)])


def at_end(session: SessionBase, fingerprint: str) -> None:
    """A session does not hold any more: was it carried to a terminal with another certificate?"""
    bound, employment_id = session.get(sessions.FINGERPRINT), session.get(sessions.EMPLOYMENT)
    if not bound or bound == fingerprint or employment_id is None:
        return
    before, now = _terminal(bound), _terminal(fingerprint)
    if before == now:  # the terminal's certificate was renewed
        return
    employment = Employment.objects.select_related("account", "organisation").get(pk=employment_id)
    names = [_name(terminal, employment.organisation) if terminal else "台帳にない端末" for terminal in (before, now)]
    log.warning("a session was carried to another terminal: employment %s", employment_id)
    record(Kind.CARRIED, employment.account, employment.organisation, names)


def _in_use_elsewhere(employment: Employment, terminal: Terminal, fingerprint: str) -> bool:
    now = timezone.now()
    live = Session.objects.filter(account=employment.account, expire_date__gt=now, locked_at=None)
    other = live.filter(seen_at__gt=now - SAME_TIME).exclude(certificate_fingerprint=fingerprint)
    elsewhere = other.order_by("-seen_at").values_list("certificate_fingerprint", flat=True).first()
    other_terminal = _terminal(elsewhere) if elsewhere else None
    if other_terminal is None or other_terminal == terminal:
        return False
    known = Suspicion.objects.filter(account=employment.account, kind=Kind.TWO_TERMINALS, cleared_at=None)
    if not known.filter(organisation=terminal.organisation_id, last_at__gt=now - ONE_EVENT).exists():
        here = terminal.organisation
        record(Kind.TWO_TERMINALS, employment.account, here, [_name(other_terminal, here), terminal.name])
    return True


def _note(account: Account, terminal: Terminal) -> None:
    now = timezone.now()
    Account.objects.filter(pk=account.pk).update(last_terminal=terminal, last_terminal_at=now)
    TerminalUse.objects.bulk_create(
        [TerminalUse(account=account, terminal=terminal, first_at=now, last_at=now)],
        update_conflicts=True,
        unique_fields=["account", "terminal"],
        update_fields=["last_at"],
    )


def _terminal(fingerprint: str) -> Terminal | None:
    terminals = Terminal.objects.filter(certificates__fingerprint=fingerprint)
    return terminals.select_related("organisation").first()


def _name(terminal: Terminal, organisation: Organisation) -> str:
    """The terminal's name; of another organisation's, the organisation too."""
    if terminal.organisation_id == organisation.pk:
        return terminal.name
    return f"{terminal.organisation.name}の「{terminal.name}」"
