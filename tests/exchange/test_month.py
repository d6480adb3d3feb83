"""A month of 60 offices and 800 users with planted faults: what holds at the end equals an independent model."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import SendingUnit, put_together
from kiban.formats.careplan.layouts import Document, Kind, of_bytes, read_bytes
from kiban.formats.careplan.layouts import sample_month as months
from kiban.formats.careplan.layouts.names import kind_of
from kiban.formats.careplan.layouts.sample_month import MONTH, Line, Month, Office, User
from kiban.formats.careplan.matching import match
from kiban.gate.events import Purpose
from tests.world import World

pytestmark = pytest.mark.database
OFFICES, PLANNERS, USERS = 60, 12, 800
_first_users = itertools.count(50_000_001, USERS)


@dataclass
class Meant:
    """A unit somebody meant to send, as the model keeps it."""

    sender: str
    receiver: str
    sequence: str
    record: str
    lines: Mapping[str, Counter[Line] | None]  # user → what holds from now on; None: nothing any more
    number: int = 0
    withdrawn: bool = False


class Play:
    """The offices at their terminals, what they do, and beside it what the model says must come of it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        organisations = [world.organisation("43" if at < PLANNERS else "11") for at in range(OFFICES)]
        self.month: Month = months.made(
            [one.number for one in organisations], PLANNERS, USERS, seed, next(_first_users)
        )
        self.actors = {one.number: world.actor(one, "clerk") for one in organisations}
        self.parties = {
            number: Participant(actor.caller, Purpose.CARE_PLANNING if at < PLANNERS else Purpose.SERVICE_PROVISION)
            for at, (number, actor) in enumerate(self.actors.items())
        }
        self.meant: list[Meant] = []
        self.refused: Counter[str] = Counter()

    # What offices do -------------------------------------------------------------------------------------------------

    def send(self, participant: Participant, files: dict[str, bytes]) -> tuple[str, int | None, SendingUnit]:
        (unit,), rest = put_together([of_bytes(name, content) for name, content in files.items()])
        assert not rest
        if not unit.is_sendable:
            self.refused["check"] += 1
            return "check", None, unit
        result, number = boxes.stage(participant, unit)
        if result == "ok":
            result = boxes.send(participant, number)
        if result != "ok":
            self.refused[result] += 1
        return result, number, unit

    def schedule(self, planner: Office, provider: Office, users: list[User], *, sequence: str = "") -> Meant:
        sequence = sequence or planner.sequence()
        result, number, _ = self.send(self.parties[planner.number], months.schedule(planner, provider, users, sequence))
        assert result == "ok"
        lines = {one.number: Counter(one.planned) for one in users}
        return self.note(Meant(planner.number, provider.number, sequence, "schedule", lines, number))

    def actual(self, provider: Office, planner: Office, users: list[User]) -> Meant:
        sequence = provider.sequence()
        result, number, _ = self.send(self.parties[provider.number], months.actual(provider, planner, users, sequence))
        assert result == "ok"
        own = {one.number: Counter(line for line in one.done if line[0] == provider.number) for one in users}
        lines = {user: done for user, done in own.items() if done}
        return self.note(Meant(provider.number, planner.number, sequence, "actual", lines, number))

    def note(self, meant: Meant) -> Meant:
        self.meant.append(meant)
        return meant

    # What must come of it --------------------------------------------------------------------------------------------

    def expected(self, sender: str, receiver: str, record: str) -> dict[str, Counter[Line]]:
        held: dict[str, Counter[Line] | None] = {}
        units = [
            one
            for one in self.meant
            if (one.sender, one.receiver, one.record, one.withdrawn) == (sender, receiver, record, False)
        ]
        for unit in sorted(units, key=lambda one: one.sequence):
            held.update(unit.lines)
        return {user: lines for user, lines in held.items() if lines}

    def found(self, sender: str, receiver: str, record: str, kind: Kind) -> dict[str, Counter[Line]]:
        """What the receiver gets who asks for everything that holds."""
        held: dict[str, Counter[Line]] = {}
        for document, users in self.documents(sender, receiver, record, kind):
            for row in document.rows:
                if row[2] in users:
                    held.setdefault(row[2], Counter())[row[19], row[14], int(row[9][6:])] += 1
        return held

    def documents(self, sender: str, receiver: str, record: str, kind: Kind) -> list[tuple[Document, set[str]]]:
        participant = self.parties[receiver]
        units, more, refusal = boxes.box(participant, "in", month=MONTH, limit=10_000)
        assert not more and refusal is None
        wanted = [one["id"] for one in units if one["number"] == sender and one["state"] != "withdrawn"]
        if not wanted:
            return []
        opened = boxes.open_units(participant, wanted)
        assert opened is not None
        result = []
        for unit, files in opened.files.items():
            users = {f"{user % 10**10:010}" for user, key in opened.in_force.get(unit, ()) if key.startswith(record)}
            result += [(read_bytes(content, name), users) for name, content in files.items() if kind_of(name) is kind]
        return result


