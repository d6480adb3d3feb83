"""What every page of 運営基準 begins with: the person, for the office that makes the person's plan and nobody else."""

from __future__ import annotations

from django.http import Http404

from kiban.evidence.operating_standard import standing, words
from kiban.evidence.operating_standard.facts import Fact
from kiban.evidence.operating_standard.standing import Standing
from kiban.evidence.operating_standard.vocabulary import ENTRIES, Entry, Kind
from kiban.web.request import SignedInRequest

NOT_OF_THIS_OFFICE = (
    "assignment:",
    "standard:other_office",
    "plan:not_plan_office",
)  # how answers begin where another office makes the plan


def get_standing(request: SignedInRequest, key: int) -> Standing:
    """A person with what is known. Raises Http404 for an office that does not make the person's plan."""
    found = standing.of_person(request.caller, key, request.purpose)
    if found is None:
        raise Http404
    return found


def get_fact(request: SignedInRequest, key: int, number: int) -> tuple[Standing, Fact]:
    """The same, and the fact an address names. Raises Http404 where there is none, or it was taken back."""
    found = get_standing(request, key)
    fact = found.fact(number)
    if fact is None:
        raise Http404
    return found, fact


def get_entry(kind: str) -> Entry:
    """The kind an address names. Raises Http404 where there is none."""
    if kind not in set(Kind):
        raise Http404
    return ENTRIES[Kind(kind)]


def refusal(answer: str) -> str:
    """The sentence for what stood in the way. Raises Http404 where the plan is another office's."""
    if answer.startswith(NOT_OF_THIS_OFFICE):
        raise Http404
    return words.sentence(answer)
