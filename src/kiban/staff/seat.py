"""Who sits before the screen, as the middleware found it: for the views of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

from kiban.registry.models import Organisation
from kiban.staff.models import Account, Employment

if TYPE_CHECKING:
    from kiban.staff.sign_in.middleware import SignedInRequest


def seat(request: HttpRequest) -> Employment:
    """The employment under which somebody is signed in."""
    return cast("SignedInRequest", request).employment


def own(request: HttpRequest) -> Organisation:
    """The organisation it is in: nobody's pages speak of another one."""
    return seat(request).organisation


def myself(request: HttpRequest) -> Account:
    """The account of the person."""
    return seat(request).account
