"""A month of 60 offices and 800 users with planted faults: what is in force at the end equals an independent model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.formats.careplan.layouts import Kind
from kiban.formats.careplan.layouts import sample_month as months
from kiban.formats.careplan.layouts.sample_month import MONTH, Office, User
from tests.exchange.month_play import Meant, Play, of_match

pytestmark = pytest.mark.database
Pairs = Iterator[tuple[Office, Office]]
REFUSED = {
    "already", "check", "exchange:stranger", "exchange:not_own", "exchange:nothing_to_delete", "terminal:revoked",
}  # fmt: skip


def test_a_month_of_offices_ends_as_the_model_says(world):
    play = Play(world, seed=20261101)
    sent = {
        (planner.number, provider.number): play.schedule(planner, provider, play.month.served(planner, provider))
        for planner, provider in play.month.pairs()
    }
    pairs = play.month.pairs()
    play.chance.shuffle(pairs)
    at = iter(pairs)
    the_same_unit_again(play, at, sent)
    what_must_not_go(play, at)
    for _ in range(20):
        correct(play, *next(at))
    for _ in range(10):
        withdraw(play, *next(at))
    for _ in range(10):
        delete(play, *next(at))
    change_what_was_done(play)
    silent = send_actuals(play)
    a_revoked_terminal(play, at)
    for planner, provider in play.month.pairs():
        in_force_is_the_models(play, planner, provider)
    for planner in play.month.planners:
        matching_finds_what_was_changed(play, planner)
    assert missing_actuals(play) == {
        pair for pair in silent if play.expected(*pair, "schedule") and not play.expected(pair[1], pair[0], "actual")
    }
    assert set(play.refused) >= REFUSED


def the_same_unit_again(play: Play, at: Pairs, sent: dict[tuple[str, str], Meant]) -> None:
    """By a second PC, and with other content under the same 連番."""
    planner, provider = next(at)
    users, sequence = play.month.served(planner, provider), sent[planner.number, provider.number].sequence
    same = months.schedule(planner, provider, users, sequence)
    assert play.send(play.party(planner), same)[0] == "already"
    other = months.schedule(planner, provider, users[:1], sequence)
    assert play.send(play.party(planner), other)[0] == ("exchange:sequence_used" if len(users) > 1 else "already")


def what_must_not_go(play: Play, at: Pairs) -> None:
    """Users of another office, somebody else's name, a file cut off, a deletion of what was never sent."""
    planner, provider = next(at)
    users = play.month.served(planner, provider)
    wrong = next(office for office in play.month.providers if not play.month.served(planner, office))
    broken = months.schedule(planner, provider, users, planner.sequence())
    name = next(file for file in broken if file.startswith("UPPLAN"))
    broken[name] = broken[name][: len(broken[name]) // 2]
    for sender, files, word in (
        (planner, months.schedule(planner, wrong, users, planner.sequence()), "check"),
        (planner, months.plan(planner, wrong, users, planner.sequence()), "exchange:stranger"),
        (provider, months.schedule(planner, provider, users, planner.sequence()), "exchange:not_own"),
        (planner, broken, "check"),
        (planner, months.schedule_delete(planner, wrong, users, planner.sequence()), "exchange:nothing_to_delete"),
    ):
        assert play.send(play.party(sender), files)[0] == word


def planned_at(users: list[User], office: Office) -> list[User]:
    return [user for user in users if any(line[0] == office.number for line in user.planned)]


def correct(play: Play, planner: Office, provider: Office) -> None:
    """Some services fall away: new units to all offices of these users, and one written before that arrives after."""
    late = planner.sequence()
    served = play.month.served(planner, provider)
    for user in served:
        user.planned = [line for line in user.planned if play.chance.random() < 0.9] or user.planned
        user.done = list(user.planned)
    for office in {office.number: office for user in served for office in user.providers}.values():
        if users := planned_at(play.month.served(planner, office), office):
            play.schedule(planner, office, users)
    if before := planned_at(served, provider):
        play.schedule(planner, provider, before[:1], sequence=late)


def withdraw(play: Play, planner: Office, provider: Office) -> None:
    meant = play.schedule(planner, provider, play.month.served(planner, provider)[:1])
    assert boxes.withdraw(play.party(planner), meant.number) == "ok"
    meant.withdrawn = True


def delete(play: Play, planner: Office, provider: Office) -> None:
    gone, sequence = play.month.served(planner, provider)[:1], planner.sequence()
    files = months.schedule_delete(planner, provider, gone, sequence)
    result, number, _ = play.send(play.party(planner), files)
    assert result == "ok"
    nothing_left = {user.number: None for user in gone}
    play.note(Meant(planner.number, provider.number, sequence, "schedule", nothing_left, number))


def change_what_was_done(play: Play) -> None:
    """What was done differs from what was planned, in ways that are remembered."""
    chance = play.chance
    for user in chance.sample(play.month.users, 120):
        if chance.random() < 0.5 and len(user.done) > 1:
            user.done.remove(chance.choice(user.done))
        else:
            office, service_code, _ = chance.choice(user.done)
            free = [day for day in range(1, 32) if (office, service_code, day) not in user.done]
            user.done.append((office, service_code, chance.choice(free)))


def send_actuals(play: Play) -> set[tuple[str, str]]:
    """Most offices send; what some receivers cannot take in is sent anew. Returns the pairs without 実績."""
    silent = set()
    for planner, provider in play.month.pairs():
        served = play.month.served(planner, provider)
        users = [user for user in served if any(line[0] == provider.number for line in user.done)]
        if play.chance.random() < 0.05 or not users:
            silent.add((planner.number, provider.number))
            continue
        meant = play.actual(provider, planner, users)
        if play.chance.random() < 0.2:
            receiver = play.party(planner)
            assert boxes.open_units(receiver, [meant.number]) is not None
            assert boxes.settle(receiver, meant.number, "error", ["1行目を取り込めません"]) == "ok"
            again = play.actual(provider, planner, users)
            assert boxes.open_units(receiver, [again.number]) is not None
            assert boxes.settle(receiver, again.number, "taken", []) == "ok"
    return silent


def a_revoked_terminal(play: Play, at: Pairs) -> None:
    planner, provider = next(at)
    files = months.schedule(planner, provider, play.month.served(planner, provider), planner.sequence())
    certificate = play.party(planner).caller.certificate
    revoke = "UPDATE terminals_certificate SET revoked_at = {}, revocation_reason = '{}' WHERE fingerprint = %s"
    play.world.run(revoke.format("now()", "紛失"), certificate)
    assert play.send(play.party(planner), files)[0] == "terminal:revoked"
    play.world.run(revoke.format("NULL", ""), certificate)


def in_force_is_the_models(play: Play, planner: Office, provider: Office) -> None:
    there, back = (planner.number, provider.number), (provider.number, planner.number)
    for way, record, kind in ((there, "schedule", Kind.SCHEDULE), (back, "actual", Kind.ACTUAL)):
        assert play.received(*way, record, kind) == play.expected(*way, record)


def matching_finds_what_was_changed(play: Play, planner: Office) -> None:
    """突合 of a care manager finds just what was changed."""
    planned, done = [], []
    for _, provider in (pair for pair in play.month.pairs() if pair[0] is planner):
        expected = play.expected(planner.number, provider.number, "schedule")
        planned += [
            (user, line) for user, lines in expected.items() for line in lines.elements() if line[0] == provider.number
        ]
        actual = play.expected(provider.number, planner.number, "actual")
        done += [(user, line) for user, lines in actual.items() for line in lines.elements()]
    differing = {}
    for user in {user for user, _ in planned + done}:
        of_user = [[line for other, line in side if other == user] for side in (planned, done)]
        if net := months.differences(*of_user):
            differing[user] = net
    assert of_match(planned, done) == differing


def missing_actuals(play: Play) -> set[tuple[str, str]]:
    """Care manager and office where 予定 were sent and no 実績 came, as the month's page says."""
    return {
        (planner.number, office["number"])
        for planner in play.month.planners
        for office in boxes.month(play.party(planner), MONTH)
        if office["schedules_out"] and not office["actuals_in"]
    }
