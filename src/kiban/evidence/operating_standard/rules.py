"""運営基準減算 watch: for one person and one month, how it stands with each requirement, and what proves it.

Pure: facts in, results out. docs/algorithms/operating-standard.md tells the rules and their sources. They say what can
be proved; whether anything is reduced is for the 指定権者 to say, and no result says it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kiban.evidence.operating_standard.facts import Fact, PlanMade, Proof, Result, State
from kiban.evidence.operating_standard.monitoring import judge_month
from kiban.evidence.operating_standard.months import month_of, shows_gaps
from kiban.evidence.operating_standard.occasions import Occasion, Occasions
from kiban.evidence.operating_standard.requirements import Requirement
from kiban.evidence.operating_standard.steps import not_enough, not_known
from kiban.evidence.operating_standard.vocabulary import Kind
from kiban.terms.months import month_after
from kiban.terms.wareki import to_wareki

NO_PLAN = "この月に効いている計画書が登録されていません。紙やほかのソフトで作ったときは、その日を入れてください。"
BEFORE = "計画書を作る前の月です。"
OF_KIND = {
    Requirement.ASSESSMENT: Kind.ASSESSMENT,
    Requirement.MEETING: Kind.MEETING,
    Requirement.AGREEMENT: Kind.AGREEMENT,
    Requirement.DELIVERY: Kind.DELIVERY,
}


def judge(
    month: dt.date, today: dt.date, plans: Sequence[PlanMade], facts: Sequence[Fact]
) -> Mapping[Requirement, Result]:
    """How it stands with every requirement.

    Args:
        month: its first day.
        plans: those the platform holds, of the person and the office.
        facts: those entered, in any order; mistaken ones prove nothing.
    """
    until = month_after(month) - dt.timedelta(days=1)
    history = _History(until, plans, facts, Occasions.of(plans, facts))
    if history.occasions.begins_after(until):
        return {one: Result(one, State.NOT_YET, (BEFORE,)) for one in Requirement}
    results = {one: _of_occasions(one, history) for one in OF_KIND}
    results[Requirement.MONITORING] = _monitoring(month, history)
    if not shows_gaps(month, today):
        results = {name: _still_to_come(result) for name, result in results.items()}
    return results


@dataclass(frozen=True)
class _History:
    """What is known of the person; ``until`` is the last day of the month that is looked at."""

    until: dt.date
    plans: Sequence[PlanMade]
    facts: Sequence[Fact]
    occasions: Occasions


def _still_to_come(result: Result) -> Result:
    return replace(result, state=State.COMING, since=None) if result.state is State.MISSING else result


def _monitoring(month: dt.date, history: _History) -> Result:
    is_first = history.occasions.is_first_month(month, history.until)
    judged = judge_month(month, history.facts, is_first_month=is_first)
    since = month if judged.state is State.MISSING else None
    return Result(Requirement.MONITORING, judged.state, judged.reasons, tuple(map(_proof_of, judged.used)), since)


def _of_occasions(requirement: Requirement, history: _History) -> Result:
    """Of the plan that holds in the month; a meeting also of the last certification. The worse of the two counts."""
    found = [_answered(requirement, *asked, history) for asked in _asked(requirement, history)]
    if not found:
        return Result(requirement, State.UNKNOWN, (NO_PLAN,))
    return min(found, key=lambda one: one.state.weight)


def _asked(requirement: Requirement, history: _History) -> Iterator[tuple[Occasion, dt.date | None]]:
    """Each occasion that asks for the requirement, with the day after which a step answers it."""
    occasions = history.occasions
    plan = occasions.plan_of(history.until)
    if plan is not None:
        yield plan, occasions.before_plan(plan)
    certification = occasions.certification_of(history.until)
    if requirement is Requirement.MEETING and certification is not None:
        yield certification, occasions.before_certification(certification)


def _answered(requirement: Requirement, occasion: Occasion, after: dt.date | None, history: _History) -> Result:
    """The best of what was done for an occasion up to the end of the month."""
    candidates = [_of_plan(requirement, plan, history.until) for plan in history.plans if plan.made_on == occasion.on]
    candidates += [
        _of_fact(requirement, fact)
        for fact in history.facts
        if fact.kind is OF_KIND[requirement]
        and not fact.is_mistaken
        and fact.on <= history.until
        and (after is None or fact.on > after)
    ]
    best = max(
        (one for one in candidates if one is not None),
        key=lambda one: (one.state.weight, one.proofs[0].on),
        default=Result(requirement, State.MISSING, (_nothing(requirement, occasion),)),
    )
    return replace(best, since=month_of(occasion.on)) if best.state is State.MISSING else best


def _nothing(requirement: Requirement, occasion: Occasion) -> str:
    return f"{to_wareki(occasion.on)}の{occasion.what}について、{requirement.label}の記録がありません。"


def _of_plan(requirement: Requirement, plan: PlanMade, until: dt.date) -> Result | None:
    """What was registered about a plan: agreement and delivery."""
    what, registered = {
        Requirement.AGREEMENT: ("同意・確認用登録", plan.agreed),
        Requirement.DELIVERY: ("交付用登録", plan.delivered),
    }.get(requirement, ("", None))
    if registered is None or registered.on > until:
        return None
    details = (registered.whom,) if registered.whom else ()
    proof = Proof(what, registered.on, details, registered.recorded_at, registered.by, from_plan=True)
    return Result(requirement, State.PROVED, (), (proof,))


def _of_fact(requirement: Requirement, fact: Fact) -> Result:
    missing, unknown = not_enough(fact), not_known(fact)
    state = State.MISSING if missing else State.UNKNOWN if unknown else State.PROVED
    return Result(requirement, state, (*missing, *unknown), (_proof_of(fact),))


def _proof_of(fact: Fact) -> Proof:
    details = list(fact.ticked)
    if fact.kind is Kind.MONITORING:
        written = f"結果の記録: {to_wareki(fact.written_on)}" if fact.written_on else "結果の記録: 日付なし"
        details.append(written)
    return Proof(fact.what, fact.on, tuple(details), fact.recorded_at, fact.by)
