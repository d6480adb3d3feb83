"""Sending and fetching through the gate (``sql/functions/boxes.sql``); contents are encrypted and opened here.

The first parameter says who asks. Functions that write answer ``ok``, ``already`` or the gate's word for what stood in
the way. All raise as ``gate.calling.row``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from kiban.exchange.participant import Participant
from kiban.exchange.units import vault
from kiban.exchange.units.records import Entry, Record
from kiban.exchange.units.sending import SendingUnit
from kiban.formats.careplan.layouts import Document, read_bytes
from kiban.gate.calling import Outcome, attempt, call, row, told, written
from kiban.gate.events import Event
from kiban.plans.documents import read_plans
from kiban.registry.numbers import insured_key

UnitAnswer = dict[str, Any]  # a unit as the gate answers it (``gate.exchange_told``)
EVERYTHING = 100_000  # units of a box, more than an office has in years: what a page counts it counts of all


@dataclass(frozen=True)
class Objections:
    """Users (``insured_key``) that keep a unit from being sent.

    Attributes:
        unconfirmed: nothing shows that they are the receiver's users.
        nothing_to_delete: the unit takes away what is not in force for them.
    """

    unconfirmed: list[int]
    nothing_to_delete: list[int]


@dataclass(frozen=True)
class Opened:
    """The files of units as they were sent, and what of them is in force now.

    Attributes:
        files: unit → name → original bytes.
        in_force: unit → the (user, key) that are in force by it.
        receipts: unit → the receiver's receipts, oldest first.
    """

    files: dict[int, dict[str, bytes]]
    in_force: dict[int, set[Entry]]
    receipts: dict[int, list[Receipt]]


@dataclass(frozen=True)
class Receipt:
    """The receiver's word on a unit. ``rows``: what could not be taken in, in the receiver's words."""

    outcome: str
    at: dt.datetime
    rows: list[str]


def stage(participant: Participant, unit: SendingUnit) -> tuple[str, int | None]:
    """Keep a unit for the sender's last look. The same unit again is the one that is there; ``already``: sent."""
    names = sorted(unit.files)
    files = [
        {
            "name": name,
            "kind": name.split("_")[0],
            "size": len(unit.files[name]),
            "rows": len(unit.documents[name].rows) if name in unit.documents else 0,
            "sha256": hashlib.sha256(unit.files[name]).hexdigest(),
        }
        for name in names
    ]
    outcome = perform(
        participant,
        Event.EXCHANGE_STAGE,
        files=[vault.close(unit.files[name], _about(files[at])) for at, name in enumerate(names)],
        parameters={
            "head": unit.head,
            "files": files,
            "entries": [[user, key, named] for (user, key), named in unit.entries.items()],
        },
    )
    return outcome.result, outcome.answer and outcome.answer["unit"]


def perform(participant: Participant, event: Event, parameters: dict[str, Any], files: Sequence[bytes] = ()) -> Outcome:
    """Do or read something through the gate as ``gate.calling.perform``; also a machine may."""
    return told(_call(participant, event, parameters, files)[0])


def _call(
    participant: Participant, event: Event, parameters: dict[str, Any], files: Sequence[bytes] = ()
) -> tuple[str, str]:
    """The gate's answer and the ticket of its decision."""
    answer, ticket = row(
        "CALL gate.exchange_act(%s, %s, %s, %s, %s::bigint, %s::jsonb, %s::bytea[], %s, NULL, NULL)",
        [*participant.proof, event.value, parameters.pop("insured_key", 0), written(parameters), [*files], attempt()],
    )
    return answer, ticket


def objections(participant: Participant, unit: int) -> Objections | None:
    """What stands in the way of sending a draft; ``None``: there is no such draft of this office."""
    standing = standing_of_drafts(participant, [unit])
    return standing[unit][0] if standing else None


def standing_of_drafts(participant: Participant, units: list[int]) -> dict[int, tuple[Objections, list[UnitAnswer]]]:
    """Of each draft what stands in its way, and the units between the same two offices about the same records.

    One question for all of them. A draft that is not there any more is left out.
    """
    answer = perform(participant, Event.EXCHANGE_OBJECTIONS, {"units": units}).answer or []
    return {
        draft["id"]: (Objections(draft["unconfirmed"], draft["nothing_to_delete"]), draft["others"]) for draft in answer
    }


def send(participant: Participant, number: int, unit: SendingUnit | None = None) -> str:
    """Send a draft. Its plans become the record kind ケアプラン of persons whose plan the office makes.

    Args:
        unit: the draft's files where the caller has them; else a plan's are opened once more.
    """
    plans = [
        {
            "key": insured_key(plan.user.insurer_no, plan.user.insured_no),
            "made_on": plan.made_on,
            "content": plan.content,
        }
        for plan in read_plans(unit.documents.values() if unit else _plan_files(participant, number))
        if not plan.problems
    ]
    return perform(participant, Event.EXCHANGE_SEND, {"unit": number, "plans": plans}).result


