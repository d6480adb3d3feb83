"""Who changed what about staff: one line for each act, written in the transaction of the act."""

from __future__ import annotations

from kiban.registry.models import Organisation
from kiban.staff.models import Account, Delegation, Employment, Invitation, StaffChange
from kiban.terms.wareki import to_wareki

Kind = StaffChange.Kind


def record(
    kind: Kind, organisation: Organisation | None, *, by: Account | None, about: Account | None, detail: str = ""
) -> None:
    """Add a line.

    Args:
        organisation: whose administrators read it; ``None``: of every office the person works in.
        by: who did it; ``None``: the operator.
        about: whose account; ``None``: somebody who has none yet.
    """
    StaffChange.objects.create(organisation=organisation, by=by, kind=kind, account=about, detail=detail[:300])


def employment(kind: Kind, changed: Employment, *, by: Account | None) -> None:
    """A line about an employment as it is now."""
    until = f"{to_wareki(changed.last_day)}まで" if changed.last_day else ""
    detail = f"{_as(changed)} {to_wareki(changed.starts_on)}から{until}"
    record(kind, changed.organisation, by=by, about=changed.account, detail=detail)


def invitation(kind: Kind, changed: Invitation, *, by: Account | None, about: Account | None = None) -> None:
    """A line about an invitation."""
    record(kind, changed.organisation, by=by, about=about, detail=f"{changed.name}さん {_as(changed)}")


def delegation(kind: Kind, changed: Delegation, *, by: Account) -> None:
    """A line about a 代行; one permitted to oneself says so."""
    alone = "(自分で許可。ほかに管理者がいないため)" if changed.is_self_permitted else ""
    detail = f"{changed.absent.name}さんの代行{alone} {changed.purposes_in_words} {changed.reason}"
    record(kind, changed.organisation, by=by, about=changed.actor, detail=detail)


def _as(changed: Employment | Invitation) -> str:
    return f"{changed.job_type.name}({changed.get_level_display()})"
