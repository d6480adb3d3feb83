"""What the gate answered, made ready for a page: labels, words and reasons, nothing decided anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from kiban.assignment.words import CAPACITIES
from kiban.gate import door, matrix
from kiban.gate import words as reasons
from kiban.gate.events import PASSES, Condition
from kiban.gate.opened import Answers, Basis, InsurersDecision, Item, Opening, Record, Viewer
from kiban.records import kinds
from kiban.records.codes import OfficeNumber
from kiban.records.items import DisplayGroup
from kiban.registry.models import Insurer
from kiban.registry.names import office_name
from kiban.staff.models import ADMINISTERING
from kiban.terms.partial_days import Day
from kiban.terms.wareki import to_wareki
from kiban.viewing import curves
from kiban.web.frame import Frame
from kiban.web.request import Caller

CARD = "insurance_card.card"
STARTS_LATER = "starts_later"


@dataclass(frozen=True)
class Version:
    """One version of a record as shown."""

    groups: list[DisplayGroup]
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
    """Why items are not shown. Items refused for the same reasons share one panel, whatever else differs.

    Attributes:
        rules: where the rules stand that speak of the items.
        starts_on: the day on which the municipality begins, where that is what is waited for.
    """

    labels: list[str]
    conditions: list[reasons.Line]
    who_may: list[str]
    rules: list[str]
    starts_on: dt.date | None = None

    @property
    def unmet(self) -> list[reasons.Line]:
        return [line for line in self.conditions if not line.passes]

    @property
    def met(self) -> list[reasons.Line]:
        return [line for line in self.conditions if line.passes]

    @property
    def is_for_a_letter(self) -> bool:
        """Whether the municipality is asked on paper: it has not begun, and the viewer's role would open the items."""
        unmet = {line.condition for line in self.unmet}
        return Condition.MUNICIPALITY in unmet and Condition.ROLE not in unmet


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
    curves: list[curves.Curve]


@dataclass(frozen=True)
class PersonView:
    """The head of a person's page."""

    key: int
    name: str
    kana: str
    birth: Day
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
    standing: Answers
    viewer: Viewer | None  # who looked, when the standing is right
    is_emergency: bool  # opened without assignment or consent, to be reviewed


def open_items(caller: Caller, insured_key: int, items: Sequence[str], purpose: str) -> Opened:
    """Open items of one person, and the insurance card for the head of the page. Raises as ``door.open_records``."""
    wanted = list(dict.fromkeys([CARD, *items]))
    opening = door.open_person(caller, insured_key, wanted, purpose)
    insurers, starts_on = _insurers(opening), _starts_on(opening)
    basis = opening.basis
    return Opened(
        at=opening.at,
        log=opening.log,
        outcome=opening.outcome,
        person=_person_view(insured_key, opening),
        is_stranger=opening.is_of_stranger,
        basis=_basis(basis),
        makes_plan=basis.assignment is not None and basis.assignment.capacity == "plan",
        matrix=basis.matrix,
        items={item.key: _item_view(item, opening.viewer, basis.matrix, insurers, starts_on) for item in opening.items},
        standing=opening.standing,
        viewer=opening.viewer,
        is_emergency=basis.emergency is not None,
    )


def frame_of(viewer: Viewer) -> Frame:
    """Who looked, for the head of the page."""
    return Frame(
        organisation_name=viewer.organisation,
        organisation_number=viewer.number,
        terminal_name=viewer.terminal,
        person_name=viewer.name,
        job_name=viewer.job,
        is_administrator=viewer.level in ADMINISTERING,
        organisation_kind=viewer.kind,
        acting_for=viewer.acting.absent if viewer.acting else "",
        acting_until=viewer.acting.until if viewer.acting else None,
    )


def _item_view(
    item: Item,
    viewer: Viewer | None,
    version: str,
    insurers: Mapping[str | None, str],
    starts_on: dt.date | None,
) -> ItemView:
    shown, earlier = _versions(item, insurers)
    label = kinds.item(item.key).label
    drawn = curves.of_item(item.key, item.records)
    refusal = None
    if not item.allowed:
        refused_by_role = item.answers[Condition.ROLE] not in PASSES
        refusal = Refusal(
            labels=[label],
            conditions=reasons.explain(item.answers),
            who_may=matrix.who_may(version, item.key) if refused_by_role else [],
            rules=[rule] if (rule := _source(version, item.key, viewer)) else [],
            starts_on=starts_on if item.answers[Condition.MUNICIPALITY] == STARTS_LATER else None,
        )
    return ItemView(item.key, label, item.allowed, shown, earlier, _rule(item.decision, version), refusal, drawn)


def _starts_on(opening: Opening) -> dt.date | None:
    """The day on which the person's municipality begins, where an item waits for it; the list of insurers is public."""
    waits = any(item.answers.get(Condition.MUNICIPALITY) == STARTS_LATER for item in opening.items)
    if not waits or opening.person is None:
        return None
    started = Insurer.objects.filter(number=opening.person.insurer_no).values_list("started_on", flat=True)
    return started.first()


def _source(version: str, item_key: str, viewer: Viewer | None) -> str:
    """Where the rule stands that refused the item to somebody of this office and 職種."""
    if viewer is None:
        return ""
    return matrix.source_of(version, item_key, matrix.parties_of(version, viewer.kind, viewer.number), viewer.job_type)