def _plan_files(participant: Participant, number: int) -> list[Document]:
    """The files of a draft that brings plans; none of any other."""
    draft = next((draft for draft in drafts(participant) if draft["id"] == number), None)
    if draft is None or draft["record"] != Record.PLAN or draft["is_deletion"]:
        return []
    opened = open_units(participant, [number])
    return [read_bytes(content, name) for name, content in opened.files[number].items()] if opened else []


def vouch(participant: Participant, unit: int, users: list[int]) -> str:
    """Say of users of a 介護予防 draft that they are the receiver's: its files name no office. Never by a machine."""
    return perform(participant, Event.EXCHANGE_VOUCH, {"unit": unit, "keys": users}).result


def withdraw(participant: Participant, unit: int) -> str:
    """Throw a draft away, or withdraw what was sent and not yet taken in."""
    return perform(participant, Event.EXCHANGE_WITHDRAW, {"unit": unit}).result


def settle(participant: Participant, unit: int, outcome: str, rows: list[str]) -> str:
    """Give the receipt to the sender: ``taken``, or ``error`` with the rows that could not be taken in."""
    sealed = vault.close(json.dumps(rows).encode(), f"receipt {unit}")
    return perform(participant, Event.EXCHANGE_SETTLE, {"unit": unit, "outcome": outcome}, [sealed]).result


def drafts(participant: Participant) -> list[UnitAnswer]:
    """Units that wait for a last look, by receiver."""
    return json.loads(call("SELECT gate.exchange_drafts(%s, %s, %s)", participant.proof))["units"]


def box(
    participant: Participant, which: str, *, month: str | None = None, after: int = 0, limit: int = 200
) -> tuple[list[UnitAnswer], bool, str | None]:
    """Units of the box ``in`` (in the order to take them in) or ``out`` (newest first).

    Returns:
        the units, whether there are more, and the refusal if the gate refused.
    """
    answer = json.loads(
        call(
            "SELECT gate.exchange_box(%s, %s, %s, %s, %s, %s, %s)",
            [*participant.proof, which, month, after, limit],
        )
    )
    return answer["units"], answer["more"], answer["refusal"]


def unit(participant: Participant, number: int) -> tuple[UnitAnswer, list[UnitAnswer]] | None:
    """A unit of this office, and those between the same two offices about the same records; ``None``: not there."""
    answer = call("SELECT gate.exchange_unit(%s, %s, %s, %s)", [*participant.proof, number])
    if answer is None:
        return None
    parts = json.loads(answer)
    return parts["unit"], parts["others"]


def month(participant: Participant, of_month: str) -> list[dict[str, Any]]:
    """The month (YYYYMM) with each other office, in numbers."""
    answer = call("SELECT gate.exchange_month(%s, %s, %s, %s)", [*participant.proof, of_month])
    return json.loads(answer)["offices"]


def open_units(participant: Participant, units: list[int]) -> Opened | None:
    """Fetch units. The first fetch by the receiver is 受領. ``None``: refused (the refusal is in the log).

    Raises:
        vault.DamagedError: what is stored is not what was sent.
    """
    answer, ticket = _call(participant, Event.EXCHANGE_OPEN, {"units": units})
    if told(answer).is_refused:
        return None
    contents, holding, words = (_rows(function, ticket) for function in ANSWERS_OF_OPENING)
    files: dict[int, dict[str, bytes]] = {}
    in_force: dict[int, set[Entry]] = {}
    receipts: dict[int, list[Receipt]] = {}
    for unit, name, digest, sealed in contents:
        about = _about({"name": name, "sha256": bytes(digest).hex()})
        files.setdefault(unit, {})[name] = vault.open_(bytes(sealed), about)
    for unit, user, key in holding:
        in_force.setdefault(unit, set()).add((user, key))
    for unit, outcome, sealed, at in words:
        rows = json.loads(vault.open_(bytes(sealed), f"receipt {unit}"))
        receipts.setdefault(unit, []).append(Receipt(outcome, timezone.localtime(at), rows))
    return Opened(files, in_force, receipts)


ANSWERS_OF_OPENING = ("gate.answer_exchange", "gate.answer_exchange_state", "gate.answer_exchange_receipts")


def _rows(function: str, ticket: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s::gate.ticket)", [ticket])  # noqa: S608 - one of three names
        return list(cursor.fetchall())


def _about(file: dict[str, Any]) -> str:
    return f"file {file['name']} {file['sha256']}"
