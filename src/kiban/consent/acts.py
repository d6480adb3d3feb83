"""同意 through the gate: giving, refusing, withdrawing, the older consents, the signed papers.

Every function answers ``ok`` or the word that stood in the way (``account:left``, ``consent:no_witness`` ...), raises
as ``calling.perform``, and leaves an entry in the access log either way.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from typing import Any

from kiban.gate.calling import act, call, read
from kiban.gate.events import Event
from kiban.web.request import Caller


@dataclass(frozen=True)
class Signing:
    """Who said so, how, and on which day.

    ``signer`` and ``channel`` are keys of ``consent.explanation.SIGNERS`` and ``CHANNELS``; a scribe needs a witness.
    """

    on: dt.date
    signer: str
    signer_name: str = ""
    witness: str = ""
    channel: str = "meeting"
    note: str = ""

    def values(self) -> dict[str, str]:
        """As the gate takes them, but for the day."""
        return {
            "signer": self.signer,
            "signer_name": self.signer_name,
            "witness": self.witness,
            "channel": self.channel,
            "note": self.note,
        }


def give(caller: Caller, insured_key: int, purpose: str, signing: Signing, *, text_version: str) -> str:
    """Record a comprehensive consent (包括的同意); it ends a refusal in force."""
    return act(
        caller,
        purpose,
        Event.CONSENT_GIVE,
        insured_key,
        given_on=signing.on,
        text_version=text_version,
        **signing.values(),
    )


def refuse(caller: Caller, insured_key: int, purpose: str, signing: Signing, *, text_version: str) -> str:
    """Record that the person does not consent; it ends a consent in force, at once."""
    return act(
        caller,
        purpose,
        Event.CONSENT_REFUSE,
        insured_key,
        refused_on=signing.on,
        text_version=text_version,
        **signing.values(),
    )


def withdraw(caller: Caller, insured_key: int, purpose: str, signing: Signing) -> str:
    """Record that the person took the consent back; viewing stops at once."""
    return act(caller, purpose, Event.CONSENT_WITHDRAW, insured_key, withdrawn_on=signing.on, **signing.values())


def record_other(
    caller: Caller, insured_key: int, purpose: str, signing: Signing, *, kind: str, covers_family: bool
) -> str:
    """Record one of the older consents: ``article33`` (基準33条) or ``application`` (認定申請書). It opens nothing."""
    return act(
        caller,
        purpose,
        Event.OTHER_CONSENT_GIVE,
        insured_key,
        kind=kind,
        given_on=signing.on,
        signer=signing.signer,
        signer_name=signing.signer_name,
        covers_family=covers_family,
        note=signing.note,
    )


def withdraw_other(caller: Caller, insured_key: int, purpose: str, number: int) -> str:
    """End one of the older consents the own organisation recorded."""
    return act(caller, purpose, Event.OTHER_CONSENT_WITHDRAW, insured_key, number=number)


def correct(caller: Caller, insured_key: int, purpose: str, *, subject: str, number: int, reason: str) -> str:
    """登録のまちがい: take a fact back that never was so; what it had ended is in force again.

    Args:
        subject: consent, withdrawal, refusal or other, as the own organisation recorded it; ``scan``: the paper of
            that number, which nobody opens any more.
        reason: why, in the words of who corrects.
    """
    event = Event.SCAN_CORRECT if subject == "scan" else Event.CONSENT_CORRECT
    return act(caller, purpose, event, insured_key, subject=subject, number=number, reason=reason)


def history(caller: Caller, insured_key: int, purpose: str) -> dict[str, Any] | None:
    """All facts about the person's consent (``gate.answer_consent_read``); ``None`` when refused."""
    found: dict[str, Any] | None = read(caller, purpose, Event.CONSENT_READ, insured_key)
    return found


def attach_scan(
    caller: Caller, insured_key: int, purpose: str, *, subject: str, number: int, media_type: str, content: bytes
) -> str:
    """Put the signed paper beside a fact: ``subject`` consent, withdrawal, refusal or other, and its number."""
    return act(
        caller,
        purpose,
        Event.SCAN_ATTACH,
        insured_key,
        files=[content],
        subject=subject,
        number=number,
        media_type=media_type,
    )


def open_scan(caller: Caller, insured_key: int, purpose: str, number: int) -> tuple[str, bytes] | None:
    """Media type and bytes of a paper the own organisation attached; ``None`` when refused."""
    found = read(caller, purpose, Event.SCAN_OPEN, insured_key, number=number)
    return found and (found["media_type"], base64.b64decode(found["content"]))


def count_hidden_papers(caller: Caller, purpose: str) -> int:
    """How many papers of its insured offices hid in the last 30 days; 0 for whoever is no municipality."""
    return call("SELECT gate.own_hidden_papers(%s, %s, %s)", [caller.session, caller.certificate, purpose]) or 0


def hidden_papers(caller: Caller, purpose: str) -> list[dict[str, Any]]:
    """Papers hidden as 付けまちがい in the last year, for the municipality: whose, by whom, why; names are logged."""
    found = read(caller, purpose, Event.SCAN_HIDDEN)
    return found["papers"] if found else []
