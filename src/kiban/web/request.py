"""A request as the middleware leaves it: who calls, from which terminal, for what purpose, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from kiban.ops.room import Visitor
from kiban.terms.purposes import Purpose
from kiban.web.frame import Frame

if TYPE_CHECKING:  # the types of what rooms above put there (allowed by name in the import contract)
    from kiban.registry.models import Organisation
    from kiban.staff.models import Account, Employment
    from kiban.terminals.models import Terminal


@dataclass(frozen=True)
class Caller:
    """What a request proves about itself: the session cookie and the certificate of the TLS connection.

    The gate looks both up itself; neither an account nor an office is ever passed to it. Both are empty strings where
    the request shows nothing.
    """

    session: str
    certificate: str


class Request(HttpRequest):
    """Any request behind the terminals' middleware.

    Attributes:
        certificate_fingerprint: SHA-256 (hex) of the certificate the connection proved.
        terminal: whose certificate that is; set where the view asks for a registered terminal.
        connect_also: an address on the terminal that the page reaches (the card client).
        axes_failures_since_start: wrong tries of the ID so far, after one at signing in; ``None`` where the try did not
            count, because of a lock-out.
    """

    certificate_fingerprint: str | None
    terminal: Terminal
    connect_also: str
    axes_failures_since_start: int | None


class GatedRequest(Request):
    """A request to a view that the gate alone decides about: a session cookie and a certificate are there.

    Attributes:
        purpose: as chosen at this terminal; ``None`` where none was chosen.
        usual_purpose: looks up who is signed in, for a page that needs a purpose all the same.
    """

    caller: Caller
    purpose: Purpose | None
    usual_purpose: Callable[[], Purpose]
    frame: Frame | None


class SignedInRequest(Request):
    """A request of somebody who is signed in, employed today, and at the terminal of the session."""

    caller: Caller
    purpose: Purpose
    frame: Frame
    employment: Employment
    organisation: Organisation
    account: Account


def visitor(request: SignedInRequest) -> Visitor:
    """Who looks, as the rooms are asked about it."""
    return Visitor(
        request.organisation,
        request.frame.is_administrator,
        request.caller,
        request.purpose,
        account=request.account,
        own_only=request.account.begins_with_own,
        is_acting=bool(request.frame.acting_for),
    )


def visitor_if_known(request: HttpRequest) -> Visitor | None:
    """The same of any request; ``None`` where nobody is known to be signed in."""
    if any(getattr(request, name, None) is None for name in ("account", "frame", "organisation")):
        return None
    return visitor(cast("SignedInRequest", request))


def number_asked(request: HttpRequest, name: str) -> int | None:
    """A whole number from 1 in the address (``?name=``), of 15 digits at most; ``None`` where there is no such."""
    text = request.GET.get(name, "")
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 15 else None


def page_asked(request: HttpRequest) -> int:
    """The page of a list that the address asks for (``?page=``), from 1; the first where it asks for none."""
    number = number_asked(request, "page")
    return number if number and number < 100_000 else 1


def local_path(text: str) -> str:
    """A path of this site that a form or a link names to go on to; empty for anything that leads elsewhere."""
    is_ours = text.startswith("/") and "\\" not in text and url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_ours else ""
