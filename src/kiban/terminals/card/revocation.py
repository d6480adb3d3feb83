"""Whether a card's certificate has been revoked: ``settings.CARD_REVOCATION`` says where that is asked.

``off``, ``crl:<file, folder or address>`` or ``ocsp:<address>``. Revocation data of the real cards are given to
notified verifiers only (公的個人認証法 17条・36条), so which it is depends on the operator; where a way is set and
gives no answer that holds, the card is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from django.conf import settings

from kiban.terminals.card import crl, ocsp
from kiban.terminals.card.fetch import is_address
from kiban.terminals.card.results import RefusedError, Result


class Way(StrEnum):
    """How it is asked."""

    OFF = "off"
    CRL = "crl"
    OCSP = "ocsp"


class SettingError(ValueError):
    """The setting cannot be used; why, for the operator."""


@dataclass(frozen=True)
class Setting:
    """A way and where: nothing with OFF, a path or an http(s) address with CRL, an address with OCSP."""

    way: Way
    place: str = ""


def setting() -> Setting:
    """The operator's choice. Raises SettingError when it is none."""
    way, _, place = settings.CARD_REVOCATION.partition(":")
    if way == Way.OFF and not place:
        return Setting(Way.OFF)
    if (way == Way.CRL and place) or (way == Way.OCSP and is_address(place)):
        return Setting(Way(way), place)
    raise SettingError("KIBAN_CARD_REVOCATION は off、crl:<ファイルかアドレス>、ocsp:<アドレス> のどれかにしてください")


def is_off() -> bool:
    """Whether nobody is asked, which pages and ``kiban doctor`` have to say."""
    return str(settings.CARD_REVOCATION) == Way.OFF


def check(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """``True``: asked, and not revoked. ``False``: not asked, by the operator's choice.

    Raises RefusedError: REVOKED, or REVOCATION_UNKNOWN when there is no answer that holds.
    """
    try:
        chosen = setting()
        if chosen.way is Way.OFF:
            return False
        ask = crl.revoked if chosen.way is Way.CRL else ocsp.revoked
        revoked = ask(certificate, issuer, chosen.place)
    except (OSError, ValueError):
        raise RefusedError(Result.REVOCATION_UNKNOWN) from None
    if revoked:
        raise RefusedError(Result.REVOKED)
    return True
