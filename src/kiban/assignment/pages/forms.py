"""Forms of 本人確認 and 担当."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from django import forms
from django.utils import timezone

from kiban.assignment.acts import FourItems
from kiban.assignment.words import CAPACITIES, END_REASONS, METHODS, PLACES
from kiban.registry.models import Organisation
from kiban.web.forms import WarekiField

# The services that make the plan: gate.plan_services() says so in the end (a test holds the two together).
PLANNING = {"43", "46", "AF"}
FOUR = ("insurer_no", "insured_no", "birth", "sex")


class FourItemsForm(forms.Form):
    """保険者番号, 被保険者番号, 生年月日, 性別, as they stand on the 被保険者証."""

    insurer_no = forms.CharField(label="保険者番号", help_text="数字6桁。被保険者証にあります。", max_length=6)
    insured_no = forms.CharField(
        label="被保険者番号", help_text="10桁。マイナンバー(12桁)は入れないでください。", max_length=12
    )
    birth = WarekiField(label="生年月日")
    sex = forms.ChoiceField(label="性別", choices=[("1", "男"), ("2", "女")], widget=forms.RadioSelect)

    def clean_insurer_no(self) -> str:
        number = _digits(self.cleaned_data["insurer_no"])
        if number and (len(number) != 6 or not number.isdigit()):
            raise forms.ValidationError("数字6桁で入れてください。")
        return number

    def clean_insured_no(self) -> str:
        number = _digits(self.cleaned_data["insured_no"]).upper()
        if len(number) == 12 and number.isdigit():
            self.data = {**dict(self.data.items()), "insured_no": ""}  # an individual number is never echoed
            raise forms.ValidationError(
                "12桁の番号はマイナンバーです。ここには入れられません。被保険者番号(10桁)を入れてください。"
            )
        if number and (len(number) != 10 or not (number.isdigit() or (number[0] == "H" and number[1:].isdigit()))):
            raise forms.ValidationError("10桁で入れてください(生活保護の方は H と数字9桁)。")
        return number

    def items(self) -> FourItems | None:
        """What was typed; nothing when none of the four was."""
        data = self.cleaned_data
        if not any(data.get(name) for name in FOUR):
            return None
        return FourItems(data["insurer_no"], data["insured_no"], data["birth"], data["sex"])


class RegisterForm(FourItemsForm):
    """本人確認と担当の登録: by card, by the four items, or by looking at a document with a photograph."""

    method = forms.ChoiceField(
        label="本人確認の方法",
        choices=[(key, METHODS[key]) for key in ("card", "four_items", "visual")],
        widget=forms.RadioSelect,
    )
    document = forms.CharField(
        label="確かめた証",
        required=False,
        max_length=60,
        help_text="例: 運転免許証、介護保険被保険者証と顔写真付きの身分証",
    )
    place = forms.ChoiceField(
        label="確かめた場所", choices=list(PLACES.items()), widget=forms.RadioSelect, initial="office"
    )
    capacity = forms.ChoiceField(label="担当としての立場", widget=forms.RadioSelect)
    viewing_from = WarekiField(label="閲覧の開始日")
    viewing_last = WarekiField(
        label="閲覧の最終日",
        required=False,
        help_text="ふつうは空けておきます。市町村の決まり(決まりがなければ、サービスのあった月の3か月後の月末まで。未確認)で切れます。",
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"viewing_from": timezone.localdate()})
        super().__init__(*args, **kwargs)
        for name in FOUR:  # not needed with a card that was used for the person before
            self.fields[name].required = False
            self.fields[name].need = "2回目からのカードでは要りません"  # type: ignore[attr-defined]
        self.fields["document"].need = "目視のときだけ"  # type: ignore[attr-defined]
        codes = set(organisation.services.values_list("service_id", flat=True))
        allowed = (["plan"] if codes & PLANNING else []) + (["service"] if codes - PLANNING else [])
        capacity = self.fields["capacity"]
        assert isinstance(capacity, forms.ChoiceField)  # noqa: S101 - for the type checker
        capacity.choices = [(key, CAPACITIES[key]) for key in allowed]
        if len(allowed) == 1:
            capacity.initial = allowed[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = [name for name in FOUR if cleaned.get(name)]
        if cleaned.get("method") != "card" or typed:
            for name in FOUR:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "入れてください。")
        if cleaned.get("method") == "visual" and not (cleaned.get("document") or "").strip():
            self.add_error("document", "何を見て確かめたかを入れてください。")
        start, last = cleaned.get("viewing_from"), cleaned.get("viewing_last")
        if start and last and last < start:
            self.add_error("viewing_last", "開始日より前の日になっています。")
        elif last and last < timezone.localdate():
            self.add_error("viewing_last", "過ぎた日になっています。")
        return cleaned


class EndForm(forms.Form):
    """担当の終了."""

    reason = forms.ChoiceField(label="終了の理由", choices=list(END_REASONS.items()), widget=forms.RadioSelect)


class OfferForm(forms.Form):
    """引き継ぎの申し出."""

    to_number = forms.CharField(
        label="引き継ぐ先の事業所番号",
        max_length=10,
        help_text="数字10桁。分からないときは「事業所をさがす」で調べます。",
    )
    starts_on = WarekiField(label="引き継ぐ日", help_text="この日から、引き継ぎ先が計画を作ります。")
    note = forms.CharField(
        label="申し送り",
        required=False,
        max_length=200,
        help_text="利用者のお名前や病状は書かないでください。連絡の取り方などを書きます。",
    )

    def clean_to_number(self) -> str:
        number = _digits(self.cleaned_data["to_number"])
        if len(number) != 10 or not number.isdigit():
            raise forms.ValidationError("数字10桁で入れてください。")
        return number

    def clean_starts_on(self) -> dt.date:
        return _not_past(self.cleaned_data["starts_on"])


class GrantForm(forms.Form):
    """The insurer registers an organisation as 担当 itself."""

    organisation_number = forms.CharField(label="事業所番号・医療機関コード", max_length=10, help_text="数字10桁。")
    capacity = forms.ChoiceField(label="立場", choices=list(CAPACITIES.items()), widget=forms.RadioSelect)
    viewing_from = WarekiField(label="閲覧の開始日")
    viewing_last = WarekiField(label="閲覧の最終日")

    def clean_organisation_number(self) -> str:
        return _digits(self.cleaned_data["organisation_number"])

    def clean_viewing_last(self) -> dt.date:
        return _not_past(self.cleaned_data["viewing_last"])


class EmergencyForm(FourItemsForm):
    """緊急時の閲覧: who, and why now."""

    reason = forms.CharField(
        label="いま開かなければならない理由",
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例: 利用者宅で倒れているのを見つけ、救急隊に服薬と主治医を伝える必要があるため。",
    )
    understood = forms.BooleanField(label="管理者と市町村に知らされ、あとで理由が確かめられることを知っています")


class ReviewForm(forms.Form):
    """What the administrator found when looking through it."""

    verdict = forms.ChoiceField(
        label="判断",
        choices=[("proper", "必要だった"), ("improper", "必要ではなかった"), ("unclear", "まだ分からない")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="確かめたこと",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="だれに何を聞いたかを書きます。",
    )


def _digits(text: str) -> str:
    """A number as typed, full-width digits and blanks included, in plain characters."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _not_past(day: dt.date) -> dt.date:
    if day < timezone.localdate():
        raise forms.ValidationError("過ぎた日になっています。")
    return day
