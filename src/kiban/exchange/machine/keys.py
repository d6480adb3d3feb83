"""Keys with which one terminal of an office sends and fetches without anybody at the screen (``kiban-exchange``)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db.models import Q
from django.utils import timezone

from kiban.exchange.models import SyncKey
from kiban.registry.models import Organisation
from kiban.staff import rights
from kiban.staff.models import Employment
from kiban.staff.sign_in import seal
from kiban.terminals.models import Terminal

PREFIX = "sync-"  # as gate.exchange_context knows it
DAYS = 365
SEEN_EVERY = dt.timedelta(minutes=5)


def issue(employment: Employment, terminal: Terminal) -> tuple[SyncKey, str]:
    """A new key for a terminal; ``employment`` answers for it. The key itself is shown once and kept nowhere.

    Raises:
        PermissionDenied: ``employment`` is no administrator's.
        ValueError: the terminal is another office's.
    """
    rights.require_administrator(employment, employment.organisation_id)
    if terminal.organisation_id != employment.organisation_id:
        raise ValueError("the terminal is another office's")
    key = PREFIX + secrets.token_urlsafe(32)
    made = SyncKey(
        organisation=employment.organisation,
        terminal=terminal,
        employment=employment,
        secret_hash=hashed(key),
        ends_on=timezone.localdate() + dt.timedelta(days=DAYS),
    )
    made.seal = sealed(made)
    made.save()
    return made, key


def sealed(key: SyncKey) -> bytes:
    """What the key rests on, sealed: the gate takes no other (SQL: ``gate.key_seal``). 32 bytes."""
    parts = (key.secret_hash, key.organisation_id, key.terminal_id, key.employment_id, key.ends_on)
    return seal.sealed(["kiban-key-1", *map(str, parts)])


def revoke(key: SyncKey, by: Employment) -> None:
    """The key works no more, from this moment on.

    Raises:
        PermissionDenied: ``by`` is no administrator of the key's office.
    """
    rights.require_administrator(by, key.organisation_id)
    SyncKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by.account)


def seen(key: str) -> None:
    """The key was just accepted, if only to ask what is new; written at most every five minutes."""
    now = timezone.now()
    recent = Q(last_used_at__gt=now - SEEN_EVERY)
    SyncKey.objects.filter(secret_hash=hashed(key)).exclude(recent).update(last_used_at=now)


def organisation_of(key: str) -> Organisation | None:
    """Whose key this is. It gives no right: the gate asks itself."""
    known = SyncKey.objects.select_related("organisation").filter(secret_hash=hashed(key)).first()
    return known.organisation if known else None


def hashed(key: str) -> str:
    """The key as it is stored (SHA-256, hex). It is random: no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
