"""The second factor: six digits from an authenticator app (TOTP, RFC 6238), one device for each account."""

from __future__ import annotations

from base64 import b32encode

import segno
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from kiban.staff import sessions
from kiban.staff.models import Account


def is_enrolled(account: Account) -> bool:
    """Whether the account has an app that has shown a right code once."""
    return TOTPDevice.objects.filter(user=account, confirmed=True).exists()


def start_enrolment(account: Account) -> None:
    """Give an account without a second factor a new secret to put into an app; an older unused one is void."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        device = TOTPDevice.objects.filter(user=account).first() or TOTPDevice(user=account, name="アプリ")
        if device.pk and device.confirmed:
            return
        device.key = default_key()
        device.confirmed = False
        device.last_t, device.drift = -1, 0
        device.save()


def enrolment(account: Account) -> TOTPDevice:
    """The device whose secret is waiting to be put into an app.

    Raises:
        TOTPDevice.DoesNotExist: none is waiting.
    """
    return TOTPDevice.objects.get(user=account, confirmed=False)


def verify(account: Account, code: str, *, enrolling: bool) -> bool:
    """Whether the code is right now. Each code is good once; the first right one ends the enrolment."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=account, confirmed=not enrolling).first()
        if device is None or not device.verify_token(code):
            return False
        if enrolling:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
        return True


def reset(account: Account) -> None:
    """Forget the app (lost or replaced): the next sign-in enrols a new one. Ends the account's sessions."""
    TOTPDevice.objects.filter(user=account).update(confirmed=False, key=default_key())
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
