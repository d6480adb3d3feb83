"""What every page about a consent begins with: what the person said, for organisations in charge and nobody else."""

from __future__ import annotations

from django.http import Http404

from kiban.consent import history, words
from kiban.consent.history import Fact, History
from kiban.web.request import SignedInRequest


def get_history(request: SignedInRequest, key: int) -> History:
    """All that a person said. Raises Http404 where the organisation is not in charge of the person."""
    person_history = history.read(request.caller, key, request.purpose)
    if person_history is None:
        raise Http404
    return person_history


def get_fact(request: SignedInRequest, key: int, subject: str, number: int) -> tuple[History, Fact]:
    """All that a person said, and the fact an address names. Raises Http404 where this organisation recorded none."""
    person_history = get_history(request, key)
    fact = person_history.fact(subject, number)
    if fact is None:
        raise Http404
    return person_history, fact


def refusal(answer: str) -> str:
    """The sentence for an answer that is not ``ok``. Raises Http404 where the organisation is not in charge."""
    if answer.startswith("assignment:"):
        raise Http404
    return words.sentence(answer)
