"""What an administrator has to see to about terminals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.terminals.services import expiring
from kiban.web.notices import Notice

CERTIFICATE_NOTICE = 90  # days before the end of a terminal's certificate


def notices(organisation: Organisation) -> Iterator[Notice]:
    """Certificates that end within the notice period, the nearest first."""
    for certificate in expiring(dt.timedelta(days=CERTIFICATE_NOTICE), organisation):
        days = (timezone.localdate(certificate.not_after) - timezone.localdate()).days
        yield Notice(
            f"端末「{certificate.terminal.name}」の証明書が切れます",
            reverse("terminals:terminal", args=[certificate.terminal_id]),
            "新しくする",
            days,
        )
