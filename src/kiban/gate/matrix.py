"""Loading the sharing matrix (共有範囲表) and recording what insurers decided themselves.

The file names parties, items and jobs, with ``*`` for "all the others"; the database holds one row for every
combination, so that the gate looks up and never interprets.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction

from kiban.gate.models import Cell, InsurerDecision, MatrixVersion
from kiban.records.kinds import item_keys
from kiban.registry.models import Insurer, JobType, Organisation, OrganisationService

PARTIES = (
    "person",
    "municipality",
    "care_management",
    "service",
    "geriatric_facility",
    "integrated_facility",
    "medical",
)
ASSIGNMENTS = ("own", "any", "plan", "opinion")
DATABASE = "owner"  # the web process may read the matrix, not write it


class MatrixError(ValueError):
    """The matrix file names something that does not exist, says a thing twice, or leaves a source out."""


@dataclass(frozen=True)
class CellRule:
    """One cell of the table, for one party, item and job type."""

    party: str
    item: str
    job_type: str
    is_open: bool
    status: str
    needs_consent: bool
    assignment: str
    source: str


def read(text: str, job_types: Sequence[str]) -> tuple[dict[str, Any], list[CellRule]]:
    """Head and cells of a matrix file; ``*`` is written out, a named job or item going before ``*``.

    Raises:
        MatrixError: see the class.
    """
    head = tomllib.loads(text)
    items = item_keys()
    found: dict[tuple[str, str, str], tuple[int, CellRule]] = {}
    for entry in head.pop("cells"):
        for rule, rank in _written_out(entry, items, job_types):
            place = (rule.party, rule.item, rule.job_type)
            before = found.get(place)
            if before is not None and before[0] == rank:
                raise MatrixError(f"{place} が2回書かれています。")
            if before is None or before[0] < rank:
                found[place] = (rank, rule)
    return head, [rule for _, rule in found.values()]


def _written_out(
    entry: dict[str, Any], items: Sequence[str], job_types: Sequence[str]
) -> Iterator[tuple[CellRule, int]]:
    if entry["party"] not in PARTIES:
        raise MatrixError(f"知らない欄です: {entry['party']}")
    if entry["assignment"] not in ASSIGNMENTS:
        raise MatrixError(f"知らない関係です: {entry['assignment']}")
    if entry["status"] not in Cell.Status.values or not entry["source"].strip():
        raise MatrixError(f"{entry['party']} のマスに、状態か出典がありません。")
    for item in items if entry["items"] == ["*"] else entry["items"]:
        if item not in items:
            raise MatrixError(f"知らない情報です: {item}")
        for job in job_types if entry["jobs"] == ["*"] else entry["jobs"]:
            if job not in job_types:
                raise MatrixError(f"知らない職種です: {job}")
            rank = (entry["items"] != ["*"]) + 2 * (entry["jobs"] != ["*"])
            yield (
                CellRule(
                    entry["party"],
                    item,
                    job,
                    entry["open"],
                    entry["status"],
                    entry["consent"],
                    entry["assignment"],
                    entry["source"],
                ),
                rank,
            )


def load(text: str | None = None) -> MatrixVersion:
    """Load a matrix file (the one shipped, if none is given). The same file twice changes nothing.

    Raises:
        MatrixError: the file is wrong, or this version was loaded before with another content: a decision that was
            in force is never rewritten, a new one gets a new version.
    """
    text = text or files("kiban.gate").joinpath("matrix.toml").read_text(encoding="utf-8")
    job_types = list(JobType.objects.using(DATABASE).order_by("position").values_list("code", flat=True))
    digest = hashlib.sha256((text + "\n".join(job_types)).encode()).hexdigest()
    head, rules = read(text, job_types)
    existing = MatrixVersion.objects.using(DATABASE).filter(version=head["version"]).first()
    if existing is not None:
        if existing.digest != digest:
            if _cells_of(existing) != set(rules):
                raise MatrixError(
                    f"{head['version']}版は、別の内容ですでに読み込まれています。変えるときは新しい版にしてください。"
                )
            # The file is written in other words and decides the same.
            MatrixVersion.objects.using(DATABASE).filter(pk=existing.pk).update(digest=digest)
        return existing
    with transaction.atomic(using=DATABASE):
        version = MatrixVersion.objects.using(DATABASE).create(
            version=head["version"],
            effective_from=head["effective_from"],
            source=head["source"],
            party_of_service={code: party for party, codes in head["parties"].items() for code in codes},
            digest=digest,
        )
        Cell.objects.using(DATABASE).bulk_create([Cell(matrix=version, **vars(rule)) for rule in rules])
    return version


def _cells_of(version: MatrixVersion) -> set[CellRule]:
    """The cells of a loaded version, as a file would give them."""
    names = [field.name for field in fields(CellRule)]
    rows = Cell.objects.using(DATABASE).filter(matrix=version).values(*names)
    return {CellRule(**row) for row in rows}


def decide(
    *,
    insurer: Insurer,
    party: str,
    items: Sequence[str],
    job_types: Sequence[str],
    is_open: bool,
    needs_consent: bool,
    document_name: str,
    document_number: str,
    decided_on: dt.date,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    recorded_by: str,
) -> list[InsurerDecision]:
    """Record an insurer's decision on cells the national table leaves unconfirmed, as a new version of each.

    A published cell is not the insurer's to decide: the gate looks at decisions for unconfirmed cells only.

    Raises:
        MatrixError: unknown party, item or job type; no document; a period that ends before it starts.
    """
    if party not in PARTIES or set(items) - set(item_keys()):
        raise MatrixError("知らない欄か情報があります。")
    if set(job_types) - set(JobType.objects.using(DATABASE).values_list("code", flat=True)):
        raise MatrixError("知らない職種があります。")
    if not document_name.strip() or not document_number.strip():
        raise MatrixError("決定には、文書名と文書番号が要ります。")
    if ends_on is not None and ends_on <= starts_on:
        raise MatrixError("終わりの日が始まりの日より前です。")
    made = []
    with transaction.atomic(using=DATABASE):
        Insurer.objects.using(DATABASE).select_for_update().get(pk=insurer.pk)
        for item in items:
            for job in job_types:
                place = {"insurer_id": insurer.pk, "party": party, "item": item, "job_type": job}
                last = InsurerDecision.objects.using(DATABASE).filter(**place).order_by("-version").first()
                made.append(
                    InsurerDecision.objects.using(DATABASE).create(
                        **place,
                        version=last.version + 1 if last else 1,
                        is_open=is_open,
                        needs_consent=needs_consent,
                        document_name=document_name,
                        document_number=document_number,
                        decided_on=decided_on,
                        starts_on=starts_on,
                        ends_on=ends_on,
                        recorded_by=recorded_by,
                    )
                )
    return made


PARTY_LABELS = {
    "person": "利用者本人",
    "municipality": "市町村",
    "care_management": "居宅介護支援事業所",
    "service": "介護事業所",
    "geriatric_facility": "介護老人保健施設",
    "integrated_facility": "介護医療院",
    "medical": "医療機関",
}
ASSIGNMENT_LABELS = {
    "own": "自らの被保険者について",
    "any": "担当として登録された事業所",
    "plan": "この方の計画を作成する事業所",
    "opinion": "意見書の作成を依頼された医療機関",
}


@cache  # a loaded version never changes
def who_may(version: str, item: str) -> list[str]:
    """Who sees an item by the published table, in words: party, job types, assignment."""
    cells = Cell.objects.filter(matrix_id=version, item=item, is_open=True, status=Cell.Status.PUBLISHED)
    jobs: dict[tuple[str, str], list[str]] = {}
    names = dict(JobType.objects.values_list("code", "name"))
    for cell in cells.order_by("party", "id"):
        jobs.setdefault((cell.party, cell.assignment), []).append(names[cell.job_type])
    return [
        f"{PARTY_LABELS[party]}({ASSIGNMENT_LABELS[assignment]})の"
        + ("職員" if len(found) == len(names) else "・".join(found))
        for (party, assignment), found in jobs.items()
        if party not in {"person"}
    ]


def parties_of(version: str, kind: str, number: str) -> frozenset[str]:
    """The columns of the table an organisation (its kind and number) stands in by its designated services."""
    if kind != Organisation.Kind.OFFICE:
        return frozenset({kind})
    services = OrganisationService.objects.filter(organisation__kind=kind, organisation__number=number)
    columns = _columns(version)
    return frozenset(columns[code] for code in services.values_list("service_id", flat=True) if code in columns)


@cache
def _columns(version: str) -> dict[str, str]:
    found: dict[str, str] = MatrixVersion.objects.get(version=version).party_of_service
    return found


@cache
def source_of(version: str, item: str, parties: frozenset[str], job_type: str) -> str:
    """The source of the cell that concerns employees of a 職種 in these columns; empty if there is none."""
    cell = Cell.objects.filter(matrix_id=version, item=item, party__in=parties, job_type=job_type).first()
    return cell.source if cell else ""
