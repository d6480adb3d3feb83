"""A witness of other installations' sealed logs (C2SP tlog-witness). No certificate: the body is signed."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kiban.gate.sealing import witness
from kiban.web.access import public
from kiban.web.request import Request


@csrf_exempt
@public
@require_POST
def add_checkpoint(request: Request) -> HttpResponse:
    """Vouch for a head that goes on from the one vouched for before."""
    if len(request.body) > witness.LONGEST:
        return HttpResponse(status=413)
    said = witness.asked(request.body)
    return HttpResponse(said.body, status=said.status, content_type=said.content_type)
