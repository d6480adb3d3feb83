"""The second factor: what an account has of them, and six digits from an authenticator app (TOTP, RFC 6238).

Passkeys, codes by e-mail and codes on paper have modules of their own. An account that has none sets up an app or a
passkey before it comes in for the first time.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum

import segno
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from kiban.staff.models import Account, Passkey, RecoveryCode
from kiban.staff.sign_in import sessions


class Outcome(StrEnum):
    """What a code turned out to be; true when it lets in.

    One that was right and is used up is no guess: a double click must lock nobody.
    """

    RIGHT = "right"
    USED = "used"
    WRONG = "wrong"

    def __bool__(self) -> bool:
        return self is Outcome.RIGHT


@dataclass(frozen=True)
class Factors:
    """What an account can show besides its password."""

    passkeys: int
    app: bool
    mail: bool
    recovery_codes: int

    @property
    def is_enrolled(self) -> bool:
        """Whether there is one to sign in with every day; codes on paper are for when it is lost."""
        return bool(self.passkeys or self.app or self.mail)

    @property
    def is_only_one(self) -> bool:
        """Whether there is just one of these left."""
        return self.passkeys + self.app + self.mail <= 1


def of(account: Account) -> Factors:
    """The account's second factors."""
    return Factors(
        passkeys=Passkey.objects.filter(account=account, revoked_at=None).count(),
        app=TOTPDevice.objects.filter(user=account, confirmed=True).exists(),
        mail=bool(account.email and account.mail_code_since),
        recovery_codes=RecoveryCode.objects.filter(account=account, used_at=None, replaced_at=None).count(),
    )


def is_enrolled(account: Account) -> bool:
    """Whether the account has a second factor that was used once."""
    return of(account).is_enrolled


def start_enrolment(account: Account) -> None:
    """Give an account without a second factor a new secret to put into an app; an older unused one is void."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if is_enrolled(account):
            return
        device = TOTPDevice.objects.filter(user=account).first() or TOTPDevice(user=account, name="アプリ")
        device.key = default_key()
        device.confirmed = False
        device.last_t, device.drift = -1, 0
        device.save()


def enrolment(account: Account) -> TOTPDevice:
    """The device whose secret is waiting to be put into an app, of an account without a second factor."""
    waiting = TOTPDevice.objects.filter(user=account, confirmed=False)
    if not waiting.exists():  # the second factor was reset after the password had been shown
        start_enrolment(account)
    return waiting.get()


def verify(account: Account, code: str, *, enrolling: bool) -> Outcome:
    """Whether the code is right now. Each code is good once; the first right one ends the enrolment."""
    with transaction.atomic():
        devices = TOTPDevice.objects.select_for_update().filter(user=account)
        device = devices.filter(confirmed=not enrolling).first()
        if device is not None and device.verify_token(code):
            if enrolling:
                device.confirmed = True
                device.save(update_fields=["confirmed"])
            return Outcome.RIGHT
        device = devices.filter(confirmed=True).first()
        return Outcome.USED if device is not None and _was_used(device, code) else Outcome.WRONG


def _was_used(device: TOTPDevice, code: str) -> bool:
    shown = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    return bool(shown.verify(int(code), device.tolerance)) and shown.t() <= device.last_t


def new_app(account: Account) -> TOTPDevice:
    """A device that is stored nowhere yet, to be shown to somebody who has a second factor already."""
    return TOTPDevice(user=account, name="アプリ", key=default_key(), confirmed=True)


def shown_app(account: Account, key: str) -> TOTPDevice:
    """The same device again, from the key kept meanwhile (hexadecimal)."""
    return TOTPDevice(user=account, name="アプリ", key=key, confirmed=True)


def replace_app(account: Account, key: str, code: str) -> bool:
    """Put the app that shows ``code`` in the place of the one before. False, and nothing changed: the code is wrong."""
    totp = TOTP(bytes.fromhex(key))
    if not totp.verify(int(code), tolerance=1):
        return False
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        device = TOTPDevice.objects.filter(user=account).first() or TOTPDevice(user=account, name="アプリ")
        device.key, device.confirmed = key, True
        device.last_t, device.drift = totp.t(), totp.drift  # this code is used up
        device.save()
    return True


def forget_app(account: Account) -> None:
    """The app shows nothing that counts any more."""
    TOTPDevice.objects.filter(user=account).update(confirmed=False, key=default_key())


def reset(account: Account) -> None:
    """Forget every second factor (lost or replaced): the next sign-in sets up a new one. Ends all sessions."""
    now = timezone.now()
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(mail_code_since=None)
        Passkey.objects.filter(account=account, revoked_at=None).update(revoked_at=now)
        RecoveryCode.objects.filter(account=account, used_at=None, replaced_at=None).update(replaced_at=now)
        forget_app(account)
        sessions.end_all(account)


def typed_secret(device: TOTPDevice) -> str:
    """The secret for typing: base32 in groups of four."""
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def qr_image(device: TOTPDevice) -> SafeString:
    """The secret as a QR code: inline SVG without script or style, as the content security policy demands."""
    code = segno.make(device.config_url, error="m")
    return mark_safe(  # noqa: S308 - drawn by us from black and white squares
        code.svg_inline(scale=5, border=4, dark="#000", light="#fff", title="アプリで読み取るQRコード")
    )
