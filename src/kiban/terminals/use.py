"""最後に使われた日時: kept at most once an hour, so that no page waits for it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from kiban.terminals.models import Certificate, SetUpStep, Terminal

EVERY = dt.timedelta(hours=1)
BY_ITSELF = "使われたことで確認"


def seen(certificate: Certificate) -> None:
    """A terminal just proved this certificate. That settles the first of its three steps as well."""
    now, terminal = timezone.now(), certificate.terminal
    if certificate.first_used_at is None:
        Certificate.objects.filter(pk=certificate.pk, first_used_at=None).update(first_used_at=now)
    if terminal.seen_at is not None and now - terminal.seen_at < EVERY:
        return
    is_first = terminal.seen_at is None
    Terminal.objects.filter(pk=terminal.pk).update(seen_at=now)
    terminal.seen_at = now
    if is_first:
        SetUpStep.objects.get_or_create(
            terminal=terminal,
            step=SetUpStep.Step.CERTIFICATE,
            defaults={"done_at": now, "done_by": BY_ITSELF},
        )
