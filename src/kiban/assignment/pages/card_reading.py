"""Reading a My Number card: the challenge a page asks for, and the proof it brings back from the terminal's client."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kiban.assignment import acts
from kiban.assignment.models import CardProof
from kiban.staff.sign_in import sessions
from kiban.terminals.card import challenge as challenges
from kiban.terminals.card.anchors import AnchorError, load
from kiban.terminals.card.results import MESSAGES, Result
from kiban.terminals.card.verify import Answer, verify
from kiban.web.request import SignedInRequest

USABLE = dt.timedelta(minutes=9)  # of the ten the gate takes a proof for (gate.use_proof)
NOT_SET_UP = 409  # the status: nothing is broken, and trying again does not help
LONGEST = 16_384  # bytes of a proof: signature and certificate come to some 3,000


@require_POST
def challenge(request: SignedInRequest) -> JsonResponse:
    """A challenge for this session at this terminal: ``{"challenge": …}``, or 409 where cards are not set up."""
    if not is_set_up():
        return _answer(Result.NOT_SET_UP, NOT_SET_UP)
    return JsonResponse({"challenge": challenges.issue(**_bound_to(request))})


@require_POST
def proof(request: SignedInRequest) -> JsonResponse:
    """Check what the card answered. Right: ``{"code": "ok", "proof": …}``, to be used once (``acts.register``).

    Everything else is 400 (409 where cards are not set up) with ``code`` and ``message``.
    """
    answer = _read(request)
    if answer is None:
        return _answer(Result.MALFORMED, 400)
    verified = verify(answer, **_bound_to(request))
    if verified.result is not Result.OK:
        return _answer(verified.result, NOT_SET_UP if verified.result is Result.NOT_SET_UP else 400)
    is_kept = acts.keep_proof(
        request.caller,
        verified.nonce,
        issuer=verified.issuer,
        serial=verified.serial,
        revocation_checked=verified.revocation_checked,
    )
    if not is_kept:
        return _answer(Result.CHALLENGE_USED, 400)
    return _answer(Result.OK, 200, proof=verified.nonce, revocation_checked=verified.revocation_checked)


def unused_proof(request: SignedInRequest) -> str:
    """The proof a form was sent with, while it can be used. After a slip elsewhere nobody reads the card again."""
    nonce = request.POST.get("proof", "")
    if not nonce:
        return ""
    unused = CardProof.objects.filter(nonce=nonce, session=sessions.hashed(request.caller.session), used_at=None)
    return nonce if unused.filter(made_at__gt=timezone.now() - USABLE).exists() else ""


def is_set_up() -> bool:
    """Whether there is an authority whose cards are believed."""
    try:
        return bool(load())
    except AnchorError:
        return False


def _bound_to(request: SignedInRequest) -> dict[str, str]:
    caller = request.caller
    return {
        "session": caller.session,
        "terminal": caller.certificate,
        # Pages are served over TLS only; this is how a browser writes it.
        "origin": f"https://{request.get_host().lower().removesuffix(':443')}",
    }


def _read(request: HttpRequest) -> Answer | None:
    # A form is taken apart before this is asked, and has no body left to read.
    if request.content_type != "application/json" or len(request.body) > LONGEST:
        return None
    try:
        sent = json.loads(request.body)
        return Answer(
            sent["challenge"] if isinstance(sent["challenge"], str) else "",
            base64.b64decode(sent["signature"], validate=True),
            base64.b64decode(sent["certificate"], validate=True),
        )
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error):
        return None


def _answer(result: Result, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"code": result, "message": MESSAGES[result], **more}, status=status)
