"""The terminal, certificate or scene a page is about: of the reader's organisation, else there is no such page."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from kiban.terminals import services
from kiban.terminals.models import Certificate, Scene, Terminal
from kiban.terminals.services import State
from kiban.web.request import SignedInRequest


def get_terminal(request: SignedInRequest, pk: int) -> Terminal:
    """A terminal of the organisation, also one that is not used any more. Raises Http404 for any other."""
    return get_object_or_404(request.organisation.terminals, pk=pk)


def get_terminal_in_use(request: SignedInRequest, pk: int) -> Terminal:
    """A terminal of the organisation that is in use. Raises Http404 for any other."""
    return get_object_or_404(request.organisation.terminals, pk=pk, retired_on=None)


def get_certificate(request: SignedInRequest, pk: int) -> Certificate:
    """A certificate of the organisation that is not revoked. Raises Http404 for any other."""
    certificates = Certificate.objects.select_related("terminal")
    certificate = get_object_or_404(certificates, pk=pk, organisation=request.organisation)
    if services.state(certificate) is State.REVOKED:
        raise Http404
    return certificate


def get_scene(request: SignedInRequest, pk: int) -> Scene:
    """A scene of the organisation that has not ended. Raises Http404 for any other."""
    return get_object_or_404(Scene, pk=pk, organisation=request.organisation, ended_at=None)
