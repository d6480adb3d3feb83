"""The road of the exchange: every act of it in the order of a month, for tests of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiban.exchange.boxes import acts as boxes
from kiban.exchange.month import queries
from kiban.gate.events import Event
from tests.exchange.town import Town, unit_of


def road(town: Town) -> list[tuple[Event, str, Callable[[Any], Any]]]:
    """(event, who, act) in the order of a month; an act may need what the ones before have made."""
    unit = unit_of("schedule", town.scene())
    other = unit_of("schedule", town.later(town.scene(), seed=2))
    basic = unit_of("basic", town.later(town.scene(), first_user=town.first_user + 50))  # nothing of them was sent yet
    key = min(unit.people)
    made: dict[str, int | None] = {}

    def stage(participant):
        made["unit"] = boxes.stage(participant, unit)[1] or made.get("unit")

    def ask(participant):
        queries.ask(participant, key, town.providing.number, "202610", "問い")
        made["query"] = town.world.one("SELECT max(id) FROM care.exchange_query WHERE insured_key = %s", key)

    def vouch(participant):
        number = boxes.stage(participant, basic)[1] or 0
        boxes.vouch(participant, number, sorted(basic.people))

    def withdraw(participant):
        boxes.withdraw(participant, boxes.stage(participant, other)[1] or 0)

    return [
        (Event.EXCHANGE_STAGE, "planner", stage),
        (Event.EXCHANGE_OBJECTIONS, "planner", lambda asking: boxes.objections(asking, made["unit"] or 0)),
        (Event.EXCHANGE_SEND, "planner", lambda asking: boxes.send(asking, made["unit"] or 0, unit)),
        (Event.EXCHANGE_OPEN, "provider", lambda asking: boxes.open_units(asking, [made["unit"] or 0])),
        (
            Event.EXCHANGE_SETTLE,
            "provider",
            lambda asking: boxes.settle(asking, made["unit"] or 0, "taken", []),
        ),
        (Event.EXCHANGE_ASK, "planner", ask),
        (Event.EXCHANGE_QUERIES, "provider", queries.listed),
        (
            Event.EXCHANGE_REPLY,
            "provider",
            lambda asking: queries.reply(asking, key, made["query"] or 0, "答え"),
        ),
        (Event.EXCHANGE_VOUCH, "planner", vouch),
        (Event.EXCHANGE_WITHDRAW, "planner", withdraw),
    ]
