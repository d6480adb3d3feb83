"""Who may call a view: every view carries one of these marks; tests/test_routes.py refuses a route without a row."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """What a view asks for before it runs."""

    PUBLIC = "public"  # nothing: sign-in help, "this terminal is not registered", health
    TERMINAL = "terminal"  # a valid client certificate, no sign-in: the sign-in pages
    SIGNED_IN = "signed_in"  # certificate, sign-in and second factor (the default)
    GATED = "gated"  # certificate and session present; whether they hold is asked by the gate itself
    ADMINISTRATOR = "administrator"  # signed in, and administrator of the organisation


def access_of(view: Callable[..., Any]) -> Access:
    """The mark of a view; one without a mark asks for everything."""
    return getattr(view, "access", Access.SIGNED_IN)


def _mark(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


public = _mark(Access.PUBLIC)
terminal_only = _mark(Access.TERMINAL)
gated = _mark(Access.GATED)
administrator = _mark(Access.ADMINISTRATOR)
