"""For which office a plan becomes files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from kiban.formats.careplan.layouts import codes
from kiban.registry.models import OfficeService, Organisation, OrganisationService
from kiban.registry.numbers import NumberFormatError, require_form, tidied

OTHER = "other"


class RecipientForm(forms.Form):
    """For which office, as which service: those the plan names, or another one."""

    office = forms.ChoiceField(label="送る相手の事業所", widget=forms.RadioSelect)
    number = forms.CharField(
        label="ほかの事業所の番号",
        required=False,
        max_length=20,
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
            try:
                cleaned["number"] = require_form("事業所番号", tidied("事業所番号", cleaned.get("number") or ""))
            except NumberFormatError as error:
                self.add_error("number", str(error))
            if not cleaned.get("service"):
                self.add_error("service", "選んでください。")
        return cleaned

    def recipient(self) -> tuple[str, str]:
        """Number and サービス種類コード."""
        if self.cleaned_data["office"] == OTHER:
            return self.cleaned_data["number"], self.cleaned_data["service"]
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
