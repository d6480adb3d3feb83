"""本人確認 and 担当 through the gate: registering, going on, handing over, ending.

Functions that write answer ``ok`` or the word that stood in the way, raise as ``calling.perform``, and leave an
entry in the access log either way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from kiban.assignment.models import CardProof
from kiban.gate.calling import act, perform, read
from kiban.gate.events import Event
from kiban.staff.sign_in import seal, sessions
from kiban.terms.partial_days import Day
from kiban.web.request import Caller


@dataclass(frozen=True)
class FourItems:
    """The identifying items (4情報): 保険者番号, 被保険者番号, 生年月日 (as far as it is known), 性別."""

    insurer_no: str
    insured_no: str
    birth: Day
    sex: str


def register(
    caller: Caller,
    purpose: str,
    items: FourItems | None,
    *,
    method: str,
    capacity: str,
    viewing_from: dt.date,
    viewing_to: dt.date | None = None,
    place: str = "office",
    document: str = "",
    proof: str | None = None,
) -> tuple[str, int | None]:
    """Record 本人確認 and register the caller's office as 担当.

    Args:
        items: may be missing only with a card that was bound to its person before.
        method: card, four_items or visual. place: office, visit, facility or other.
        document: what was shown, in the office's words.
        proof: nonce of a card proof kept for this session (``keep_proof``); needed for ``card``.
        viewing_to: first day on which nothing is shown any more; ``None``: as long as the policy in force gives.

    Returns:
        ``ok`` or the hindrance, and the person.
    """
    outcome = perform(
        caller,
        purpose,
        Event.ASSIGNMENT_REGISTER,
        **(asdict(items) if items else {}),
        method=method,
        place=place,
        document=document,
        proof=proof,
        capacity=capacity,
        viewing_from=viewing_from,
        viewing_to=viewing_to,
    )
    return outcome.result, outcome.answer and outcome.answer["insured_key"]


def keep_proof(caller: Caller, nonce: str, *, issuer: str, serial: str, revocation_checked: bool) -> bool:
    """Keep a card's proof that was found right, for one use in this session. ``False``: this challenge was used."""
    session, revocation, now = sessions.hashed(caller.session), "yes" if revocation_checked else "off", timezone.now()
    # The gate takes no proof that was written with SQL (SQL: gate.proof). The issuer, a free text, comes last.
    sealed = seal.sealed(["kiban-proof-1", nonce, session, serial, revocation, str(seal.microseconds(now)), issuer])
    facts = {"session": session, "issuer": issuer, "serial": serial, "revocation": revocation, "made_at": now}
    return CardProof.objects.get_or_create(nonce=nonce, defaults={**facts, "seal": sealed})[1]


def end(caller: Caller, insured_key: int, purpose: str, *, reason: str) -> str:
    """End the own 担当 now. reason: ended, moved, facility, died or mistake."""
    return act(caller, purpose, Event.ASSIGNMENT_END, insured_key, reason=reason)


def entrust(caller: Caller, purpose: str, insured_keys: list[int], employment: int | None) -> str:
    """担当ケアマネ: who looks after these persons (up to 500), all or none. A view of lists, and no right.

    Args:
        employment: of somebody who works here today; ``None``: nobody looks after them.
    """
    return act(caller, purpose, Event.ASSIGNMENT_ENTRUST, keys=insured_keys, employment=employment)


def correct(caller: Caller, insured_key: int, purpose: str, *, subject: str, number: int | None, reason: str) -> str:
    """登録のまちがい: take back what the own organisation recorded of the wrong person.

    Args:
        subject: assignment (the 担当 never was), ending (it never ended) or identity (a confirmation), with its number.
        number: ``None`` of an ending: the one the own organisation recorded last.
        reason: why, in the words of who corrects.
    """
    event = Event.IDENTITY_CORRECT if subject == "identity" else Event.ASSIGNMENT_CORRECT
    return act(caller, purpose, event, insured_key, subject=subject, number=number, reason=reason)


def state(caller: Caller, insured_key: int, purpose: str) -> dict[str, Any] | None:
    """The person's 担当 as far as the caller may know it (``gate.answer_assignment_read``); ``None`` when refused."""
    found: dict[str, Any] | None = read(caller, purpose, Event.ASSIGNMENT_READ, insured_key)
    return found


def lapsing(caller: Caller, purpose: str, until: dt.date) -> list[dict[str, Any]]:
    """Whose viewing period ends on or before a day (first day without), soonest first; names are logged."""
    found = read(caller, purpose, Event.ASSIGNMENT_LAPSING, until=until)
    return found["people"] if found else []


def go_on(caller: Caller, purpose: str, insured_keys: list[int], month: dt.date) -> str:
    """The administrator confirms for whom the service went on in a month (its first day). All or none."""
    return act(caller, purpose, Event.ASSIGNMENT_CONTINUE, keys=insured_keys, month=month)


def offer(caller: Caller, insured_key: int, purpose: str, *, to_number: str, starts_on: dt.date, note: str) -> str:
    """引き継ぎ: name the office that makes the plan from ``starts_on`` on. Done when it has registered the person."""
    return act(caller, purpose, Event.HANDOVER_OFFER, insured_key, to_number=to_number, starts_on=starts_on, note=note)


def withdraw_offer(caller: Caller, insured_key: int, purpose: str) -> str:
    """Take the own open offer back."""
    return act(caller, purpose, Event.HANDOVER_WITHDRAW, insured_key)


def offers(caller: Caller, purpose: str) -> list[dict[str, Any]]:
    """What other offices offer to this one; it names no person."""
    found = read(caller, purpose, Event.HANDOVER_LIST)
    return found["offers"] if found else []


def grant(
    caller: Caller,
    insured_key: int,
    purpose: str,
    *,
    organisation_number: str,
    capacity: str,
    viewing_from: dt.date,
    viewing_to: dt.date,
) -> str:
    """The insurer itself registers an organisation as 担当 of one of its insured."""
    return act(
        caller,
        purpose,
        Event.ASSIGNMENT_GRANT,
        insured_key,
        organisation_number=organisation_number,
        capacity=capacity,
        viewing_from=viewing_from,
        viewing_to=viewing_to,
    )


def revoke(caller: Caller, insured_key: int, purpose: str, *, organisation_number: str, reason: str) -> str:
    """The insurer itself takes a 担当 away."""
    return act(
        caller,
        purpose,
        Event.ASSIGNMENT_REVOKE,
        insured_key,
        organisation_number=organisation_number,
        reason=reason,
    )
