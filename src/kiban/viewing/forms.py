"""Forms of the 介護WEBサービス: purpose, search, registering as 担当."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.utils import timezone

from kiban.consent.explanation import CAPACITIES, METHODS
from kiban.gate.events import Purpose
from kiban.registry.models import Organisation
from kiban.web.forms import WarekiField


def _digits(text: str) -> str:
    """A number as typed, full-width digits and blanks included, in plain characters."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


VIEWING_MONTHS = 6  # proposed length of a viewing period; the office may choose another


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label="利用目的", choices=[(p.value, p.label) for p in Purpose])


class SearchForm(forms.Form):
    """Search and order of the list; nothing in it is required, so a wrong value falls back to the ordinary list."""

    q = forms.CharField(label="氏名・カナ・被保険者番号の下4桁", max_length=40, required=False)
    sort = forms.ChoiceField(
        label="並べ方",
        choices=[("valid_to", "認定の期限が近い順"), ("kana", "カナ順"), ("care_level", "要介護度が重い順")],
        required=False,
    )
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class RegisterForm(forms.Form):
    """本人確認と担当の登録 by the four identifying items."""

    insurer_no = forms.CharField(label="保険者番号", help_text="数字6桁。被保険者証にあります。", max_length=6)
    insured_no = forms.CharField(
        label="被保険者番号", help_text="10桁。マイナンバー(12桁)は入れないでください。", max_length=12
    )
    birth = WarekiField(label="生年月日")
    sex = forms.ChoiceField(label="性別", choices=[("1", "男"), ("2", "女")], widget=forms.RadioSelect)
    method = forms.ChoiceField(
        label="本人確認の方法",
        choices=[(key, METHODS[key]) for key in ("card", "four_items", "visual")],
        widget=forms.RadioSelect,
    )
    capacity = forms.ChoiceField(label="担当としての立場", widget=forms.RadioSelect)
    viewing_from = WarekiField(label="閲覧の開始日")
    viewing_last = WarekiField(
        label="閲覧の最終日", required=False, help_text="空けておくと、担当を終了するまで続きます。"
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs.setdefault(
            "initial",
            {"viewing_from": today, "viewing_last": today + dt.timedelta(days=30 * VIEWING_MONTHS)},
        )
        super().__init__(*args, **kwargs)
        codes = set(organisation.services.values_list("service_id", flat=True))
        allowed = (["plan"] if "43" in codes else []) + (["service"] if codes - {"43"} else [])
        capacity = self.fields["capacity"]
        assert isinstance(capacity, forms.ChoiceField)  # noqa: S101 - for the type checker
        capacity.choices = [(key, CAPACITIES[key]) for key in allowed]
        if len(allowed) == 1:
            capacity.initial = allowed[0]

    def clean_insurer_no(self) -> str:
        number = _digits(self.cleaned_data["insurer_no"])
        if len(number) != 6 or not number.isdigit():
            raise forms.ValidationError("数字6桁で入れてください。")
        return number

    def clean_insured_no(self) -> str:
        number = _digits(self.cleaned_data["insured_no"]).upper()
        if len(number) == 12 and number.isdigit():
            self.data = {**dict(self.data.items()), "insured_no": ""}  # an individual number is never echoed
            raise forms.ValidationError(
                "12桁の番号はマイナンバーです。ここには入れられません。被保険者番号(10桁)を入れてください。"
            )
        if len(number) != 10 or not (number.isdigit() or (number[0] == "H" and number[1:].isdigit())):
            raise forms.ValidationError("10桁で入れてください(生活保護の方は H と数字9桁)。")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, last = cleaned.get("viewing_from"), cleaned.get("viewing_last")
        if start and last and last < start:
            self.add_error("viewing_last", "開始日より前の日になっています。")
        elif last and last < timezone.localdate():
            self.add_error("viewing_last", "過ぎた日になっています。")
        return cleaned
