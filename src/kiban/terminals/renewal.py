"""A new certificate from the terminal itself: the old one proves it, and stays good for an overlap."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from kiban.terminals import services
from kiban.terminals.models import Certificate, Terminal
from kiban.terminals.services import NewCertificate, State, TerminalError

OPENS = dt.timedelta(days=90)  # before the end
OVERLAP = dt.timedelta(days=14)
REASON = "新しい証明書に替えた"


def may_renew(terminal: Terminal, *, name: str, is_administering: bool) -> bool:
    """Whether somebody sitting at the terminal may: its administrators, and who is entered as its custodian."""
    return is_administering or ("".join(name.split()) == "".join(terminal.custodian.split()) != "")


def stands_in_the_way(certificate: Certificate | None) -> str:
    """Why a certificate cannot be renewed now, as a sentence; empty: it can."""
    if certificate is None or services.state(certificate) is not State.OK:
        return "この端末の証明書は、いま有効ではありません。管理者に発行してもらってください。"
    if certificate.revoked_at is not None:
        return "新しい証明書は、すでに発行されています。受け取れなかったときは、管理者に発行してもらってください。"
    if (left := certificate.not_after - timezone.now()) > OPENS:
        return f"まだ新しくする時期ではありません(あと{left.days}日使えます。{OPENS.days}日前からできます)。"
    return ""


def renew(fingerprint: str, *, by: str) -> NewCertificate:
    """Issue a new certificate to the terminal that proved this one; the old one ends after the overlap.

    Raises:
        TerminalError: the old one does not hold, was renewed already, or is good for long yet.
    """
    with transaction.atomic():
        old = Certificate.objects.select_for_update().filter(fingerprint=fingerprint).first()
        if problem := stands_in_the_way(old):
            raise TerminalError(problem)
        assert old is not None  # noqa: S101 - said above
        made = services.issue_certificate(old.terminal, by=by)
        ends = timezone.now() + OVERLAP
        if ends < old.not_after:
            old.revoked_at, old.revoked_by, old.revocation_reason = ends, by, REASON
            old.save(update_fields=["revoked_at", "revoked_by", "revocation_reason"])
    return made
