"""標準仕様のファイルにする: one plan as the four files of a sending unit for one office, checked before they go out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from kiban.formats.careplan.checks import check_sources
from kiban.formats.careplan.layouts import FileName, Kind, Severity, WriteError, codes, layout, of_bytes, write
from kiban.formats.careplan.layouts.characters import odd
from kiban.formats.careplan.layouts.characters import shown as shown_character
from kiban.formats.careplan.layouts.names import MONTHLY
from kiban.formats.careplan.layouts.rules import EMPTY_MONTH
from kiban.plans.documents import ITEM, PlanUser, write_plan
from kiban.records import kinds
from kiban.records.fields import Rows
from kiban.registry.models import OfficeService, Organisation, OrganisationService

PLANNING = ("43", "46", "AF")  # as gate.plan_services(), the usual first
OTHER = "other"


@dataclass(frozen=True)
class Ends:
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
        held = {one.service_id for one in self.sender.services.all() if _in_force(one, today)}
        return next((code for code in PLANNING if code in held), PLANNING[0])


@dataclass
class Made:
    """Files that were made, or why they were not.

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
        person["birth"].replace("-", ""),
    )


def make(user: PlanUser, content: Mapping[str, Any], ends: Ends) -> Made:
    """The four files of the plan set. What the check calls an error stops all of them."""
    made = Made(ends.sequence)
    for kind, records in write_plan(user, content).items():
        name = FileName(
            kind,
            EMPTY_MONTH if kind in MONTHLY else None,
            ends.sender.number,
            ends.sender_service(),
            ends.receiver,
            ends.receiver_service,
            ends.sequence,
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
            f"{one.column_name or one.file}: {one.message}{one.remedy}"
            for one in report.findings
            if one.severity is Severity.ERROR
        ]
    return made


_MISSING = {
    Kind.PLAN2: "「直す」から、第2表に1行は書いてください。",
    Kind.PLAN3: "標準仕様では第3表もいっしょに送ります。"
    "「直す」から、週間サービスか、週単位以外のサービスを書いてください。",
}


def outside_ms932(content: Mapping[str, Any]) -> list[str]:
    """Where a plan has characters its files could not hold: one sentence a character."""
    found = {f"{label}: {shown_character(one)}": None for label, text in _texts(content) for one in odd(text)}
    return list(found)


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


class RecipientForm(forms.Form):
    """For which office, as which service: those the plan names, or another one."""

    office = forms.ChoiceField(label="送る相手の事業所", widget=forms.RadioSelect)
    number = forms.CharField(
        label="ほかの事業所の番号",
        required=False,
        max_length=10,
        help_text="「ほかの事業所」を選んだときに入れます。10桁。",
    )
    service = forms.ChoiceField(
        label="ほかの事業所のサービスの種類",
        required=False,
        choices=[("", "選んでください"), *((code, f"{name}({code})") for code, name in codes.IN_SCOPE.items())],
    )

    def __init__(self, content: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = self.fields["office"]
        assert isinstance(office, forms.ChoiceField)  # noqa: S101 - for the type checker
        office.choices = [*_named(content), (OTHER, "ほかの事業所")]
        if not self.is_bound:
            self.initial["office"] = next(iter(office.choices))[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("office") == OTHER:
            number = cleaned.get("number") or ""
            if len(number) != 10 or not number.isascii() or not number.isalnum():
                self.add_error("number", "半角10桁の事業所番号を入れてください。")
            if not cleaned.get("service"):
                self.add_error("service", "選んでください。")
        return cleaned

    def recipient(self) -> tuple[str, str]:
        """Number and サービス種類コード."""
        if self.cleaned_data["office"] == OTHER:
            return self.cleaned_data["number"].upper(), self.cleaned_data["service"]
        number, _, service = self.cleaned_data["office"].partition("-")
        return number, service


def _named(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The offices a plan names by number, each with the services it is known for."""
    names: dict[str, str] = {}
    for row in content.get("services", []):
        if number := row.get("provider_number"):
            names.setdefault(number, row.get("provider", ""))
    pairs = {
        *OfficeService.objects.filter(office_id__in=names).values_list("office_id", "service_code"),
        *OrganisationService.objects.filter(
            organisation__kind=Organisation.Kind.OFFICE, organisation__number__in=names
        ).values_list("organisation__number", "service_id"),
    }
    return [
        (f"{number}-{service}", f"{names[number]} {number}: {codes.IN_SCOPE[service]}({service})")
        for number in names
        for service in sorted(service for of, service in pairs if of == number and service in codes.IN_SCOPE)
    ]


def _in_force(service: OrganisationService, day: dt.date) -> bool:
    return service.starts_on <= day and (service.ends_on is None or service.ends_on > day)
