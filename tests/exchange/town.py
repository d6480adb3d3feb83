"""Two offices that exchange, a third that has nothing to do with them, and units between them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.participant import Participant
from kiban.exchange.units.sending import SendingUnit, put_together
from kiban.formats.careplan.layouts import layout, of_bytes, read_bytes, samples, write
from kiban.formats.careplan.layouts.names import kind_of
from kiban.formats.careplan.layouts.samples import Scene
from kiban.gate.events import Purpose
from kiban.registry.numbers import insured_number_of, insurer_number_of
from tests.world import Person, World

_users = itertools.count(1, 100)
_START = dt.datetime(2026, 10, 25, 9, 0, 0)  # noqa: DTZ001 - only a counter of seconds
_seconds = itertools.count()
Change = Callable[[list[str]], list[str]]


class Town:
    """居宅介護支援 (planning), 訪問介護 (providing) and a stranger, each with somebody at a terminal."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.planning, self.providing = world.organisation("43"), world.organisation("11")
        self.actors = {
            "planner": world.actor(self.planning),
            "provider": world.actor(self.providing, "care_worker"),
            "outsider": world.actor(world.organisation("11"), "care_worker"),
        }
        self.planner = Participant(self.actors["planner"].caller, Purpose.CARE_PLANNING)
        self.provider = Participant(self.actors["provider"].caller, Purpose.SERVICE_PROVISION)
        self.outsider = Participant(self.actors["outsider"].caller, Purpose.SERVICE_PROVISION)
        self.first_user = next(_users)

    def scene(self) -> Scene:
        """Three users of both offices; each scene has a ファイル連番 of its own."""
        return Scene(
            plan_office=self.planning.number,
            service_office=self.providing.number,
            sequence=sequence(),
            first_user=self.first_user,
        )

    def later(self, scene: Scene, **change: Any) -> Scene:
        """The same users a moment later."""
        return replace(scene, sequence=sequence(), **change)

    def send(self, participant: Participant, unit: SendingUnit) -> int:
        """Stage and send; the unit's number."""
        result, number = boxes.stage(participant, unit)
        assert result == "ok" and number is not None, (result, [finding.message for finding in unit.findings])
        assert boxes.send(participant, number) == "ok"
        return number

    def person(self, key: int) -> Person:
        """The user of a unit as a person the platform knows."""
        return self.world.person(insurer_number_of(key), "試験 太郎", insured_no=insured_number_of(key))


def sequence() -> str:
    """The next second."""
    return (_START + dt.timedelta(seconds=next(_seconds))).strftime("%Y%m%d%H%M%S")


def unit_of(name: str, scene: Scene, change: dict[str, Change] | None = None) -> SendingUnit:
    """A sample's unit; ``change``: prefix of a file → what becomes of each of its rows."""
    files = samples.unit(name, scene)
    for prefix, of_row in (change or {}).items():
        (file,) = (name for name in files if name.startswith(f"{prefix}_"))
        rows = [of_row(list(row)) for row in read_bytes(files[file], file).rows]
        files[file] = write(layout(kind_of(file) or prefix), rows)
    (unit,), rest = put_together([of_bytes(file, content) for file, content in files.items()])
    assert not rest
    return unit
