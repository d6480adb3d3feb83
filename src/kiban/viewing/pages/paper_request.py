"""書面での情報請求: the letter to a municipality for what the platform does not show yet, ready to print.

The page opens as the person's page does, through the gate alone, and names what was refused there.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from kiban.registry.models import Organisation
from kiban.viewing.pages.asked import open_kind
from kiban.web.access import gated
from kiban.web.request import GatedRequest


@sensitive_variables()
@gated
@require_GET
def paper_request(request: GatedRequest, key: int, kind: str) -> HttpResponse:
    """A letter for what of this kind the municipality has not opened yet; where there is none of that, back."""
    asked = open_kind(request, key, kind)
    if isinstance(asked, HttpResponse):
        return asked
    viewer = asked.opened.viewer
    if viewer is None:
        raise Http404
    lacking = [item.label for item in asked.items if item.refusal and item.refusal.is_for_a_letter]
    if not lacking:
        return redirect("viewing:person-kind", key, kind)
    context = {
        "key": key,
        "kind": asked.kind,
        "person": asked.opened.person,
        "lacking": lacking,
        "viewer": viewer,
        "office": Organisation.objects.filter(kind=viewer.kind, number=viewer.number).first(),
        "purpose": asked.purpose,
        "today": timezone.localdate(),
    }
    return render(request, "viewing/paper_request.html", context)
