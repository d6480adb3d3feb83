"""予実突合 against an independent model: one event at a time instead of counts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.formats.careplan.layouts import Document, Kind, layout
from kiban.formats.careplan.matching import Outcome, match

OFFICES = ("1370000028", "1370000036")
CODES = ("111111", "112211", "151141")
MONTH = "202610"


def document(kind: Kind, events) -> Document:
    """Rows of 第6表 for (user, day, office, code, times)."""
    form = layout(kind)
    found = Document(form)
    for user, day, office, code, times in events:
        row = [""] * form.width
        for name, value in {
            "CSVバージョン": "202407",
            "保険者番号": "131136",
            "被保険者番号": user,
            "対象年月": MONTH,
            "サービス利用日": f"{MONTH}{day:02d}",
            "サービス回数": str(times),
            "サービスコード": code,
            "サービス事業者コード": office,
            "サービス事業所名": f"試験事業所{office[-1]}",
        }.items():
            row[form.number(name) - 1] = value
        found.rows.append(tuple(row))
        found.lines.append(len(found.rows))
    return found


def matched(planned, done):
    return match([document(Kind.SCHEDULE, planned)], [document(Kind.ACTUAL, done)])


def model(planned, done):
    """How many events of each outcome, taken one by one from two heaps per user and day."""
    sent = {office for _, _, office, _, _ in done}
    found: Counter[Outcome] = Counter()
    places = {(user, day) for user, day, *_ in [*planned, *done]}
    for place in places:
        left = [(o, c) for u, d, o, c, n in planned if (u, d) == place for _ in range(n)]
        over = [(o, c) for u, d, o, c, n in done if (u, d) == place for _ in range(n)]
        for rule, outcome in (
            (lambda a, b: a == b, None),
            (lambda a, b: a[1] == b[1], Outcome.OTHER_OFFICE),
            (lambda a, b: a[0] == b[0] and a[1][:2] == b[1][:2], Outcome.OTHER_CODE),
        ):
            for event in sorted(left):
                partner = next((other for other in sorted(over) if rule(event, other)), None)
                if partner is not None:
                    left.remove(event)
                    over.remove(partner)
                    if outcome:
                        found[outcome] += 1
        for office, _ in left:
            found[Outcome.FEWER if office in sent else Outcome.NOT_SENT] += 1
        found[Outcome.MORE] += len(over)
    return +found


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["0000000001", "0000000002"]),
        st.integers(1, 3),
        st.sampled_from(OFFICES),
        st.sampled_from(CODES),
        st.integers(1, 3),
    ),
    max_size=12,
)


@given(EVENTS, EVENTS)
def test_the_same_as_the_model(planned, done):
    counted: Counter[Outcome] = Counter()
    for month in matched(planned, done).months:
        for difference in month.differences:
            counted[difference.outcome] += difference.times
    assert +counted == model(planned, done)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_same_on_both_sides_in_any_order_is_no_difference(events, chance):
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert matched(events, shuffled).differing == []


@given(EVENTS, EVENTS)
def test_nothing_is_lost(planned, done):
    """What was planned and not matched, and done and not matched, is just what the differences hold."""
    short = sum(n for *_, n in planned) - sum(n for *_, n in done)
    signs = {Outcome.FEWER: 1, Outcome.NOT_SENT: 1, Outcome.MORE: -1}
    differences = [difference for month in matched(planned, done).months for difference in month.differences]
    assert sum(signs.get(difference.outcome, 0) * difference.times for difference in differences) == short


def only_differences(planned, done):
    (month,) = matched(planned, done).months
    return [(d.day, d.outcome, d.times) for d in month.differences]


USER = "0000000001"


@pytest.mark.parametrize(
    ("planned", "done", "differences"),
    [
        ([(USER, 1, OFFICES[0], CODES[0], 2)], [(USER, 1, OFFICES[0], CODES[0], 1)], [(1, Outcome.FEWER, 1)]),
        ([(USER, 1, OFFICES[0], CODES[0], 1)], [(USER, 1, OFFICES[0], CODES[0], 3)], [(1, Outcome.MORE, 2)]),
        ([(USER, 1, OFFICES[0], CODES[0], 1)], [(USER, 1, OFFICES[1], CODES[0], 1)], [(1, Outcome.OTHER_OFFICE, 1)]),
        ([(USER, 1, OFFICES[0], CODES[0], 1)], [(USER, 1, OFFICES[0], CODES[1], 1)], [(1, Outcome.OTHER_CODE, 1)]),
        ([(USER, 1, OFFICES[0], CODES[0], 1)], [], [(1, Outcome.NOT_SENT, 1)]),
        (
            [(USER, 1, OFFICES[0], CODES[0], 1)],
            [(USER, 2, OFFICES[0], CODES[0], 1)],
            [(1, Outcome.FEWER, 1), (2, Outcome.MORE, 1)],
        ),
    ],
)
def test_each_outcome(planned, done, differences):
    assert only_differences(planned, done) == differences


def test_who_has_not_sent_yet():
    planned = [(USER, 1, OFFICES[0], CODES[0], 1), (USER, 1, OFFICES[1], CODES[2], 1)]
    result = matched(planned, [(USER, 1, OFFICES[0], CODES[0], 1)])
    assert result.waiting == {MONTH: {OFFICES[1]}}
    assert result.offices[OFFICES[1]] == f"試験事業所{OFFICES[1][-1]}"


def test_a_file_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="not a file of"):
        match([document(Kind.ACTUAL, [])], [])
