"""The one door to care information, as Python sees it: calls of the gate's SQL functions and nothing else.

Opening and listing are here; what is read and written about a person beside the records stands in the ``acts.py`` of
the room it belongs to. What comes back is what ``docs/algorithms/gate.md`` describes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from kiban.gate.calling import attempt, call, written
from kiban.gate.opened import Opening, PeopleList
from kiban.web.request import Caller

__all__ = ["Caller", "list_people", "open_person", "open_records", "people"]


def open_records(caller: Caller, insured_key: int, items: Sequence[str], purpose: str) -> str:
    """Open items of one person; the answer as JSON text (see ``gate.answer_open``).

    Raises:
        RuntimeError: called inside a transaction.
        django.db.OperationalError: the database could not be reached or could not write the log; nothing was read.
    """
    return call(
        "CALL gate.open_records(%s, %s, %s::bigint, %s::text[], %s, NULL, %s)",
        [caller.session, caller.certificate, insured_key, list(items), purpose, attempt()],
    )


def list_people(
    caller: Caller,
    purpose: str,
    *,
    search: str = "",
    sort: str = "kana",
    offset: int = 0,
    limit: int = 50,
    lacks: Sequence[str] = (),
    whose: str = "all",
    named: int = 0,
    ends: tuple[dt.date, dt.date] | None = None,
    export: bool = False,
) -> str:
    """The persons the caller may see, as JSON text (see ``gate.answer_list``).

    Args:
        search: normalised part of a name or kana (``registry.text.search_key``), or the last four digits of the
            insured number.
        sort: ``kana``, ``valid_to`` or ``care_level``.
        limit: 1 to 200, with ``export`` 1 to 5000.
        lacks: only who lacks one of these (``gate.lacks``); none: everybody.
        whose: ``all``, ``own``, ``nobody``, or the number of the account of a 担当ケアマネ.
        named: of each thing that is missing, so many persons beside the page, 0 to 10.
        ends: only whose certification or 担当 has its last day from the first day on and before the second.
        export: the list is taken along as a file; the log says so.

    Raises:
        as ``open_records``.
    """
    asked = {"search": search, "sort": sort, "offset": offset, "limit": limit, "lacks": [*lacks], "whose": whose}
    between = {"ends_after": ends[0], "ends_by": ends[1]} if ends else {}
    return call(
        "CALL gate.list_people(%s, %s, %s, %s::jsonb, NULL, %s)",
        [
            caller.session,
            caller.certificate,
            purpose,
            written(asked | {"named": named, "export": export} | between),
            attempt(),
        ],
    )


def open_person(caller: Caller, insured_key: int, items: Sequence[str], purpose: str) -> Opening:
    """Open items of one person. Raises as ``open_records``."""
    return Opening.parse(open_records(caller, insured_key, items, purpose))


def people(caller: Caller, purpose: str, **options: Any) -> PeopleList:
    """The persons the caller may see. Options and errors as of ``list_people``."""
    return PeopleList.parse(list_people(caller, purpose, **options))
