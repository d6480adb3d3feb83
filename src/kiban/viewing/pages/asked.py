"""One kind of information of one person, as an address asks for it: chosen, and opened through the gate."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.views.decorators.debug import sensitive_variables

from kiban.gate.events import Purpose
from kiban.records import kinds
from kiban.records.items import Kind
from kiban.viewing.opening import ItemView, Opened, frame_of, open_items
from kiban.viewing.pages.turning_away import turned_away
from kiban.web.request import GatedRequest


@dataclass(frozen=True)
class Asked:
    """What was asked for, and what the gate answered."""

    kind: Kind
    purpose: Purpose
    opened: Opened

    @property
    def items(self) -> list[ItemView]:
        """The items of the kind, shown or not, in its order."""
        return [self.opened.items[item.key] for item in self.kind.items]


@sensitive_variables()
def open_kind(request: GatedRequest, key: int, kind: str) -> Asked | HttpResponse:
    """Open the items of a kind (its key), or the page for somebody whose standing is not right.

    Raises Http404 for no such kind, and for a stranger, who learns nothing, not even that the person exists.
    """
    try:
        chosen = kinds.kind(kind)
    except kinds.UnknownKindError:
        raise Http404 from None
    purpose = request.purpose or request.usual_purpose()
    opened = open_items(request.caller, key, [item.key for item in chosen.items], purpose)
    if opened.viewer is None and (answer := turned_away(request, opened.standing)):
        return answer
    request.frame = frame_of(opened.viewer) if opened.viewer else None
    if opened.is_stranger:
        raise Http404
    return Asked(chosen, purpose, opened)
