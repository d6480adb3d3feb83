"""A month of many offices as a play, and beside it an independent model of what must come of it."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

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

OFFICES, PLANNERS, USERS = 60, 12, 800
_first_users = itertools.count(50_000_001, USERS)


@dataclass
class Meant:
    """A unit somebody meant to send, as the model keeps it."""

    sender: str
    receiver: str
    sequence: str
    record: str
    lines: Mapping[str, Counter[Line] | None]  # user → what is in force from now on; None: nothing any more
    number: int = 0
    withdrawn: bool = False


class Play:
    """The offices at their terminals, what they do, and beside it what the model says must come of it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        organisations = [world.organisation("43" if at < PLANNERS else "11") for at in range(OFFICES)]
        self.month: Month = months.made(
            [organisation.number for organisation in organisations], PLANNERS, USERS, seed, next(_first_users)
        )
        self.actors = {organisation.number: world.actor(organisation, "clerk") for organisation in organisations}
        self.parties = {
            number: Participant(actor.caller, Purpose.CARE_PLANNING if at < PLANNERS else Purpose.SERVICE_PROVISION)
            for at, (number, actor) in enumerate(self.actors.items())
        }
        self.meant: list[Meant] = []
        self.refused: Counter[str] = Counter()

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
        result, number, _ = self.send(self.party(planner), months.schedule(planner, provider, users, sequence))
        assert result == "ok"
        lines = {user.number: Counter(user.planned) for user in users}
        return self.note(Meant(planner.number, provider.number, sequence, "schedule", lines, number))

    def actual(self, provider: Office, planner: Office, users: list[User]) -> Meant:
        sequence = provider.sequence()
        result, number, _ = self.send(self.party(provider), months.actual(provider, planner, users, sequence))
        assert result == "ok"
        own = {user.number: Counter(line for line in user.done if line[0] == provider.number) for user in users}
        lines = {user: done for user, done in own.items() if done}
        return self.note(Meant(provider.number, planner.number, sequence, "actual", lines, number))

    def party(self, office: Office) -> Participant:
        return self.parties[office.number]

    def note(self, meant: Meant) -> Meant:
        self.meant.append(meant)
        return meant

    def expected(self, sender: str, receiver: str, record: str) -> dict[str, Counter[Line]]:
        in_force: dict[str, Counter[Line] | None] = {}
        units = [
            unit
            for unit in self.meant
            if (unit.sender, unit.receiver, unit.record, unit.withdrawn) == (sender, receiver, record, False)
        ]
        for unit in sorted(units, key=lambda unit: unit.sequence):
            in_force.update(unit.lines)
        return {user: lines for user, lines in in_force.items() if lines}

    def received(self, sender: str, receiver: str, record: str, kind: Kind) -> dict[str, Counter[Line]]:
        """What the receiver gets who asks for everything in force."""
        rows: dict[str, Counter[Line]] = {}
        for document, users in self.documents(sender, receiver, record, kind):
            for row in document.rows:
                if row[2] in users:
                    rows.setdefault(row[2], Counter())[row[19], row[14], int(row[9][6:])] += 1
        return rows

    def documents(self, sender: str, receiver: str, record: str, kind: Kind) -> list[tuple[Document, set[str]]]:
        participant = self.parties[receiver]
        units, more, refusal = boxes.box(participant, "in", month=MONTH, limit=10_000)
        assert not more and refusal is None
        wanted = [unit["id"] for unit in units if unit["number"] == sender and unit["state"] != "withdrawn"]
        if not wanted:
            return []
        opened = boxes.open_units(participant, wanted)
        assert opened is not None
        result = []
        for unit, files in opened.files.items():
            users = {f"{user % 10**10:010}" for user, key in opened.in_force.get(unit, ()) if key.startswith(record)}
            result += [(read_bytes(content, name), users) for name, content in files.items() if kind_of(name) is kind]
        return result


def of_match(planned: list[tuple[str, Line]], done: list[tuple[str, Line]]) -> dict[str, Counter[Line]]:
    """What 突合 says, as planned minus done per user, office, code and day."""
    sheets = [months.document(kind, lines) for kind, lines in ((Kind.SCHEDULE, planned), (Kind.ACTUAL, done))]
    result: dict[str, Counter[Line]] = {}
    for user in match([sheets[0]], [sheets[1]]).differing:
        net = result.setdefault(user.user[1], Counter())
        for difference in user.differences:
            sides = ((difference.planned, difference.times), (difference.done, -difference.times))
            for service, times in sides:
                if service is not None:
                    net[(*service, difference.day)] += times
    return result
