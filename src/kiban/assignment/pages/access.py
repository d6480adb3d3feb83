"""What the pages about 担当 begin with: for which kind of organisation they are, and what it may know of a person."""

from __future__ import annotations

from django.http import Http404

from kiban.assignment import assignments, words
from kiban.assignment.assignments import PersonAssignments
from kiban.registry.models import Organisation
from kiban.web.request import SignedInRequest

NOT_OF_THIS_INSURER = ("assignment:other_insurer", "role:not_insurer")
NOT_IN_CHARGE = ("assignment:none", *NOT_OF_THIS_INSURER)


def get_office(request: SignedInRequest) -> Organisation:
    """The office whose page this is. Raises Http404 for a municipality or a medical institution."""
    if request.organisation.kind != Organisation.Kind.OFFICE:
        raise Http404
    return request.organisation


def get_assignments(request: SignedInRequest, key: int) -> PersonAssignments:
    """The 担当 of a person. Raises Http404 where the organisation may know nothing of the person."""
    person_assignments = assignments.read(request.caller, key, request.purpose)
    if person_assignments is None:
        raise Http404
    return person_assignments


def get_assignments_as_office(request: SignedInRequest, key: int) -> PersonAssignments:
    """As ``get_assignments``, on a page for offices."""
    get_office(request)
    return get_assignments(request, key)


def get_assignments_as_insurer(request: SignedInRequest, key: int) -> PersonAssignments:
    """As ``get_assignments``, on a page for the insurer of the person. Raises Http404 for everybody else."""
    if request.organisation.kind != Organisation.Kind.MUNICIPALITY:
        raise Http404
    return get_assignments(request, key)


def refusal(answer: str, *, not_found: tuple[str, ...] = ()) -> str:
    """The sentence for an answer that is not ``ok``. Raises Http404 for one of ``not_found``."""
    if answer in not_found:
        raise Http404
    return words.sentence(answer)
