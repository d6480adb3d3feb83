"""Finding offices and medical institutions by name, kana, number or place, as one types.

Words are separated by spaces and all must be found; each may be one or two characters long. An index over pairs of
characters (``search_grams``) finds candidates, the key itself decides. A number found by its beginning comes first,
then names that are the word, begin with it, contain it; then kana and place.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, cast

from django.db.models import Case, Model, Q, QuerySet, SmallIntegerField, Value, When
from django.db.models.functions import StrIndex

from kiban.registry.addresses import full_address
from kiban.registry.models import MedicalInstitution, Office, OfficeService, Prefecture, ServiceKind
from kiban.registry.text import query_grams, search_key

Found = TypeVar("Found", bound=Model)

PAGE_SIZE = 20
LONGEST_QUERY = 100  # characters
_DIGIT = re.compile(r"[0-9]")
_NUMBER = re.compile(r"[0-9A-Z]{1,10}")


@dataclass(frozen=True)
class Hit:
    """One office or medical institution; the address from the prefecture on."""

    number: str
    name: str
    kana: str
    address: str
    telephone: str
    corporation_name: str
    services: list[str]


@dataclass(frozen=True)
class Page:
    """One page of what was found, and how many there are in all."""

    query: str
    number: int
    total: int
    hits: list[Hit]

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return max(1, -(-self.total // PAGE_SIZE))

    def as_json(self) -> dict[str, Any]:
        """For programs and the command line."""
        return {
            "query": self.query,
            "page": self.number,
            "pages": self.last,
            "total": self.total,
            "hits": [asdict(hit) for hit in self.hits],
        }


def offices(query: str, page: int = 1) -> Page:
    """Offices still published that have every word of ``query``; nothing for an empty query."""
    words = split(query)
    ranked_offices = ranked(Office.objects.filter(withdrawn_on=None), "number", words)
    total, rows = cut(ranked_offices, words, page)
    services: dict[str, list[str]] = {}
    prefectures = dict(Prefecture.objects.values_list("code", "name")) if rows else {}
    names = dict(ServiceKind.objects.values_list("code", "name")) if rows else {}
    for number, code in (
        OfficeService.objects.filter(office__in=rows, withdrawn_on=None)
        .order_by("kind")
        .values_list("office_id", "service_code")
    ):
        services.setdefault(number, []).append(names.get(code, code))
    hits = [
        Hit(
            office.number,
            office.name,
            office.kana,
            full_address(prefectures[office.prefecture_id], office.place, office.address, office.building),
            office.telephone,
            office.corporation_name,
            list(dict.fromkeys(services.get(office.number, []))),
        )
        for office in rows
    ]
    return Page(query, page, total, hits)


def medical_institutions(query: str, page: int = 1) -> Page:
    """Medical institutions of the list that have every word of ``query``; nothing for an empty query."""
    words = split(query)
    total, rows = cut(ranked(MedicalInstitution.objects.filter(withdrawn_on=None), "code", words), words, page)
    prefectures = dict(Prefecture.objects.values_list("code", "name")) if rows else {}
    hits = [
        Hit(row.code, row.name, "", full_address(prefectures[row.prefecture_id], "", row.address), "", "", [])
        for row in rows
    ]
    return Page(query, page, total, hits)


def split(query: str) -> list[str]:
    """The words of a query as search keys."""
    words = query[:LONGEST_QUERY].replace("\0", "").split()
    return [key for word in words if (key := search_key(word))]


def ranked(rows: QuerySet[Found], number: str, words: list[str]) -> QuerySet[Found]:
    """``rows`` that have every word, the best first. One digit alone is the beginning of a number."""
    if len(words) == 1 and _DIGIT.fullmatch(words[0]):
        return rows.filter(**{f"{number}__startswith": words[0]}).order_by(number)
    for word in words:
        has_word = Q(search_grams__contains=query_grams(word), search_key__contains=word)
        rows = rows.filter(has_word | Q(**{f"{number}__startswith": word}) if _NUMBER.fullmatch(word) else has_word)
    first = words[0] if words else ""
    rank = Case(
        When(**{f"{number}__startswith": first}, then=0),
        When(search_key__startswith=f"{first} ", then=1),
        When(search_key__startswith=first, then=2),
        When(Q(place_of_word__gt=0, place_of_word__lt=StrIndex("search_key", Value(" "))), then=3),
        default=4,
        output_field=SmallIntegerField(),
    )
    by_place = rows.alias(place_of_word=StrIndex("search_key", Value(first)), rank=rank)
    return cast("QuerySet[Found]", by_place.order_by("rank", "search_key", number))


def cut(ranked_rows: QuerySet[Found], words: list[str], page: int) -> tuple[int, list[Found]]:
    """How many there are, and those of one page (from 1)."""
    if not words or page < 1:
        return 0, []
    begin = (page - 1) * PAGE_SIZE
    return ranked_rows.order_by().count(), list(
        ranked_rows.defer("search_key", "search_grams")[begin : begin + PAGE_SIZE]
    )
