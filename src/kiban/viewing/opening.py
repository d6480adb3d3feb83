"""What the gate answered, made ready for a page: labels, words and reasons, nothing decided anew."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from kiban.assignment.words import CAPACITIES
from kiban.gate import door, matrix
from kiban.gate import words as reasons
from kiban.gate.events import PASSES, Condition
from kiban.records import kinds
from kiban.registry.models import Insurer
from kiban.staff.models import ADMINISTERING
from kiban.terms.wareki import to_wareki
from kiban.web.frame import Frame
from kiban.web.request import Caller

CARD = "insurance_card.card"


@dataclass(frozen=True)
class Version:
    """One version of a record as shown."""

    groups: list[Any]
    valid_from: dt.date | None
    valid_to: dt.date | None
    registered_at: dt.datetime
    source: str
    history_no: int
    version: int
    superseded_at: dt.datetime | None
    reason: str
    changed: list[str]
    title: str  # tells entries of one item apart: what was bought, when a plan was made

    @property
    def brought_in(self) -> str:
        """When it came, from whom, and its history number."""
        corrected = f"・訂正{self.version - 1}回" if self.version > 1 else ""
        moment = timezone.localtime(self.registered_at)
        return f"{to_wareki(moment.date())} {self.source}から(履歴番号 {self.history_no:04d}{corrected})"


@dataclass(frozen=True)
class Refusal:
    """Why items are not shown. Items refused for the very same reasons share one panel."""

    labels: list[str]
    conditions: list[reasons.Line]
    who_may: list[str]
    rule: str


@dataclass(frozen=True)
class ItemView:
    """One item: its versions, or why it is not shown."""

    key: str
    label: str
    allowed: bool
    current: list[Version]  # one, or one per entry (purchases, plans)
    earlier: list[Version]
    rests_on: str  # the rule that opened it
    refusal: Refusal | None


@dataclass(frozen=True)
class Seat:
    """Who looked, as what and where: the gate says it, because it looked it up."""

    name: str
    job: str
    job_type: str
    level: str
    organisation: str
    number: str
    kind: str
    terminal: str
    acting: dict[str, str] | None  # 代行: for whom, why, until when

    def parties(self, version: str) -> frozenset[str]:
        """The columns of the sharing matrix the organisation stands in."""
        return matrix.parties_of(version, self.kind, self.number)

    def frame(self) -> Frame:
        """The same for the head of the page."""
        return Frame(
            organisation_name=self.organisation,
            organisation_number=self.number,
            terminal_name=self.terminal,
            person_name=self.name,
            job_name=self.job,
            is_administrator=self.level in ADMINISTERING,
            organisation_kind=self.kind,
            acting_for=self.acting["for"] if self.acting else "",
            acting_until=dt.datetime.fromisoformat(self.acting["until"]) if self.acting else None,
        )


@dataclass(frozen=True)
class PersonView:
    """The head of a person's page."""

    key: int
    name: str
    kana: str
    birth: dt.date
    sex: str
    insurer_no: str
    insurer_name: str
    insured_no: str
    care_level: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True)
class Opened:
    """One opening, as the page shows it."""

    at: dt.datetime
    log: int
    outcome: str
    person: PersonView | None
    is_stranger: bool
    basis: list[str]
    makes_plan: bool  # opened as the office that makes the person's plan
    matrix: str
    items: dict[str, ItemView]
    standing: list[str]
    seat: Seat | None  # who looked, when the standing is right
    is_emergency: bool  # opened without assignment or consent, to be reviewed


def open_items(caller: Caller, insured_key: int, items: Sequence[str], purpose: str) -> Opened:
    """Open items of one person, and the insurance card for the head of the page. Raises as ``door.open_records``."""
    wanted = list(dict.fromkeys([CARD, *items]))
    answer = json.loads(door.open_records(caller, insured_key, wanted, purpose))
    standing = answer["standing"]
    version = answer["basis"]["matrix"] or ""
    seat = Seat(**answer["caller"]) if answer["caller"] else None
    insurers = _insurers(answer)
    views = {}
    stranger = not standing
    for item in answer["items"]:
        answers = door.answers(item, standing)
        stranger = stranger and answers[Condition.ASSIGNMENT] in {"none", "other_insurer"}
        views[item["item"]] = _item_view(item, answers, seat, version, insurers)
    return Opened(
        at=dt.datetime.fromisoformat(answer["at"]),
        log=answer["log"],
        outcome=answer["outcome"],
        person=_person_view(insured_key, answer),
        is_stranger=stranger,
        basis=_basis(answer["basis"]),
        makes_plan=(answer["basis"]["assignment"] or {}).get("capacity") == "plan",
        matrix=version,
        items=views,
        standing=standing,
        seat=seat,
        is_emergency=answer["basis"]["emergency"] is not None,
    )


def _item_view(
    item: dict[str, Any],
    answers: dict[Condition, str],
    seat: Seat | None,
    version: str,
    insurers: Mapping[str, str],
) -> ItemView:
    shown, earlier = _versions(item["item"], item["records"] or [], insurers)
    label = kinds.item(item["item"]).label
    refusal = None
    if not item["allowed"]:
        refused_by_role = answers[Condition.ROLE] not in PASSES
        refusal = Refusal(
            labels=[label],
            conditions=reasons.explain(answers),
            who_may=matrix.who_may(version, item["item"]) if refused_by_role else [],
            rule=matrix.source_of(version, item["item"], seat.parties(version), seat.job_type) if seat else "",
        )
    return ItemView(item["item"], label, item["allowed"], shown, earlier, _rule(item["decision"], version), refusal)


