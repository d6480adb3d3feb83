"""標準仕様のファイルにする: one plan as the four files of a sending unit for one office, checked before they go out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.formats.careplan.checks import check_sources
from kiban.formats.careplan.layouts import FileName, Kind, Severity, WriteError, layout, of_bytes, write
from kiban.formats.careplan.layouts.characters import odd
from kiban.formats.careplan.layouts.characters import shown as shown_character
from kiban.formats.careplan.layouts.names import MONTHLY
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.plans.documents import ITEM, PlanUser, write_plan
from kiban.records import kinds
from kiban.records.fields import Rows
from kiban.registry.models import Organisation, OrganisationService
from kiban.terms import partial_days
from kiban.terms.services import MAKES_PLAN


@dataclass(frozen=True)
class Route:
    """From whom to whom, when. ``at`` becomes the ファイル連番."""

    sender: Organisation
    receiver: str
    receiver_service: str
    at: dt.datetime

    @property
    def sequence(self) -> str:
        return f"{self.at:%Y%m%d%H%M%S}"

    def sender_service(self) -> str:
        """The サービス種類コード of the sender; 43 where it has several."""
        today = self.at.date()
        services = {service.service_id for service in self.sender.services.all() if _in_force(service, today)}
        return next((code for code in MAKES_PLAN if code in services), MAKES_PLAN[0])


@dataclass
class FileSet:
    """The files of one plan, or why they could not be made.

    Attributes:
        problems: sentences; none of the files may be used when there is one.
    """

    sequence: str
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def zipped(self) -> bytes:
        """The files in one zip."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(name, content)
        return stream.getvalue()


def user_of(person: Mapping[str, Any]) -> PlanUser:
    """The person as 利用者補足情報 names them (``gate.answer_plans``)."""
    return PlanUser(
        person["insurer_no"],
        person["insured_no"],
        person["kana"] or "",
        person["name"],
        person["sex"],
        partial_days.eight_digits(partial_days.of(person["birth"])),
    )


def make_files(user: PlanUser, content: Mapping[str, Any], route: Route) -> FileSet:
    """The four files of the plan set. What the check calls an error stops all of them."""
    made = FileSet(route.sequence)
    for kind, records in write_plan(user, content).items():
        name = FileName(
            kind,
            EMPTY_MONTH if kind in MONTHLY else None,
            route.sender.number,
            route.sender_service(),
            route.receiver,
            route.receiver_service,
            route.sequence,
        ).compose()
        if not records:
            made.problems.append(f"{layout(kind).title}に書くことがありません。{_MISSING[kind]}")
            continue
        try:
            made.files[name] = write(layout(kind), records)
        except WriteError as error:
            made.problems.append(f"{layout(kind).title} {error}")
    if not made.problems:
        report = check_sources([of_bytes(name, data) for name, data in made.files.items()])
        made.problems = [
            f"{finding.column_name or finding.file}: {finding.message}{finding.remedy}"
            for finding in report.findings
            if finding.severity is Severity.ERROR
        ]
    return made


_MISSING = {
    Kind.PLAN2: "「直す」から、第2表に1行は書いてください。",
    Kind.PLAN3: "標準仕様では第3表もいっしょに送ります。"
    "「直す」から、週間サービスか、週単位以外のサービスを書いてください。",
}


def outside_ms932(content: Mapping[str, Any]) -> list[str]:
    """Where a plan has characters its files could not hold: one sentence a character."""
    sentences = {
        f"{label}: {shown_character(character)}": None for label, text in _texts(content) for character in odd(text)
    }
    return list(sentences)


def _texts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place in kinds.item(ITEM).fields:
        value = content.get(place.name)
        if isinstance(value, str):
            yield place.label, value
        elif isinstance(place, Rows):
            for number, row in enumerate(value or [], 1):
                for cell in place.fields:
                    if isinstance(row.get(cell.name), str):
                        yield f"{place.label} {number}行目 {cell.label}", row[cell.name]


def _in_force(service: OrganisationService, day: dt.date) -> bool:
    return service.starts_on <= day and (service.ends_on is None or service.ends_on > day)
