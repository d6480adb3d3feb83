"""A request as the middleware leaves it: who calls, from which terminal, for what purpose, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

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


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who looks, as the rooms are asked about it; ``None`` where nobody is known to be signed in."""
    account: Account | None = getattr(request, "account", None)
    frame: Frame | None = getattr(request, "frame", None)
    organisation: Organisation | None = getattr(request, "organisation", None)
    if account is None or frame is None or organisation is None:
        return None
    return Visitor(
        organisation,
        frame.is_administrator,
        request.caller,  # type: ignore[attr-defined]
        request.purpose,  # type: ignore[attr-defined]
        account=account,
        own_only=account.begins_with_own,
        is_acting=bool(frame.acting_for),
    )
