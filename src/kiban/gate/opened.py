"""What the gate answers, taken apart in one place: an opening and a list (a reading of the log: ``log/reading.py``).

The gate answers JSON text (docs/algorithms/gate.md §6). Pages and rooms above work with these classes and never with
the text; only the machine interface hands it on as it is.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiban.gate.events import PASSES, Condition
from kiban.terms import partial_days
from kiban.terms.partial_days import Day

Answers = dict[Condition, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as the access log keeps it: ``+item|role:unconfirmed,consent:none`` (the sign: whether shown).

    Attributes:
        item: ``<kind>.<item>``, or the event of an act.
        hindrances: every answer that is not plainly ``ok``.
        insurers_decision: number of the insurer's own decision that settled the role.
    """

    item: str
    allowed: bool
    hindrances: tuple[tuple[Condition, str], ...]
    insurers_decision: int | None

    @classmethod
    def parse(cls, word: str) -> Decision:
        """The one place in Python that knows how a decision is written."""
        item, _, rest = word[1:].partition("|")
        number, hindrances = None, []
        for part in filter(None, rest.split(",")):
            condition, _, answer = part.partition(":")
            if condition == "decision":
                number = int(answer)
            elif condition in _CONDITIONS:  # else: the answer of an act in the words of its room
                hindrances.append((Condition(condition), answer))
        return cls(item, word.startswith("+"), tuple(hindrances), number)

    def answer(self, condition: Condition) -> str:
        """What was answered about one condition."""
        return dict(self.hindrances).get(condition, "ok")


_CONDITIONS = {*Condition, "relation"}


def standing_of(words: Sequence[str]) -> Answers:
    """What stands in the caller's own way (account, terminal, delegation, purpose); empty when nothing does."""
    found: Answers = {}
    for word in words:
        condition, _, answer = word.partition(":")
        found[Condition(condition)] = answer
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a record. ``valid_to``: the first day it holds no longer."""

    entry: str
    history_no: int
    version: int
    valid_from: dt.date | None
    valid_to: dt.date | None
    source: str
    registered_at: dt.datetime
    superseded_at: dt.datetime | None
    reason: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InsurersDecision:
    """The document by which an insurer opened what the national table leaves open."""

    document: str
    number: str
    decided_on: dt.date
    insurer: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an opening: the eight answers, and its records when they let pass (newest in force first)."""

    key: str
    allowed: bool
    answers: Answers
    decision: InsurersDecision | None
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """代行: in whose place, why, until when."""

    absent: str
    reason: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looked, as what and where: the gate says it, because it looked it up."""

    name: str
    job: str
    job_type: str
    level: str
    organisation: str
    number: str
    kind: str
    terminal: str
    acting: Acting | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whose records were opened."""

    name: str
    kana: str
    birth: Day
    sex: str
    insurer_no: str
    insured_no: str
    insurer_name: str
    died_on: dt.date | None


@dataclass(frozen=True, slots=True)
class AssignmentBasis:
    """The 担当 an opening rests on. ``until``: first day without."""

    capacity: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class ConsentBasis:
    """The consent an opening rests on."""

    given_on: dt.date
    taken_by: str
    organisation: str


@dataclass(frozen=True, slots=True)
class EmergencyBasis:
    """The emergency an opening rests on."""

    number: int
    reason: str
    until: dt.datetime
    review_by: dt.date


