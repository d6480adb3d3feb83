"""問い合わせ: a question about a user's differences of a month, from one office to the other, and its answer.

Functions that write answer ``ok`` or the word that stood in the way, and raise as ``gate.calling.row``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kiban.exchange.boxes import acts
from kiban.exchange.participant import Participant
from kiban.exchange.units import vault
from kiban.formats.careplan.layouts.forms import month_in_words
from kiban.gate.events import Event
from kiban.registry.names import insurer_name
from kiban.registry.numbers import insured_number_of, insurer_number_of


@dataclass(frozen=True)
class Query:
    """One question.

    Attributes:
        is_mine: this office asked; else it was asked.
        number, name: of the other office. month: YYYYMM.
        answer: empty while there is none.
    """

    number_of_query: int
    insured_key: int
    is_mine: bool
    number: str
    name: str
    month: str
    words: str
    asked_at: dt.datetime
    answer: str
    answered_at: dt.datetime | None

    @property
    def user(self) -> str:
        """The insurer by name and the end of the 被保険者番号; the name stands in the words of the question."""
        tail = insured_number_of(self.insured_key)[-4:]
        return f"{insurer_name(insurer_number_of(self.insured_key))} 被保険者番号の下4けた {tail}"

    @property
    def title(self) -> str:
        """The month in words."""
        return month_in_words(self.month)


def ask(participant: Participant, insured_key: int, to_number: str, month: str, words: str) -> str:
    """Ask another office about a user of both in a month (YYYYMM)."""
    body = vault.close(words.encode(), _about(insured_key))
    asked = {"insured_key": insured_key, "to": to_number, "month": month}
    return acts.perform(participant, Event.EXCHANGE_ASK, asked, [body]).result


def reply(participant: Participant, insured_key: int, query: int, words: str) -> str:
    """Answer a question this office was asked; once."""
    body = vault.close(words.encode(), _about(insured_key))
    return acts.perform(participant, Event.EXCHANGE_REPLY, {"insured_key": insured_key, "query": query}, [body]).result


def listed(participant: Participant, month: str | None = None) -> list[Query]:
    """Questions of a month, or all that wait for an answer; asked by this office or of it. The names are logged."""
    found = acts.perform(participant, Event.EXCHANGE_QUERIES, {"month": month}).answer or []
    return [
        Query(
            one["id"],
            one["insured_key"],
            one["is_mine"],
            one["number"],
            one["name"],
            one["month"],
            _words(one["insured_key"], one["body"]),
            dt.datetime.fromisoformat(one["asked_at"]),
            _words(one["insured_key"], one["answer"]),
            dt.datetime.fromisoformat(one["answered_at"]) if one["answered_at"] else None,
        )
        for one in found
    ]


def _words(insured_key: int, sealed: str | None) -> str:
    return vault.open_(bytes.fromhex(sealed), _about(insured_key)).decode() if sealed else ""


def _about(insured_key: int) -> str:
    return f"query about {insured_key}"
