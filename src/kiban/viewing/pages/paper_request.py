"""書面での情報請求: the letter to a municipality for what the platform does not show yet, ready to print.

The page opens as the person's page does, through the gate alone, and names what was refused there.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from kiban.gate.events import Condition
from kiban.records import kinds
from kiban.registry.models import Organisation
from kiban.viewing.opening import ItemView, frame_of, open_items
from kiban.viewing.pages.turning_away import turned_away
from kiban.web.access import gated
from kiban.web.request import GatedRequest


@sensitive_variables()
@gated
@require_GET
def paper_request(request: GatedRequest, key: int, kind: str) -> HttpResponse:
    """A letter for what of this kind the municipality has not opened yet; where there is none of that, back."""
    try:
        chosen = kinds.kind(kind)
    except kinds.UnknownKindError:
        raise Http404 from None
    purpose = request.purpose or request.usual_purpose()
    opened = open_items(request.caller, key, [item.key for item in chosen.items], purpose)
    if opened.viewer is None and (answer := turned_away(request, opened.standing)):
        return answer
    if opened.is_stranger or opened.viewer is None:
        raise Http404
    lacking = [opened.items[item.key].label for item in chosen.items if _waits_for_insurer(opened.items[item.key])]
    if not lacking:
        return redirect("viewing:person-kind", key, kind)
    request.frame = frame_of(opened.viewer)
    context = {
        "key": key,
        "kind": chosen,
        "person": opened.person,
        "lacking": lacking,
        "viewer": opened.viewer,
        "office": Organisation.objects.filter(kind=opened.viewer.kind, number=opened.viewer.number).first(),
        "purpose": purpose,
        "today": timezone.localdate(),
    }
    return render(request, "viewing/paper_request.html", context)


def _waits_for_insurer(item: ItemView) -> bool:
    """Whether an item is refused because its municipality has not begun, to somebody whose role would open it."""
    refused = {line.condition for line in item.refusal.conditions if not line.passes} if item.refusal else set()
    return Condition.MUNICIPALITY in refused and Condition.ROLE not in refused
