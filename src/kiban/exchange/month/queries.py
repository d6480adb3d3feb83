"""問い合わせ: a question about a user's differences of a month, from one office to the other, and its answer.

Functions that write answer ``ok`` or the word that stood in the way, and raise as ``gate.calling.call``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from kiban.exchange.participant import Participant
from kiban.exchange.units import vault
from kiban.gate.calling import call
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
        """保険者番号 and 被保険者番号, as the files write them."""
        return f"{insurer_number_of(self.insured_key)}-{insured_number_of(self.insured_key)}"

    @property
    def title(self) -> str:
        """The month in words."""
        return f"{self.month[:4]}年{int(self.month[4:])}月"


def ask(participant: Participant, insured_key: int, to_number: str, month: str, words: str) -> str:
    """Ask another office about a user of both in a month (YYYYMM)."""
    body = vault.close(words.encode(), _about(insured_key))
    return call(
        "SELECT gate.exchange_query(%s, %s, %s, %s, %s, %s, %s)",
        [*participant.proof, insured_key, to_number, month, body],
    )


def reply(participant: Participant, insured_key: int, query: int, words: str) -> str:
    """Answer a question this office was asked; once."""
    body = vault.close(words.encode(), _about(insured_key))
    return call("SELECT gate.exchange_reply(%s, %s, %s, %s, %s, %s)", [*participant.proof, insured_key, query, body])


def listed(participant: Participant, month: str | None = None) -> list[Query]:
    """Questions of a month, or all that wait for an answer; asked by this office or of it. The names are logged."""
    ticket = call("SELECT gate.ask_exchange_queries(%s, %s, %s, %s)::text", [*participant.proof, month])
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM gate.answer_exchange_queries(%s::gate.ticket)", [ticket])
        return [
            Query(
                number,
                key,
                is_mine,
                office,
                name,
                of_month,
                vault.open_(bytes(body), _about(key)).decode(),
                asked_at,
                vault.open_(bytes(answer), _about(key)).decode() if answer else "",
                answered_at,
            )
            for number, key, is_mine, office, name, of_month, body, asked_at, answer, answered_at in cursor.fetchall()
        ]


def _about(insured_key: int) -> str:
    return f"query about {insured_key}"