def test_a_month_of_offices_ends_as_the_model_says(world):
    play = Play(world, seed=20261101)
    town, chance = play.month, play.chance
    sent: dict[tuple[str, str], Meant] = {}
    for planner, provider in town.pairs():
        users = town.served(planner, provider)
        sent[planner.number, provider.number] = play.schedule(planner, provider, users)
    pairs = town.pairs()
    chance.shuffle(pairs)
    at = iter(pairs)

    # The same unit by a second PC, and with other content under the same 連番.
    planner, provider = next(at)
    users = town.served(planner, provider)
    twice = months.schedule(planner, provider, users, sent[planner.number, provider.number].sequence)
    assert play.send(play.parties[planner.number], twice)[0] == "already"
    other = months.schedule(planner, provider, users[:1], sent[planner.number, provider.number].sequence)
    other_result = play.send(play.parties[planner.number], other)[0]
    assert other_result == ("exchange:sequence_used" if len(users) > 1 else "already")

    # Users of another office: the check stops it; so do an unknown number and somebody else's name.
    planner, provider = next(at)
    wrong = next(one for one in town.providers if not town.served(planner, one))
    assert play.send(play.parties[planner.number], months.schedule(planner, wrong, town.served(planner, provider),
                                                                 planner.sequence()))[0] == "check"  # fmt: skip
    plans = months.plan(planner, wrong, town.served(planner, provider), planner.sequence())
    assert play.send(play.parties[planner.number], plans)[0] == "exchange:stranger"
    stolen = months.schedule(planner, provider, town.served(planner, provider), planner.sequence())
    assert play.send(play.parties[provider.number], stolen)[0] == "exchange:not_own"

    # A file cut off in the middle, and a deletion of what was never sent.
    broken = months.schedule(planner, provider, town.served(planner, provider), planner.sequence())
    name = next(one for one in broken if one.startswith("UPPLAN"))
    broken[name] = broken[name][: len(broken[name]) // 2]
    assert play.send(play.parties[planner.number], broken)[0] == "check"
    nothing = months.schedule_delete(planner, wrong, town.served(planner, provider), planner.sequence())
    assert play.send(play.parties[planner.number], nothing)[0] == "exchange:nothing_to_delete"

    # Corrections, a late unit, withdrawals, deletions.
    for _ in range(20):
        planner, provider = next(at)
        late = planner.sequence()
        for user in town.served(planner, provider):
            user.planned = [line for line in user.planned if chance.random() < 0.9] or user.planned
            user.done = list(user.planned)
        for office in {one.number: one for user in town.served(planner, provider) for one in user.providers}.values():
            users = [
                one for one in town.served(planner, office) if any(line[0] == office.number for line in one.planned)
            ]
            if users:
                play.schedule(planner, office, users)
        before = [
            one for one in town.served(planner, provider) if any(line[0] == provider.number for line in one.planned)
        ]
        if before:
            play.schedule(planner, provider, before[:1], sequence=late)  # written before, arrives after
    for _ in range(10):
        planner, provider = next(at)
        meant = play.schedule(planner, provider, town.served(planner, provider)[:1])
        assert boxes.withdraw(play.parties[planner.number], meant.number) == "ok"
        meant.withdrawn = True
    for _ in range(10):
        planner, provider = next(at)
        gone = town.served(planner, provider)[:1]
        sequence = planner.sequence()
        result, number, _ = play.send(
            play.parties[planner.number], months.schedule_delete(planner, provider, gone, sequence)
        )
        assert result == "ok"
        nothing_left = {one.number: None for one in gone}
        play.note(Meant(planner.number, provider.number, sequence, "schedule", nothing_left, number))

    # What was done differs from what was planned, in ways that are remembered.
    for user in chance.sample(town.users, 120):
        if chance.random() < 0.5 and len(user.done) > 1:
            user.done.remove(chance.choice(user.done))
        else:
            office, service_code, _ = chance.choice(user.done)
            free = [day for day in range(1, 32) if (office, service_code, day) not in user.done]
            user.done.append((office, service_code, chance.choice(free)))
    silent = set()
    for planner, provider in town.pairs():
        users = [one for one in town.served(planner, provider) if any(line[0] == provider.number for line in one.done)]
        if chance.random() < 0.05 or not users:
            silent.add((planner.number, provider.number))
            continue
        meant = play.actual(provider, planner, users)
        if chance.random() < 0.2:  # the receiver cannot take it in: told, mended, sent anew
            participant = play.parties[planner.number]
            assert boxes.open_units(participant, [meant.number]) is not None
            assert boxes.settle(participant, meant.number, "error", ["1行目を取り込めません"]) == "ok"
            again = play.actual(provider, planner, users)
            assert boxes.open_units(participant, [again.number]) is not None
            assert boxes.settle(participant, again.number, "taken", []) == "ok"

    # A leaver and a revoked terminal send nothing any more.
    planner, provider = next(at)
    files = months.schedule(planner, provider, town.served(planner, provider), planner.sequence())
    world.run(
        "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE fingerprint = %s",
        play.parties[planner.number].caller.certificate,
    )
    assert play.send(play.parties[planner.number], files)[0] == "terminal:revoked"
    world.run(
        "UPDATE terminals_certificate SET revoked_at = NULL, revocation_reason = '' WHERE fingerprint = %s",
        play.parties[planner.number].caller.certificate,
    )

    # The state of every pair, both ways, is the model's.
    for planner, provider in town.pairs():
        ways = (planner.number, provider.number), (provider.number, planner.number)
        for (sender, receiver), record, kind in zip(
            ways, ("schedule", "actual"), (Kind.SCHEDULE, Kind.ACTUAL), strict=True
        ):
            assert play.found(sender, receiver, record, kind) == play.expected(sender, receiver, record)

    # And 突合 of every care manager finds just what was changed.
    for planner in town.planners:
        planned, done = [], []
        for _, provider in (pair for pair in town.pairs() if pair[0] is planner):
            expected = play.expected(planner.number, provider.number, "schedule")
            planned += [(user, line) for user, lines in expected.items() for line in lines.elements()
                        if line[0] == provider.number]  # fmt: skip
            found = play.expected(provider.number, planner.number, "actual")
            done += [(user, line) for user, lines in found.items() for line in lines.elements()]
        users = {user for user, _ in planned + done}
        differing = {
            user: net
            for user in users
            if (net := months.differences((line for one, line in planned if one == user),
                                          (line for one, line in done if one == user)))
        }  # fmt: skip
        assert of_match(planned, done) == differing
    waiting = {
        (planner.number, one["number"])
        for planner in town.planners
        for one in boxes.month(play.parties[planner.number], MONTH)
        if one["schedules_out"] and not one["actuals_in"]
    }
    assert waiting == {
        pair for pair in silent if play.expected(*pair, "schedule") and not play.expected(pair[1], pair[0], "actual")
    }
    assert {"already", "check", "exchange:stranger", "exchange:not_own", "exchange:nothing_to_delete",
            "terminal:revoked"} <= set(play.refused)  # fmt: skip


def of_match(planned: list[tuple[str, Line]], done: list[tuple[str, Line]]) -> dict[str, Counter[Line]]:
    """What 突合 says, as planned minus done per user, office, code and day."""
    sheets = [months.document(kind, lines) for kind, lines in ((Kind.SCHEDULE, planned), (Kind.ACTUAL, done))]
    found: dict[str, Counter[Line]] = {}
    for user in match([sheets[0]], [sheets[1]]).differing:
        net = found.setdefault(user.user[1], Counter())
        for one in user.differences:
            for service, times in ((one.planned, one.times), (one.done, -one.times)):
                if service is not None:
                    net[(*service, one.day)] += times
    return found
