"""What is new since one last looked: a mark at each kind of a person's information, as the gate answers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from kiban.gate.calling import read
from kiban.gate.events import Event
from kiban.records import kinds
from kiban.records.items import Kind
from kiban.web.request import Caller


class Mark(StrEnum):
    """What stands at a kind. None of them: seen, never opened yet, or not to be told."""

    NEW = "new"  # a version came after the caller last opened the kind
    EMPTY = "empty"  # there is nothing of it


def marks(caller: Caller, insured_key: int, purpose: str) -> dict[str, Mark]:
    """The mark of each kind that has one, by the kind's key. Raises as ``gate.calling.perform``."""
    items = [item.key for kind in kinds.kinds() for item in kind.items]
    told = read(caller, purpose, Event.RECORD_MARKS, insured_key, items=items) or []
    by_item = {one["item"]: one for one in told}
    found = {kind.key: _mark(kind, by_item) for kind in kinds.kinds()}
    return {key: mark for key, mark in found.items() if mark is not None}


def _mark(kind: Kind, by_item: Mapping[str, Mapping[str, Any]]) -> Mark | None:
    told = [by_item[item.key] for item in kind.items if item.key in by_item]
    newest = max(_moments(one["newest"] for one in told), default=None)
    if newest is None:  # of what is not shown nobody says that there is none
        return Mark.EMPTY if len(told) == len(kind.items) else None
    # The card is opened with every page, for its head: a kind was opened when all of it was.
    opened = min(_moments(one["opened"] for one in told), default=None)
    return Mark.NEW if opened is not None and newest > opened else None


def _moments(texts: Iterable[str | None]) -> list[dt.datetime]:
    return [dt.datetime.fromisoformat(text) for text in texts if text]