def _rule(decision: dict[str, Any] | None, version: str) -> str:
    """The rule an item rests on: the insurer's own decision where there is one, else the table."""
    if decision is None:
        return f"共有範囲表 {version}版"
    decided = to_wareki(dt.date.fromisoformat(decision["decided_on"]))
    return f"{decision['insurer']}の決定「{decision['document']}」{decision['number']}({decided})"


def refusals(items: Sequence[ItemView]) -> list[Refusal]:
    """The panels for the items that are not shown, those with the same reasons put together."""
    found: list[Refusal] = []
    for refusal in (item.refusal for item in items if item.refusal is not None):
        same = next((other for other in found if replace(other, labels=[]) == replace(refusal, labels=[])), None)
        if same is None:
            found.append(replace(refusal, labels=list(refusal.labels)))
        else:
            same.labels.extend(refusal.labels)
    return found


def _versions(
    item_key: str, records: list[dict[str, Any]], insurers: Mapping[str, str]
) -> tuple[list[Version], list[Version]]:
    """The version in force of every entry, and the earlier ones, newest first."""
    current: dict[str, dict[str, Any]] = {}
    earlier: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    for record in records:  # the gate sends those in force first, newest first
        newer = current.get(record["entry"])
        if newer is None and record["superseded_at"] is None:
            current[record["entry"]] = record
        else:
            earlier.append((record, newer))
    return (
        [_version(item_key, record, None, insurers) for record in current.values()],
        [_version(item_key, record, newer, insurers) for record, newer in earlier],
    )


def _version(
    item_key: str, record: dict[str, Any], newer: dict[str, Any] | None, insurers: Mapping[str, str]
) -> Version:
    return Version(
        groups=kinds.display(item_key, record["content"]),
        valid_from=_date(record["valid_from"]),
        valid_to=_date(record["valid_to"]),
        registered_at=dt.datetime.fromisoformat(record["registered_at"]),
        source=_source_name(record["source"], insurers),
        history_no=record["history_no"],
        version=record["version"],
        superseded_at=dt.datetime.fromisoformat(record["superseded_at"]) if record["superseded_at"] else None,
        reason=record["reason"],
        changed=kinds.differences(item_key, record["content"], newer["content"]) if newer else [],
        title=_title(item_key, record["content"]),
    )


def _title(item_key: str, content: dict[str, Any]) -> str:
    item = kinds.item(item_key)
    return " ".join(item.by_name[name].show(content[name]) for name in item.entry if content.get(name) is not None)


def _person_view(insured_key: int, answer: dict[str, Any]) -> PersonView | None:
    person = answer["person"]
    if person is None:
        return None
    card: dict[str, Any] = next(
        (i["records"][0] for i in answer["items"] if i["item"] == CARD and i["records"]),
        {"content": {}, "valid_from": None, "valid_to": None},
    )
    return PersonView(
        key=insured_key,
        name=person["name"],
        kana=person["kana"],
        birth=dt.date.fromisoformat(person["birth"]),
        sex=person["sex"],
        insurer_no=person["insurer_no"],
        insurer_name=person["insurer_name"] or "",
        insured_no=person["insured_no"],
        care_level=card["content"].get("care_level", ""),
        valid_from=_date(card["valid_from"]),
        valid_to=_date(card["valid_to"]),
    )


def _basis(basis: dict[str, Any]) -> list[str]:
    """What the opening rests on, in words: assignment and consent. The rule stands beside each item."""
    found = []
    if assignment := basis["assignment"]:
        since = to_wareki(dt.date.fromisoformat(assignment["from"]))
        until = ""
        if assignment["to"]:
            until = f"{to_wareki(dt.date.fromisoformat(assignment['to']) - dt.timedelta(days=1))}まで"
        found.append(f"担当({CAPACITIES[assignment['capacity']]}・{since}から{until})")
    if consent := basis["consent"]:
        given = to_wareki(dt.date.fromisoformat(consent["given_on"]))
        taker = consent["organisation"] or ("市町村" if consent["taken_by"] == "municipality" else "事業所")
        found.append(f"包括的同意({given} {taker})")
    if emergency := basis["emergency"]:
        end = timezone.localtime(dt.datetime.fromisoformat(emergency["until"]))
        found.append(f"緊急時の閲覧({end:%H:%M}まで・理由: {emergency['reason']})")
    return found


def _insurers(answer: dict[str, Any]) -> dict[str, str]:
    """Names of the insurers the records came from: nearly always the person's own, which the gate has named."""
    own = answer["person"] or {"insurer_no": "", "insurer_name": ""}
    known = {own["insurer_no"]: own["insurer_name"] or ""}
    sources = {record["source"] for item in answer["items"] for record in item["records"] or []}
    others = {source.partition(":")[2] for source in sources if source.startswith("insurer:")} - set(known)
    if others:
        known |= dict(Insurer.objects.filter(number__in=others).values_list("number", "name"))
    return known


def _source_name(source: str, insurers: Mapping[str, str]) -> str:
    """Who sent a record, in words: ``insurer:131136`` becomes the insurer's name."""
    kind, _, number = source.partition(":")
    if kind == "insurer":
        return insurers.get(number) or f"保険者 {number}"
    return {"office": f"事業所 {number}", "medical": f"医療機関 {number}", "life": "LIFE"}.get(kind, source)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
