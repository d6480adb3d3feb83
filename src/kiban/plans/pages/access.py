"""What every page about a plan begins with: the plans, for the office that makes them and nobody else."""

from __future__ import annotations

from django.http import Http404

from kiban.plans import office_plans, words
from kiban.plans.office_plans import OfficePlan, PersonPlans
from kiban.web.request import SignedInRequest

NOT_OF_THIS_OFFICE = ("assignment:", "plan:not_plan_office")  # how answers begin where another office makes the plan


def get_person_plans(request: SignedInRequest, key: int) -> PersonPlans:
    """The office's plans for a person. Raises Http404 for an office that does not make the person's plan."""
    person_plans = office_plans.read(request.caller, key)
    if person_plans is None:
        raise Http404
    return person_plans


def get_plan(request: SignedInRequest, key: int, number: int) -> tuple[PersonPlans, OfficePlan]:
    """The office's plans for a person, and the one an address names. Raises Http404 where there is none."""
    person_plans = get_person_plans(request, key)
    plan = person_plans.plan(number)
    if plan is None:
        raise Http404
    return person_plans, plan


def refusal(answer: str) -> str:
    """The sentence for an answer that is not ``ok``. Raises Http404 where the plan is not this office's."""
    if answer.startswith(NOT_OF_THIS_OFFICE):
        raise Http404
    return words.sentence(answer)