@dataclass(frozen=True, slots=True)
class Basis:
    """What an opening rests on; what is not there was not needed, or not found."""

    matrix: str
    assignment: AssignmentBasis | None
    consent: ConsentBasis | None
    emergency: EmergencyBasis | None


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening. ``person``: for who has a 担当 in force; ``viewer``: where the standing is right."""

    log: int
    at: dt.datetime
    outcome: str
    purpose: str
    standing: Answers
    viewer: Viewer | None
    person: Person | None
    basis: Basis
    items: tuple[Item, ...]

    def item(self, key: str) -> Item:
        """One of the items that were asked for. Raises StopIteration for another."""
        return next(item for item in self.items if item.key == key)

    @property
    def is_of_stranger(self) -> bool:
        """Whether the caller has nothing to do with the person, and so learns not even that there is one."""
        return not self.standing and all(
            item.answers[Condition.ASSIGNMENT] in {"none", "other_insurer"} for item in self.items
        )

    @classmethod
    def parse(cls, text: str) -> Opening:
        """Of the JSON text of ``gate.answer_open``."""
        found = json.loads(text)
        standing = standing_of(found["standing"])
        return cls(
            log=found["log"],
            at=dt.datetime.fromisoformat(found["at"]),
            outcome=found["outcome"],
            purpose=found["purpose"] or "",
            standing=standing,
            viewer=_viewer(found["caller"]) if found["caller"] else None,
            person=_person(found["person"]) if found["person"] else None,
            basis=_basis(found["basis"]),
            items=tuple(_item(item, standing) for item in found["items"]),
        )


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person of a list. ``decisions``: by item; validity and care level only where the card is shown."""

    key: int
    name: str
    kana: str
    birth: Day
    sex: str
    insurer_no: str
    insurer_name: str
    insured_tail: str
    viewing_to: dt.date | None
    care_level: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    burden_ratio: str
    starts_on: dt.date | None
    lacks: tuple[str, ...]  # words of ``gate.lacks``
    responsible: str  # 担当ケアマネ
    decisions: dict[str, Decision]


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A page of the persons a caller may see.

    Attributes:
        total: how many there are on all pages. everybody: and how many whatever they lack.
        lacking: how many lack what (words of ``gate.lacks``), of everybody and not of the page.
        named: the first who lack something, beside the page.
    """

    log: int
    total: int
    standing: Answers
    people: tuple[ListedPerson, ...]
    everybody: int
    lacking: dict[str, int]
    named: tuple[ListedPerson, ...]

    @classmethod
    def parse(cls, text: str) -> PeopleList:
        """Of the JSON text of ``gate.answer_list``."""
        found = json.loads(text)
        return cls(
            log=found["log"],
            total=found["total"] or 0,
            standing=standing_of(found["standing"]),
            people=tuple(map(_listed, found["people"])),
            everybody=found["everybody"] or 0,
            lacking={lack: persons or 0 for lack, persons in found["lacking"].items()},
            named=tuple(map(_listed, found["named"])),
        )


def passes(answers: Answers) -> bool:
    """Whether all eight answers let pass."""
    return all(answer in PASSES for answer in answers.values())


def _item(item: dict[str, Any], standing: Answers) -> Item:
    decided = Decision.parse(f"-{item['item']}|{item['answers']}")
    answers = dict.fromkeys(Condition, "ok") | standing | dict(decided.hindrances)
    rule = item["decision"]
    return Item(
        key=item["item"],
        allowed=item["allowed"],
        answers=answers,
        decision=rule
        and InsurersDecision(
            rule["document"], rule["number"], dt.date.fromisoformat(rule["decided_on"]), rule["insurer"]
        ),
        records=tuple(map(_record, item["records"] or ())),
    )


def _record(record: dict[str, Any]) -> Record:
    return Record(
        entry=record["entry"],
        history_no=record["history_no"],
        version=record["version"],
        valid_from=_date(record["valid_from"]),
        valid_to=_date(record["valid_to"]),
        source=record["source"],
        registered_at=dt.datetime.fromisoformat(record["registered_at"]),
        superseded_at=_moment(record["superseded_at"]),
        reason=record["reason"],
        content=record["content"],
    )


def _viewer(caller: dict[str, Any]) -> Viewer:
    acting = caller["acting"]
    return Viewer(
        **{name: value for name, value in caller.items() if name != "acting"},
        acting=acting and Acting(acting["for"], acting["reason"], dt.datetime.fromisoformat(acting["until"])),
    )


def _person(person: dict[str, Any]) -> Person:
    return Person(
        name=person["name"],
        kana=person["kana"],
        birth=partial_days.of(person["birth"]),
        sex=person["sex"],
        insurer_no=person["insurer_no"],
        insured_no=person["insured_no"],
        insurer_name=person["insurer_name"] or "",
        died_on=_date(person["died_on"]),
    )


def _basis(basis: dict[str, Any]) -> Basis:
    assignment, consent, emergency = basis["assignment"], basis["consent"], basis["emergency"]
    return Basis(
        matrix=basis["matrix"] or "",
        assignment=assignment
        and AssignmentBasis(assignment["capacity"], dt.date.fromisoformat(assignment["from"]), _date(assignment["to"])),
        consent=consent
        and ConsentBasis(
            dt.date.fromisoformat(consent["given_on"]), consent["taken_by"], consent["organisation"] or ""
        ),
        emergency=emergency
        and EmergencyBasis(
            emergency["number"],
            emergency["reason"],
            dt.datetime.fromisoformat(emergency["until"]),
            dt.date.fromisoformat(emergency["review_by"]),
        ),
    )


def _listed(person: dict[str, Any]) -> ListedPerson:
    decisions = map(Decision.parse, person["decisions"])
    return ListedPerson(
        key=person["key"],
        name=person["name"],
        kana=person["kana"],
        birth=partial_days.of(person["birth"]),
        sex=person["sex"],
        insurer_no=person["insurer_no"],
        insurer_name=person["insurer_name"] or person["insurer_no"],
        insured_tail=person["insured_tail"],
        viewing_to=_date(person["viewing_to"]),
        care_level=person["care_level"] or "",
        valid_from=_date(person["valid_from"]),
        valid_to=_date(person["valid_to"]),
        burden_ratio=person["burden_ratio"] or "",
        starts_on=_date(person["starts_on"]),
        lacks=tuple(person["lacks"]),
        responsible=person["responsible"] or "",
        decisions={decision.item: decision for decision in decisions},
    )


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
