"""Two offices with a month between them in which one user's services differ."""

from __future__ import annotations

import itertools

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import put_together
from kiban.formats.careplan.layouts import of_bytes
from kiban.formats.careplan.layouts import sample_month as months
from kiban.gate.events import Purpose
from kiban.web import opaque
from tests.world import World

_users = itertools.count(90_000_001, 100)


class Pair:
    """A care manager and a service office, the files they sent each other, and a browser for either."""

    def __init__(self, world: World) -> None:
        self.offices = world.organisation("43"), world.organisation("11")
        self.month = months.made([office.number for office in self.offices], 1, 3, 11, next(_users))
        self.planner, self.provider = (world.actor(office, "clerk") for office in self.offices)
        for user in self.month.users:
            user.planned = [(self.offices[1].number, "111211", day) for day in (5, 12)]
            user.done = list(user.planned)
        self.month.users[1].done = self.month.users[1].planned[:1]  # the 12th was left out

    def exchange(self) -> None:
        (manager,), (giver,) = self.month.planners, self.month.providers
        for actor, files, purpose in (
            (
                self.planner,
                months.schedule(manager, giver, self.month.users, manager.sequence()),
                Purpose.CARE_PLANNING,
            ),
            (
                self.provider,
                months.actual(giver, manager, self.month.users, giver.sequence()),
                Purpose.SERVICE_PROVISION,
            ),
        ):
            participant = Participant(actor.caller, purpose)
            (unit,), _ = put_together([of_bytes(name, content) for name, content in files.items()])
            assert boxes.send(participant, boxes.stage(participant, unit)[1] or 0, unit) == "ok"

    @property
    def differing(self) -> str:
        """The opaque identifier of the user with a difference."""
        return opaque.encode(int(f"{months.INSURER}{self.month.users[1].number}"))
