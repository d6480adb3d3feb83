"""Sending and fetching through the gate (``sql/functions/boxes.sql``); contents are encrypted and opened here.

Functions that write answer ``ok``, ``already`` or the word that stood in the way, and raise as ``gate.calling.row``.
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

from kiban.exchange.units import vault
from kiban.exchange.units.sending import Record, SendingUnit
from kiban.formats.careplan.layouts import Document, read_bytes
from kiban.gate.calling import Outcome, attempt, call, row, told, written
from kiban.gate.events import Event, Purpose
from kiban.plans.documents import read_plans
from kiban.registry.models import Organisation
from kiban.registry.numbers import insured_key
from kiban.web.request import Caller

PLANNING = ("43", "46", "AF")  # as gate.plan_services()


@dataclass(frozen=True)
class Seat:
    """Who uses the exchange: what the request proves, and for what the office looks."""

    caller: Caller
    purpose: str

    @classmethod
    def of(cls, caller: Caller, organisation: Organisation) -> Seat:
        """An office that makes plans looks to make them; any other to give its service."""
        planning = organisation.services.filter(service_id__in=PLANNING).exists()
        return cls(caller, Purpose.CARE_PLANNING if planning else Purpose.SERVICE_PROVISION)

    @property
    def who(self) -> list[Any]:
        """The first three parameters of every function."""
        return [self.caller.session, self.caller.certificate, self.purpose]


@dataclass(frozen=True)
class Objections:
    """Keys of users that keep a unit from being sent."""

    strangers: list[int]  # nothing shows that they are the receiver's
    without_object: list[int]  # a deletion of what does not hold


@dataclass(frozen=True)
class Opened:
    """The files of units as they were sent, and what of them holds now.

    Attributes:
        files: unit → name → original bytes.
        in_force: unit → the (user, key) of which it has the last word.
        receipts: unit → what the receiver told, oldest first.
    """

    files: dict[int, dict[str, bytes]]
    in_force: dict[int, set[tuple[int, str]]]
    receipts: dict[int, list[Receipt]]


@dataclass(frozen=True)
class Receipt:
    """The receiver's word on a unit. ``rows``: what could not be taken in, in the receiver's words."""

    outcome: str
    at: dt.datetime
    rows: list[str]


def stage(seat: Seat, unit: SendingUnit) -> tuple[str, int | None]:
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
        seat,
        Event.EXCHANGE_STAGE,
        files=[vault.close(unit.files[name], _about(files[at])) for at, name in enumerate(names)],
        parameters={
            "head": unit.head,
            "files": files,
            "entries": [[user, key, named] for (user, key), named in unit.entries.items()],
        },
    )
    return outcome.result, outcome.answer and outcome.answer["unit"]


def perform(seat: Seat, event: Event, parameters: dict[str, Any], files: Sequence[bytes] = ()) -> Outcome:
    """Do or read something through the gate as ``gate.calling.perform``; also a machine may."""
    return told(_call(seat, event, parameters, files)[0])


def _call(seat: Seat, event: Event, parameters: dict[str, Any], files: Sequence[bytes] = ()) -> tuple[str, str]:
    """The gate's answer and the ticket of its decision."""
    answer, ticket = row(
        "CALL gate.exchange_act(%s, %s, %s, %s, %s::bigint, %s::jsonb, %s::bytea[], %s, NULL, NULL)",
        [*seat.who, event.value, parameters.pop("insured_key", 0), written(parameters), [*files], attempt()],
    )
    return answer, ticket


def objections(seat: Seat, unit: int) -> Objections | None:
    """What stands in the way of sending a draft; ``None``: there is no such draft of this office."""
    answer = perform(seat, Event.EXCHANGE_OBJECTIONS, {"unit": unit}).answer
    return Objections(**answer) if answer else None


def send(seat: Seat, number: int, unit: SendingUnit | None = None) -> str:
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
        for plan in read_plans(unit.documents.values() if unit else _plan_files(seat, number))
        if not plan.problems
    ]
    return perform(seat, Event.EXCHANGE_SEND, {"unit": number, "plans": plans}).result


def _plan_files(seat: Seat, number: int) -> list[Document]:
    """The files of a draft that brings plans; none of any other."""
    if not any(one["id"] == number and one["record"] == Record.PLAN and not one["is_deletion"] for one in drafts(seat)):
        return []
    opened = open_units(seat, [number])
    return [read_bytes(content, name) for name, content in opened.files[number].items()] if opened else []


def vouch(seat: Seat, unit: int, users: list[int]) -> str:
    """Say of users of a 介護予防 draft that they are the receiver's: its files name no office. Never by a machine."""
    return perform(seat, Event.EXCHANGE_VOUCH, {"unit": unit, "keys": users}).result


def withdraw(seat: Seat, unit: int) -> str:
    """Throw a draft away, or take back what was sent and not yet taken in."""
    return perform(seat, Event.EXCHANGE_WITHDRAW, {"unit": unit}).result


def settle(seat: Seat, unit: int, outcome: str, rows: list[str]) -> str:
    """Tell the sender: ``taken``, or ``error`` with what could not be taken in."""
    sealed = vault.close(json.dumps(rows).encode(), f"receipt {unit}")
    return perform(seat, Event.EXCHANGE_SETTLE, {"unit": unit, "outcome": outcome}, [sealed]).result


def drafts(seat: Seat) -> list[dict[str, Any]]:
    """Units that wait for a last look, by receiver."""
    return json.loads(call("SELECT gate.exchange_drafts(%s, %s, %s)", seat.who))["units"]


def box(
    seat: Seat, which: str, *, month: str | None = None, after: int = 0, limit: int = 200
) -> tuple[list[dict[str, Any]], bool, str | None]:
    """Units of the box ``in`` (in the order to take them in) or ``out`` (newest first).

    Returns:
        units (see ``gate.exchange_told``), whether there are more, and the refusal if the gate refused.
    """
    answer = json.loads(
        call("SELECT gate.exchange_box(%s, %s, %s, %s, %s, %s, %s)", [*seat.who, which, month, after, limit])
    )
    return answer["units"], answer["more"], answer["refusal"]


def one(seat: Seat, unit: int) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """A unit of this office, and those between the same two offices about the same records; ``None``: not there."""
    answer = call("SELECT gate.exchange_unit(%s, %s, %s, %s)", [*seat.who, unit])
    if answer is None:
        return None
    found = json.loads(answer)
    return found["unit"], found["others"]


def month(seat: Seat, which: str) -> list[dict[str, Any]]:
    """The month (YYYYMM) with each other office, in numbers."""
    answer = call("SELECT gate.exchange_month(%s, %s, %s, %s)", [*seat.who, which])
    return json.loads(answer)["offices"]


def open_units(seat: Seat, units: list[int]) -> Opened | None:
    """Fetch units. The first fetch by the receiver is 受領. ``None``: refused (the refusal is in the log).

    Raises:
        vault.DamagedError: what is stored is not what was sent.
    """
    answer, ticket = _call(seat, Event.EXCHANGE_OPEN, {"units": units})
    if told(answer).is_refused:
        return None
    contents, holding, words = (_rows(function, ticket) for function in ANSWERS_OF_OPENING)
    files: dict[int, dict[str, bytes]] = {}
    in_force: dict[int, set[tuple[int, str]]] = {}
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
