"""The one door to care information, as Python sees it: calls of the gate's SQL functions and nothing else.

Opening, listing and who looked are here; ``gate.consents``, ``gate.assignments`` and ``gate.emergencies`` hold what is
read and written about a person beside the records. What comes back is what ``docs/algorithms/gate.md`` describes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kiban.gate.calling import call
from kiban.gate.events import Condition
from kiban.web.request import Caller

__all__ = ["Caller", "answers", "list_people", "open_records", "who_opened"]


def open_records(caller: Caller, insured_key: int, items: Sequence[str], purpose: str) -> str:
    """Open items of one person; the answer as JSON text (see ``gate.answer_open``).

    Raises:
        RuntimeError: called inside a transaction.
        django.db.OperationalError: the database could not be reached or could not write the log; nothing was read.
    """
    return call(
        "CALL gate.open_records(%s, %s, %s, %s, %s, NULL)",
        [caller.session, caller.certificate, insured_key, list(items), purpose],
    )


def list_people(
    caller: Caller, purpose: str, *, search: str = "", sort: str = "kana", offset: int = 0, limit: int = 50
) -> str:
    """The persons the caller may see, as JSON text (see ``gate.answer_list``).

    Args:
        search: normalised part of a name or kana (``registry.text.search_key``), or the last four digits of the
            insured number.
        sort: ``kana``, ``valid_to`` or ``care_level``.
        limit: 1 to 200.

    Raises:
        as ``open_records``.
    """
    return call(
        "CALL gate.list_people(%s, %s, %s, %s, %s, %s, %s, NULL)",
        [caller.session, caller.certificate, purpose, search, sort, offset, limit],
    )


def who_opened(caller: Caller, insured_key: int, purpose: str, limit: int = 100) -> dict[str, Any]:
    """The access-log rows about a person, for administrators (see ``gate.answer_log``). Raises as ``open_records``."""
    return json.loads(
        call(
            "CALL gate.who_opened(%s, %s, %s, %s, %s, NULL)",
            [caller.session, caller.certificate, insured_key, purpose, limit],
        )
    )


def answers(item: dict[str, Any], standing: Sequence[str]) -> dict[Condition, str]:
    """The eight answers about one item of an opened record: ``ok``, ``not_needed`` or what stands in the way."""
    found = dict.fromkeys(Condition, "ok")
    for word in [*standing, *filter(None, item["answers"].split(","))]:
        condition, _, answer = word.partition(":")
        if condition != "decision":  # which insurer's decision opened the role: not an answer
            found[Condition(condition)] = answer
    return found
