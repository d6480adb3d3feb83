"""Passkeys (WebAuthn): made and used with the person's presence and PIN, fingerprint or face, for this host only.

What the browser is asked goes out as JSON, and what it answers comes back as JSON in a form field. The challenge
waits in the session in between and is good once.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kiban.staff.models import Account, Passkey

CHALLENGE = "passkey_challenge"
TIME = 120_000  # milliseconds a browser waits for the person
MOST = 10
NAME = "パスキー"

NOT_MADE = "パスキーを登録できませんでした。もう一度試してください。"
KNOWN = "このパスキーはすでに登録されています。"
ENOUGH = f"パスキーは{MOST}個までです。使っていないものを使えなくしてから、登録してください。"


# What a credential nobody's browser made can do to the reading of it.
UNREADABLE = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class PasskeyError(ValueError):
    """A passkey was not made, said in the reader's words."""


def is_possible(request: HttpRequest) -> bool:
    """Whether the page was opened under the name passkeys belong to (``settings.PASSKEY_HOST``)."""
    return bool(settings.PASSKEY_HOST) and request.get_host().rsplit(":", 1)[0] == settings.PASSKEY_HOST


def is_asked(request: HttpRequest) -> bool:
    """Whether a question waits for its answer; without one nothing that comes is a guess."""
    return CHALLENGE in request.session


def begin(request: HttpRequest, account: Account) -> str:
    """Ask a browser to make a passkey for the account: options as JSON."""
    options = generate_registration_options(
        rp_id=settings.PASSKEY_HOST,
        rp_name="介護情報基盤",
        user_id=str(account.pk).encode(),
        user_name=account.login_id,
        user_display_name=account.name,
        timeout=TIME,
        exclude_credentials=[_descriptor(passkey) for passkey in of(account)],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _waiting(request, options.challenge, options_to_json(options))


def finish(request: HttpRequest, account: Account, credential: str, name: str = "") -> Passkey:
    """Take the passkey the browser made.

    Raises:
        PasskeyError: it answers another question, was made for another site or without the person, or is known.
    """
    challenge = _asked(request)
    if of(account).count() >= MOST:
        raise PasskeyError(ENOUGH)
    try:
        answer = _read(credential)
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=settings.PASSKEY_HOST,
            expected_origin=_origin(request),
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise PasskeyError(NOT_MADE) from error
    try:
        with transaction.atomic():
            return Passkey.objects.create(
                account=account,
                name=name.strip() or NAME,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                transports=_transports(answer),
            )
    except IntegrityError as error:
        raise PasskeyError(KNOWN) from error


def ask(request: HttpRequest, account: Account) -> str:
    """Ask a browser to show one of the account's passkeys: options as JSON."""
    options = generate_authentication_options(
        rp_id=settings.PASSKEY_HOST,
        timeout=TIME,
        allow_credentials=[_descriptor(passkey) for passkey in of(account)],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _waiting(request, options.challenge, options_to_json(options))


def is_right(request: HttpRequest, account: Account, credential: str) -> bool:
    """Whether the browser showed a passkey of this account, with the person, for this question, on this site.

    A counter that does not go on (a copy of the passkey is about) is refused too.
    """
    challenge = _asked(request)
    try:
        answer = _read(credential)
        identifier = base64url_to_bytes(str(answer["id"]))
        with transaction.atomic():
            passkey = of(account).select_for_update().get(credential_id=identifier)
            proved = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=settings.PASSKEY_HOST,
                expected_origin=_origin(request),
                credential_public_key=bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
            passkey.sign_count = proved.new_sign_count
            passkey.last_used_at = timezone.now()
            passkey.save(update_fields=["sign_count", "last_used_at"])
    except (Passkey.DoesNotExist, *UNREADABLE):
        return False
    return True


def of(account: Account) -> QuerySet[Passkey]:
    """The account's passkeys that are good."""
    return Passkey.objects.filter(account=account, revoked_at=None).order_by("pk")


def revoke(passkey: Passkey) -> None:
    """It counts for nothing any more."""
    passkey.revoked_at = timezone.now()
    passkey.save(update_fields=["revoked_at"])


def _waiting(request: HttpRequest, challenge: bytes, options: str) -> str:
    request.session[CHALLENGE] = bytes_to_base64url(challenge)
    return options


def _asked(request: HttpRequest) -> bytes:
    """The challenge that was sent out; it is forgotten with this. Without one nothing fits."""
    return base64url_to_bytes(request.session.pop(CHALLENGE, "")) or b"\0"


def _origin(request: HttpRequest) -> str:
    # The port is the one the page was opened under; the host must be the passkeys' own, whatever the request says.
    host, colon, port = request.get_host().partition(":")
    return f"https://{settings.PASSKEY_HOST}{colon}{port}" if host == settings.PASSKEY_HOST else "https://-"


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports]
    return PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id), transports=transports or None)


def _read(credential: str) -> dict[str, Any]:
    answer = json.loads(credential)
    if not isinstance(answer, dict):
        raise TypeError("not an object")
    return answer


def _transports(answer: dict[str, Any]) -> list[str]:
    response = answer.get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    known = {transport.value for transport in AuthenticatorTransport}
    return [name for name in named if name in known] if isinstance(named, list) else []