def _rule(decision: InsurersDecision | None, version: str) -> str:
    """The rule an item rests on: the insurer's own decision where there is one, else the table."""
    if decision is None:
        return f"共有範囲表 {version}版"
    return f"{decision.insurer}の決定「{decision.document}」{decision.number}({to_wareki(decision.decided_on)})"


def refusals(items: Sequence[ItemView]) -> list[Refusal]:
    """The panels for the items that are not shown, those with the same reasons put together."""
    found: list[Refusal] = []
    for refusal in (item.refusal for item in items if item.refusal is not None):
        same = next((other for other in found if _reason(other) == _reason(refusal)), None)
        if same is None:
            found.append(replace(refusal, labels=list(refusal.labels), rules=list(refusal.rules)))
        else:
            same.labels.extend(refusal.labels)
            same.rules.extend(rule for rule in refusal.rules if rule not in same.rules)
    return found


def _reason(refusal: Refusal) -> tuple[object, ...]:
    return refusal.unmet, refusal.who_may, refusal.starts_on


def _versions(item: Item, insurers: Mapping[str | None, str]) -> tuple[list[Version], list[Version]]:
    """The version in force of every entry, and the earlier ones, newest first."""
    current: dict[str, Record] = {}
    earlier: list[tuple[Record, Record | None]] = []
    for record in item.records:  # the gate sends those in force first, newest first
        newer = current.get(record.entry)
        if newer is None and record.superseded_at is None:
            current[record.entry] = record
        else:
            earlier.append((record, newer))
    return (
        [_version(item.key, record, None, insurers) for record in current.values()],
        [_version(item.key, record, newer, insurers) for record, newer in earlier],
    )


def _version(item_key: str, record: Record, newer: Record | None, insurers: Mapping[str | None, str]) -> Version:
    return Version(
        groups=[_with_office_names(group, item_key) for group in kinds.display(item_key, record.content)],
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        registered_at=record.registered_at,
        source=_source_name(record.source, insurers),
        history_no=record.history_no,
        version=record.version,
        superseded_at=record.superseded_at,
        reason=record.reason,
        changed=kinds.differences(item_key, record.content, newer.content) if newer else [],
        title=_title(item_key, record.content),
    )


def _with_office_names(group: DisplayGroup, item_key: str) -> DisplayGroup:
    """A line that is a 事業所番号 has the office's name before it, where one is known by the number."""
    numbers = {place.label for place in kinds.item(item_key).fields if isinstance(place, OfficeNumber)}
    lines = [
        line._replace(value=f"{name}({line.value})")
        if line.label in numbers and (name := office_name(line.value))
        else line
        for line in group.lines
    ]
    return group._replace(lines=lines)


def _title(item_key: str, content: dict[str, Any]) -> str:
    item = kinds.item(item_key)
    parts = []
    for place in (item.by_name[name] for name in item.entry if content.get(name) is not None):
        shown = place.show(content[place.name])
        parts.append((office_name(shown) or shown) if isinstance(place, OfficeNumber) else shown)
    return " ".join(parts)


def _person_view(insured_key: int, opening: Opening) -> PersonView | None:
    person = opening.person
    if person is None:
        return None
    card = next(iter(opening.item(CARD).records), None)
    return PersonView(
        key=insured_key,
        name=person.name,
        kana=person.kana,
        birth=person.birth,
        sex=person.sex,
        insurer_no=person.insurer_no,
        insurer_name=person.insurer_name,
        insured_no=person.insured_no,
        care_level=card.content.get("care_level", "") if card else "",
        valid_from=card.valid_from if card else None,
        valid_to=card.valid_to if card else None,
    )


def _basis(basis: Basis) -> list[str]:
    """What the opening rests on, in words: assignment and consent. The rule stands beside each item."""
    found = []
    if assignment := basis.assignment:
        last = assignment.until and assignment.until - dt.timedelta(days=1)
        until = f"{to_wareki(last)}まで" if last else ""
        found.append(f"担当({CAPACITIES[assignment.capacity]}・{to_wareki(assignment.since)}から{until})")
    if consent := basis.consent:
        taker = consent.organisation or ("市町村" if consent.taken_by == "municipality" else "事業所")
        found.append(f"包括的同意({to_wareki(consent.given_on)} {taker})")
    if emergency := basis.emergency:
        found.append(f"緊急時の閲覧({timezone.localtime(emergency.until):%H:%M}まで・理由: {emergency.reason})")
    return found


def _insurers(opening: Opening) -> dict[str | None, str]:
    """Names of the insurers the records came from: nearly always the person's own, which the gate has named."""
    person = opening.person
    known: dict[str | None, str] = {person.insurer_no: person.insurer_name} if person else {"": ""}
    sources = {record.source for item in opening.items for record in item.records}
    others = {source.partition(":")[2] for source in sources if source.startswith("insurer:")} - set(known)
    if others:
        known |= dict(Insurer.objects.filter(number__in=others).values_list("number", "name"))
    return known


def _source_name(source: str, insurers: Mapping[str | None, str]) -> str:
    """Who sent a record, in words: ``insurer:131136`` becomes the insurer's name."""
    kind, _, number = source.partition(":")
    if kind == "insurer":
        return insurers.get(number) or f"保険者 {number}"
    if kind == "office":
        return office_name(number) or f"事業所 {number}"
    return {"medical": f"医療機関 {number}", "life": "LIFE"}.get(kind, source)
