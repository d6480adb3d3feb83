"""Terminals and their certificates: registering, issuing, revoking, and whether one may be used now."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.terminals import authority
from kiban.terminals.models import Certificate, Scene, Terminal

logger = logging.getLogger(__name__)


class State(StrEnum):
    """What a certificate is good for at a moment. The gate gives the same answers (``gate.context``)."""

    NONE = "none"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OK = "ok"


IN_WORDS = {
    State.NONE: "なし",
    State.UNKNOWN: "未登録",
    State.REVOKED: "失効",
    State.NOT_YET_VALID: "開始前",
    State.EXPIRED: "期限切れ",
    State.OK: "有効",
}


KEYS = "ECDSA(P-256、P-384、P-521)か、RSA 2048ビット以上"
REQUEST_FAULTS = {
    authority.RequestFault.NOT_A_REQUEST: "証明書の要求(CSR)として読めません。"
    "PKCS#10のファイル(PEMまたはDER、.csr や .p10)を選んでください。",
    authority.RequestFault.A_CERTIFICATE: "選んだCSRのファイルは、証明書です。"
    "証明書の要求(CSR)のファイルを選んでください。",
    authority.RequestFault.A_KEY: "選んだCSRのファイルは、秘密鍵です。秘密鍵は端末の外に出さないでください。"
    "証明書の要求(CSR)のファイルを選んでください。",
    authority.RequestFault.BAD_SIGNATURE: "証明書の要求(CSR)の署名が合いません。"
    "ファイルが途中で壊れたか、書き換えられています。端末で作り直してください。",
    authority.RequestFault.WEAK_KEY: f"証明書の要求(CSR)の鍵が短すぎます。{KEYS}で作り直してください。",
    authority.RequestFault.SMALL_EXPONENT: "証明書の要求(CSR)の鍵(RSA)の公開指数が小さすぎます。"
    f"65537(ふつうの設定)で作り直すか、{KEYS}で作り直してください。",
    authority.RequestFault.OTHER_ALGORITHM: f"証明書の要求(CSR)の鍵の種類は使えません。{KEYS}で作り直してください。",
}
KEY_OF_ANOTHER = (
    "この鍵は、ほかの端末の証明書に使われています。"
    "鍵は端末ごとに作ります。この端末で新しい鍵とCSRを作り直してください。"
)


NEVER_USED = "使わないうちに出し直した"


class TerminalError(ValueError):
    """What stands in the way, as a sentence for the administrator."""


@dataclass(frozen=True)
class NewCertificate:
    """A certificate just issued. The files and their password exist here only: none is kept."""

    certificate: Certificate
    pkcs12: bytes
    pkcs12_older: bytes
    password: str


LEDGER = ("place", "purpose", "custodian", "os", "browser", "reader")  # what the ledger says besides the name


def register_terminal(organisation: Organisation, name: str, **ledger: str) -> Terminal:
    """Enter a terminal into the ledger (端末台帳).

    Args:
        ledger: any of ``LEDGER``.

    Raises:
        TerminalError: no name, one that is too long, or the organisation has a terminal of this name.
    """
    name = _free_name(organisation, name)
    return Terminal.objects.create(organisation=organisation, name=name, **_of_the_ledger(ledger))


def change_terminal(terminal: Terminal, *, name: str, **ledger: str) -> None:
    """Change what the ledger says of a terminal. Its certificates stay as they are.

    Args:
        ledger: any of ``LEDGER``; what is not named stays.

    Raises:
        TerminalError: as ``register_terminal``.
    """
    if name.strip() != terminal.name:
        terminal.name = _free_name(terminal.organisation, name)
    for field, value in _of_the_ledger(ledger).items():
        setattr(terminal, field, value)
    terminal.save(update_fields=["name", *ledger])


def retire(terminal: Terminal, *, by: str) -> None:
    """使わなくなった: the terminal leaves the board, its certificates are revoked, its scenes have none any more.

    Raises:
        TerminalError: it was retired before.
    """
    with transaction.atomic():
        retired = Terminal.objects.filter(pk=terminal.pk, retired_on=None).update(
            retired_on=timezone.localdate(), retired_by=by
        )
        if not retired:
            raise TerminalError("この端末は、すでに使わないことになっています。")
        revoke_all(terminal, by=by, reason="端末を使わなくなった")
        Scene.objects.filter(terminal=terminal, ended_at=None).update(terminal=None)
    terminal.refresh_from_db()
    _publish_crl()


def issue_certificate(terminal: Terminal, *, by: str) -> NewCertificate:
    """Issue a certificate for a terminal; one it had before stays valid until it is revoked or ends.

    Args:
        by: who issues it, for the ledger: a name, or 「運営」.
    """
    issued = authority.issue(terminal.organisation.number, terminal.pk, known_as(terminal))
    certificate = _enter(terminal, issued.certificate, by)
    return NewCertificate(certificate, issued.pkcs12, issued.pkcs12_older, issued.password)


def known_as(terminal: Terminal) -> str:
    """The terminal in the words of its people: 「相談室PC よつば居宅介護支援」."""
    return f"{terminal.name} {terminal.organisation.name}"


def unused(terminal: Terminal) -> list[Certificate]:
    """Certificates of a terminal that hold and were never shown to us: lost on the way, or not installed yet."""
    waiting = terminal.certificates.filter(first_used_at=None, revoked_at=None, not_after__gt=timezone.now())
    return list(waiting.order_by("-issued_at"))


def issue_in_place(terminal: Terminal, *, by: str, instead: bool) -> NewCertificate | None:
    """Issue a certificate, unless one waits to be used: of two that are out, one is owned by nobody.

    Args:
        by: as ``issue_certificate``.
        instead: revoke those that wait and issue all the same.

    Returns:
        The certificate, or ``None``: one waits, and ``instead`` was not said.
    """
    with transaction.atomic():
        Terminal.objects.select_for_update().get(pk=terminal.pk)  # of two who press at once, one is asked
        waiting = unused(terminal)
        if waiting and not instead:
            return None
        _revoke(Certificate.objects.filter(pk__in=[one.pk for one in waiting]), by, NEVER_USED)
        made = issue_certificate(terminal, by=by)
    if waiting:
        _publish_crl()
    return made


def sign_request(terminal: Terminal, request: bytes, *, by: str) -> tuple[Certificate, bytes]:
    """A certificate for a key the terminal made itself (PKCS#10, PEM or DER). Returns it as PEM with our root.

    Raises:
        TerminalError: the request cannot be read, is not signed by its own key, its key is too weak, or another
            terminal has it.
    """
    try:
        signed = authority.sign_request(request, terminal.organisation.number, terminal.pk, known_as(terminal))
    except authority.RequestError as error:
        raise TerminalError(REQUEST_FAULTS[error.fault]) from None
    others = Certificate.objects.exclude(terminal=terminal)
    if others.filter(key_digest=authority.key_digest(signed)).exists():
        raise TerminalError(KEY_OF_ANOTHER)
    return _enter(terminal, signed, by), authority.with_root(signed)


def revoke(certificate: Certificate, *, by: str, reason: str) -> None:
    """Revoke a certificate; effective with the next request. Revoking twice changes nothing.

    Raises:
        TerminalError: no reason is given, or one that is too long.
    """
    if not reason.strip():
        raise TerminalError("失効の理由を入れてください。")
    if len(reason.strip()) > (longest := _longest(Certificate, "revocation_reason")):
        raise TerminalError(f"失効の理由は{longest}文字までにしてください。")
    _revoke(Certificate.objects.filter(pk=certificate.pk), by, reason)
    certificate.refresh_from_db()
    _publish_crl()


def revoke_all(terminal: Terminal, *, by: str, reason: str) -> int:
    """Revoke every certificate of a terminal; returns how many. For ``retire`` and a lost terminal, which publish."""
    return _revoke(terminal.certificates.all(), by, reason)


def report_lost(terminal: Terminal, *, by: str, reason: str) -> int:
    """紛失・盗難: nothing opens with any certificate of the terminal from now on. Returns how many were revoked.

    Raises:
        TerminalError: no reason is given, or one that is too long.
    """
    if not reason.strip():
        raise TerminalError("何が起きたかを入れてください。")
    if len(reason.strip()) > (longest := _longest(Certificate, "revocation_reason")):
        raise TerminalError(f"何が起きたかは{longest}文字までにしてください。")
    revoked = revoke_all(terminal, by=by, reason=reason)
    _publish_crl()
    return revoked


def _revoke(certificates: QuerySet[Certificate], by: str, reason: str) -> int:
    """One that was to end later, because it was renewed, ends now as well."""
    now = timezone.now()
    return certificates.filter(Q(revoked_at=None) | Q(revoked_at__gt=now)).update(
        revoked_at=now, revoked_by=by, revocation_reason=reason.strip()
    )


def _publish_crl() -> None:
    try:
        write_crl()
    except OSError:
        # The ledger decides and has it; "kiban doctor" sees that the list is behind.
        logger.exception("the list of revoked certificates could not be written")


def _free_name(organisation: Organisation, name: str) -> str:
    name = name.strip()
    if not name:
        raise TerminalError("端末の名前を入れてください。")
    if len(name) > (longest := _longest(Terminal, "name")):
        raise TerminalError(f"端末の名前は{longest}文字までにしてください。")
    if Terminal.objects.filter(organisation=organisation, name=name).exists():
        raise TerminalError(f"「{name}」という端末はすでにあります。別の名前にしてください。")
    return name


def _of_the_ledger(ledger: dict[str, str]) -> dict[str, str]:
    if unknown := set(ledger) - set(LEDGER):
        raise TypeError(f"not in the ledger: {', '.join(sorted(unknown))}")
    return ledger


def _longest(model: type[Model], field: str) -> int:
    longest: int = model._meta.get_field(field).max_length  # type: ignore[union-attr, assignment]
    return longest


def _enter(terminal: Terminal, certificate: x509.Certificate, by: str) -> Certificate:
    return Certificate.objects.create(
        terminal=terminal,
        organisation_id=terminal.organisation_id,
        fingerprint=authority.fingerprint(certificate),
        key_digest=authority.key_digest(certificate),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        issued_by=by,
    )


def write_crl() -> None:
    """Write the list of revoked certificates anew from the ledger."""
    revoked = _revoked().values_list("serial", "revoked_at")
    authority.write_crl((serial, at) for serial, at in revoked if at is not None)


def crl_is_current() -> bool:
    """Whether the list on disk says what the ledger says, and does not end soon."""
    return authority.crl_holds(set(_revoked().values_list("serial", flat=True)))


def _revoked() -> QuerySet[Certificate]:
    """Those revoked by now; a renewed one is in the list from the end of its overlap on."""
    return Certificate.objects.filter(revoked_at__lte=timezone.now())


def state(certificate: Certificate | None, at: dt.datetime | None = None) -> State:
    """Whether a certificate of the ledger may be used at a moment (now)."""
    at = at or timezone.now()
    if certificate is None:
        return State.UNKNOWN
    if certificate.revoked_at is not None and certificate.revoked_at <= at:
        return State.REVOKED
    if certificate.not_before > at:
        return State.NOT_YET_VALID
    return State.EXPIRED if certificate.not_after <= at else State.OK


def find(fingerprint: str) -> Certificate | None:
    """The certificate of a fingerprint with its terminal and organisation, or ``None``."""
    return Certificate.objects.select_related("terminal__organisation").filter(fingerprint=fingerprint).first()


def expiring(within: dt.timedelta, organisation: Organisation | None = None) -> QuerySet[Certificate]:
    """Certificates in force that end within a time, the nearest first; of one organisation or of all.

    A terminal that already has a longer certificate is left out.
    """
    now = timezone.now()
    in_force = Certificate.objects.filter(revoked_at=None, not_after__gt=now, terminal__retired_on=None)
    longer = in_force.filter(not_after__gt=now + within).values("terminal_id")
    ending = in_force.filter(not_after__lte=now + within).exclude(terminal_id__in=longer)
    if organisation is not None:
        ending = ending.filter(organisation=organisation)
    return ending.select_related("terminal", "organisation").order_by("not_after")
