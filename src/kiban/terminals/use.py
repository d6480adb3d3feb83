"""最後に使われた日時: kept at most once an hour, so that no page waits for it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from kiban.terminals.models import SetUpStep, Terminal

EVERY = dt.timedelta(hours=1)
BY_ITSELF = "使われたことで確認"


def seen(terminal: Terminal) -> None:
    """The terminal just proved its certificate. That settles the first of its three steps as well."""
    now = timezone.now()
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
