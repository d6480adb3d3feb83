"""What holds of a month, from the boxes: each line once, whoever asks."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.month import in_force
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import put_together
from kiban.formats.careplan.layouts import of_bytes
from kiban.formats.careplan.layouts import sample_month as months
from kiban.formats.careplan.layouts.sample_month import MONTH
from kiban.gate.events import Purpose

pytestmark = pytest.mark.database
_users = itertools.count(70_000_001, 100)


@pytest.fixture
def play(world):
    """One care manager, two service offices, four users of which some go to both."""
    offices = [world.organisation("43"), world.organisation("11"), world.organisation("13")]
    month = months.made([office.number for office in offices], 1, 4, 7, next(_users))
    parties = {
        office.number: Participant(
            world.actor(office, "clerk").caller, Purpose.SERVICE_PROVISION if at else Purpose.CARE_PLANNING
        )
        for at, office in enumerate(offices)
    }
    for at, user in enumerate(month.users):
        user.providers = month.providers if at % 2 else month.providers[:1]
        user.planned = [(office.number, months.code(office), 3 + at) for office in user.providers]
        user.done = list(user.planned)
    return month, parties


def send(parties, office, files) -> int:
    (unit,), _ = put_together([of_bytes(name, content) for name, content in files.items()])
    assert unit.is_sendable, [finding.message for finding in unit.findings]
    result, number = boxes.stage(parties[office.number], unit)
    assert (result, boxes.send(parties[office.number], number, unit)) == ("ok", "ok")
    return number


def lines(documents):
    return Counter((row[2], row[19], row[14], int(row[9][6:])) for document in documents for row in document.rows)


def planned(users, *offices):
    return Counter((user.number, *line) for user in users for line in user.planned if line[0] in offices)


def test_each_planned_line_counts_once(play):
    month, parties = play
    (planner,), (first, second) = month.planners, month.providers
    for provider in month.providers:
        send(
            parties,
            planner,
            months.schedule(planner, provider, month.served(planner, provider), planner.sequence()),
        )
    own = in_force.of_month(parties[planner.number], MONTH)
    assert lines(own.planned) == planned(month.users, first.number, second.number)
    for provider in month.providers:
        seen = in_force.of_month(parties[provider.number], MONTH)
        served = month.served(planner, provider)
        assert {key: number for key, number in lines(seen.planned).items() if key[1] == provider.number} == planned(
            served, provider.number
        )
    with_first = in_force.of_month(parties[planner.number], MONTH, first.number)
    assert {key[1] for key in lines(with_first.planned) if key[0] == month.users[0].number} == {first.number}


def test_lines_of_an_office_that_is_not_here_come_from_the_newest(play):
    month, parties = play
    (planner,), (first, second) = month.planners, month.providers
    both = [user for user in month.users if second in user.providers]
    send(parties, planner, months.schedule(planner, first, both, planner.sequence()))  # the second was told nothing
    both[0].planned.append((second.number, months.code(second), 20))
    send(parties, planner, months.schedule(planner, first, both, planner.sequence()))
    own = in_force.of_month(parties[planner.number], MONTH)
    assert lines(own.planned) == planned(both, first.number, second.number)


def test_done_lines_are_those_of_the_last_word(play):
    month, parties = play
    (planner,), (first, _) = month.planners, month.providers
    users = month.served(planner, first)
    send(parties, first, months.actual(first, planner, users, first.sequence()))
    users[0].done = [(first.number, months.code(first), 28)]
    send(parties, first, months.actual(first, planner, users[:1], first.sequence()))
    expected = Counter((user.number, *line) for user in users for line in user.done if line[0] == first.number)
    for participant in (parties[planner.number], parties[first.number]):
        assert lines(in_force.of_month(participant, MONTH).done) == expected


def test_nothing_exchanged_is_nothing_held_and_opens_nothing(play, world):
    month, parties = play
    participant = parties[month.planners[0].number]
    assert in_force.of_month(participant, MONTH) == in_force.MonthInForce()
    assert not world.log(certificate=participant.caller.certificate)
