"""The rules of the 運営基準減算 watch: against a model over generated histories, and each by an example."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.evidence.operating_standard import monitoring, rules, steps
from kiban.evidence.operating_standard.facts import Fact, PlanMade, Registered, State
from kiban.evidence.operating_standard.requirements import SOURCES, Requirement
from kiban.evidence.operating_standard.vocabulary import ENTRIES, VIDEO_TERMS, Kind, Tick, Way
from tests.evidence.operating_standard import model

FIRST, SPAN = dt.date(2026, 3, 20), 100  # four months, with their ends
DAYS = st.integers(0, SPAN).map(lambda number: FIRST + dt.timedelta(days=number))
MONTHS = st.sampled_from([dt.date(2026, month, 1) for month in range(3, 8)])
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
LATE, EARLY = dt.date(2026, 11, 20), dt.date(2026, 11, 19)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    found = []
    for number in range(draw(st.integers(0, 9))):
        entry = ENTRIES[draw(st.sampled_from(list(Kind)))]
        ticks = frozenset(draw(st.sets(st.sampled_from(list(entry.ticks))))) if entry.ticks else frozenset()
        if entry.kind is Kind.MEETING and draw(st.booleans()):
            ticks |= VIDEO_TERMS
        if entry.kind is Kind.MONITORING and draw(st.booleans()):
            ticks |= {Tick.USER_MET}
        on = draw(DAYS)
        written = on + dt.timedelta(days=draw(st.integers(0, 20))) if entry.has_record and draw(st.booleans()) else None
        way = draw(st.sampled_from(list(entry.ways)))
        found.append(Fact(number, entry.kind, on, way, ticks, written, is_mistaken=draw(st.integers(0, 5)) == 0))
    return found


@st.composite
def plans(draw: st.DrawFn) -> list[PlanMade]:
    found = []
    for made in sorted(draw(st.sets(DAYS, max_size=3))):
        after = [draw(st.none() | st.integers(0, 40)) for _ in range(2)]
        agreed, delivered = (None if one is None else Registered(made + dt.timedelta(days=one)) for one in after)
        found.append(PlanMade(made, draw(st.booleans()), agreed, delivered))
    return found


@settings(max_examples=800, deadline=None)
@given(MONTHS, DAYS, plans(), facts())
def test_every_history_is_judged_as_the_model_judges_it(month, today, made, entered):
    entries = [
        (one.kind.value, one.on, one.way.value, frozenset(tick.value for tick in one.ticks), one.written_on)
        for one in entered
        if not one.is_mistaken
    ]
    of_plans = [
        (one.made_on, one.is_first, one.agreed and one.agreed.on, one.delivered and one.delivered.on) for one in made
    ]
    found = rules.judge(month, today, made, entered)
    assert {name.value: result.state.value for name, result in found.items()} == model.judge(
        month, today, of_plans, entries
    )


@settings(max_examples=300, deadline=None)
@given(MONTHS, DAYS, plans(), facts(), st.randoms())
def test_the_order_of_entries_and_mistaken_ones_change_nothing(month, today, made, entered, random):
    standing = [one for one in entered if not one.is_mistaken]
    shuffled = random.sample(entered, len(entered))
    states = [
        {name: (result.state, result.since) for name, result in rules.judge(month, today, made, some).items()}
        for some in (entered, shuffled, standing)
    ]
    assert states[0] == states[1] == states[2]


@settings(max_examples=300, deadline=None)
@given(MONTHS, DAYS, plans(), facts())
def test_every_result_says_why_or_by_what(month, today, made, entered):
    for result in rules.judge(month, today, made, entered).values():
        assert bool(result.reasons) == (result.state is not State.PROVED)
        assert result.state is not State.PROVED or result.proofs
        assert (result.since is not None) == (result.state is State.MISSING)
        assert "減算" not in "".join(result.reasons)


def fact(kind: Kind, on: dt.date, way: Way, *ticks: Tick, written: dt.date | None = None, number: int = 1) -> Fact:
    return Fact(number, kind, on, way, frozenset(ticks), written)


def visit(day: dt.date) -> Fact:
    return fact(Kind.MONITORING, day, Way.VISIT, Tick.USER_MET, written=day)


def call(day: dt.date) -> Fact:
    return fact(Kind.MONITORING, day, Way.VIDEO, Tick.USER_MET, written=day)


def of_november(*entered: Fact, today: dt.date = LATE) -> tuple[State, tuple[str, ...]]:
    result = rules.judge(NOVEMBER, today, [], entered)[Requirement.MONITORING]
    return result.state, result.reasons


class TestMonitoring:
    TERMS = fact(Kind.MEETING, dt.date(2026, 9, 5), Way.TOGETHER, *VIDEO_TERMS, number=7)
    CONSENT = fact(Kind.VIDEO_CONSENT, dt.date(2026, 9, 4), Way.WRITING, number=8)

    def test_a_gap_is_shown_from_the_twentieth_on(self):
        assert of_november(today=EARLY) == (State.COMING, (monitoring.NOTHING,))
        assert of_november(today=LATE) == (State.MISSING, (monitoring.NOTHING,))

    def test_a_visit_with_its_record_proves_the_month(self):
        assert of_november(visit(dt.date(2026, 11, 30))) == (State.PROVED, ())

    def test_a_visit_without_a_record_does_not(self):
        alone = fact(Kind.MONITORING, dt.date(2026, 11, 5), Way.VISIT, Tick.USER_MET)
        assert of_november(alone) == (State.MISSING, (monitoring.NO_RECORD,))

    def test_a_record_of_the_next_month_is_not_decided_here(self):
        late = fact(Kind.MONITORING, dt.date(2026, 11, 5), Way.VISIT, Tick.USER_MET, written=dt.date(2026, 12, 1))
        assert of_november(late) == (State.UNKNOWN, (monitoring.LATE_RECORD,))

    def test_a_video_call_needs_all_of_its_conditions(self):
        before = visit(dt.date(2026, 10, 31))
        november = call(dt.date(2026, 11, 5))
        assert of_november(before, november, self.TERMS, self.CONSENT) == (State.PROVED, ())
        assert of_november(november, self.TERMS, self.CONSENT) == (State.MISSING, (monitoring.NO_VISIT_BEFORE,))
        assert of_november(before, november, self.TERMS) == (State.MISSING, (monitoring.NO_CONSENT,))
        state, (reason,) = of_november(before, november, self.CONSENT)
        assert state is State.MISSING
        assert reason.startswith(monitoring.NO_TERMS)

    def test_of_two_months_by_video_the_second_lacks_its_visit(self):
        entered = (visit(dt.date(2026, 9, 3)), call(dt.date(2026, 10, 3)), call(dt.date(2026, 11, 3)))
        found = [
            rules.judge(month, LATE, [], (*entered, self.TERMS, self.CONSENT))[Requirement.MONITORING].state
            for month in (dt.date(2026, 9, 1), OCTOBER, NOVEMBER)
        ]
        assert found == [State.PROVED, State.PROVED, State.MISSING]

    def test_a_consent_taken_back_holds_no_more(self):
        over = fact(Kind.VIDEO_END, dt.date(2026, 11, 5), Way.SPOKEN, number=9)
        entered = (visit(dt.date(2026, 10, 3)), call(dt.date(2026, 11, 5)), self.TERMS, self.CONSENT, over)
        assert of_november(*entered) == (State.MISSING, (monitoring.NO_CONSENT,))

    def test_a_special_reason_is_for_others_to_judge(self):
        away = fact(
            Kind.MONITORING, dt.date(2026, 11, 5), Way.ELSEWHERE, Tick.USER_MET, Tick.SPECIAL,
            written=dt.date(2026, 11, 5),
        )  # fmt: skip
        assert of_november(away) == (State.UNKNOWN, (monitoring.SPECIAL,))

    def test_of_the_first_month_it_is_not_known(self):
        first = PlanMade(dt.date(2026, 11, 2), is_first=True)
        result = rules.judge(NOVEMBER, LATE, [first], [])[Requirement.MONITORING]
        assert (result.state, result.reasons) == (State.UNKNOWN, (monitoring.FIRST_MONTH,))


class TestPlans:
    PLAN = PlanMade(dt.date(2026, 10, 5), agreed=Registered(dt.date(2026, 10, 6), "本人"))

    def of(self, requirement: Requirement, *entered: Fact, month: dt.date = NOVEMBER, plans: tuple = (PLAN,)):
        return rules.judge(month, LATE, plans, entered)[requirement]

    def test_agreement_comes_from_the_plan_itself(self):
        found = self.of(Requirement.AGREEMENT)
        assert (found.state, found.proofs[0].on) == (State.PROVED, dt.date(2026, 10, 6))
        assert found.proofs[0].from_plan

    def test_what_is_lacking_is_lacking_since_the_month_of_the_plan(self):
        assert self.of(Requirement.DELIVERY).since == OCTOBER

    def test_and_is_over_in_the_month_it_was_done(self):
        late = fact(Kind.DELIVERY, dt.date(2026, 11, 3), Way.HANDED, Tick.TO_USER, Tick.TO_PROVIDERS)
        assert self.of(Requirement.DELIVERY, late, month=OCTOBER).state is State.MISSING
        assert self.of(Requirement.DELIVERY, late).state is State.PROVED

    def test_what_answered_the_plan_before_does_not_answer_this_one(self):
        meeting = fact(Kind.MEETING, dt.date(2026, 10, 4), Way.TOGETHER)
        later = PlanMade(dt.date(2026, 11, 2))
        assert self.of(Requirement.MEETING, meeting).state is State.PROVED
        assert self.of(Requirement.MEETING, meeting, plans=(self.PLAN, later)).state is State.MISSING

    def test_a_renewed_certification_asks_for_a_meeting_and_nothing_else(self):
        entered = (
            fact(Kind.MEETING, dt.date(2026, 10, 4), Way.TOGETHER),
            fact(Kind.OCCASION, dt.date(2026, 11, 10), Way.RENEWAL, number=2),
        )
        found = self.of(Requirement.MEETING, *entered)
        assert (found.state, found.since) == (State.MISSING, NOVEMBER)
        assert self.of(Requirement.AGREEMENT, *entered).state is State.PROVED

    def test_without_a_plan_nothing_is_guessed(self):
        assert self.of(Requirement.DELIVERY, plans=()).reasons == (rules.NO_PLAN,)

    def test_before_the_first_plan_nothing_is_asked(self):
        first = PlanMade(dt.date(2026, 11, 2), is_first=True)
        states = {result.state for result in rules.judge(OCTOBER, LATE, [first], []).values()}
        assert states == {State.NOT_YET}

    def test_a_step_that_is_half_ticked_is_not_known(self):
        half = fact(Kind.ASSESSMENT, dt.date(2026, 10, 1), Way.VISIT, Tick.USER_MET)
        found = self.of(Requirement.ASSESSMENT, half)
        assert (found.state, found.reasons) == (State.UNKNOWN, (steps.FAMILY,))


def test_every_rule_says_where_it_comes_from():
    for requirement in Requirement:
        assert all(source.where and source.says and source.checked_on for source in SOURCES[requirement])
