"""A small office with its terminal, people in any state, and a browser that holds the terminal's certificate."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.staff.models import Account, Employment
from tests import world as worlds

PASSWORD = "asagao-no-hana-2"
_numbers = count(1)


@cache
def hashed_password() -> str:
    return make_password(PASSWORD)


class Socket:
    """As much of the TLS socket as the terminals' middleware looks at."""

    family = socket.AF_INET

    def __init__(self, der: bytes) -> None:
        self.der = der

    def getpeercert(self, binary_form: bool = False) -> Any:
        assert binary_form
        return self.der


class Browser(Client):
    """A browser on a terminal. ``certificate``: DER bytes of the client certificate."""

    def __init__(self, certificate: bytes, **more: Any) -> None:
        super().__init__(**more, **{"gunicorn.socket": Socket(certificate), "wsgi.url_scheme": "https"})

    def carry_to(self, certificate: bytes) -> None:
        """The same cookies in a browser on another terminal."""
        self.defaults["gunicorn.socket"] = Socket(certificate)

    @property
    def cookie(self) -> str:
        found = self.cookies.get("__Host-kiban")
        return found.value if found else ""

    def show_password(self, account: Account, password: str = PASSWORD, **more: str) -> Any:
        return self.post("/sign-in/", {"login_id": account.login_id, "password": password, **more})

    def sign_in(self, account: Account, password: str = PASSWORD, **more: str) -> Any:
        """Password and code; the answer to the last step."""
        self.show_password(account, password, **more)
        return self.post("/sign-in/code/", {"code": code_of(account)})


def code_of(account: Account) -> str:
    """What the person's app shows now; forgets that a code of this half minute was used before."""
    device = TOTPDevice.objects.get(user=account)
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1, drift=0)
    return f"{totp(device.bin_key):06d}"


def wrong_code(account: Account) -> str:
    device = TOTPDevice.objects.get(user=account)
    good = {totp(device.bin_key, t0=30 * shift) for shift in range(-3, 4)}
    return next(f"{guess:06d}" for guess in range(len(good) + 1) if guess not in good)


@dataclass
class Office:
    """An organisation with one terminal."""

    id: int
    number: str
    name: str
    certificate: bytes
    row: worlds.Organisation

    def browser(self, **more: Any) -> Browser:
        return Browser(self.certificate, **more)


def hire(
    office: Office,
    job: str = "care_manager",
    *,
    level: str = "general",
    starts_on: date | None = None,
    ends_on: date | None = None,
    account: Account | None = None,
    enrolled: bool = True,
    first_password: bool = False,
) -> Employment:
    """Somebody employed there; with the second factor set up and a password of their own unless said otherwise."""
    if account is None:
        number = next(_numbers)
        account = Account.objects.create(
            login_id=f"staff{number:05d}",
            name=f"試験 太郎{number:05d}",
            password=hashed_password(),
            must_change_password=first_password,
        )
        if enrolled:
            TOTPDevice.objects.create(user=account, name="アプリ", confirmed=True)
    return Employment.objects.create(
        account=account,
        organisation_id=office.id,
        job_type_id=job,
        level=level,
        starts_on=starts_on or worlds.days(-100),
        ends_on=ends_on,
    )
