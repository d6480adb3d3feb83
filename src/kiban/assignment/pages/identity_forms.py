"""本人確認: the forms by which an office says who the person is and registers as 担当."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from kiban.assignment.acts import FourItems
from kiban.assignment.pages.card_reading import is_set_up
from kiban.assignment.pages.typed import number as typed_number
from kiban.assignment.words import CAPACITIES, METHODS, PLACES
from kiban.registry.models import Insurer, Organisation
from kiban.registry.numbers import plain
from kiban.terms.services import MAKES_PLAN
from kiban.web.forms import NumberField, WarekiField
from kiban.web.partial_dates import UNKNOWN_HELP, UNKNOWN_LABEL, PartialWarekiField, settle

FOUR = ("insurer_no", "insured_no", "birth", "sex")


class FourItemsForm(forms.Form):
    """保険者番号, 被保険者番号, 生年月日, 性別, as they stand on the 被保険者証."""

    insurer_no = NumberField(label="保険者番号", help_text="数字6桁。被保険者証にあります。", digits=6)
    insured_no = NumberField(
        label="被保険者番号", help_text="10桁。マイナンバー(12桁)は入れないでください。", digits=10
    )
    birth = PartialWarekiField(label="生年月日", required=False, past=True)
    birth_unknown = forms.BooleanField(label=UNKNOWN_LABEL, required=False, help_text=UNKNOWN_HELP)
    sex = forms.ChoiceField(label="性別", choices=[("1", "男"), ("2", "女"), ("9", "不明")], widget=forms.RadioSelect)

    are_required = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth"].need = "必須"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        settle(self, cleaned, "birth", is_unknown=bool(cleaned.get("birth_unknown")))
        if self.are_required and cleaned.get("birth") is None and "birth" not in self.errors:
            self.add_error("birth", "日付を入れてください。")
        return cleaned

    def clean_insurer_no(self) -> str:
        number = typed_number("保険者番号", self.cleaned_data["insurer_no"])
        if number and (len(number) != 6 or not number.isdigit()):
            raise forms.ValidationError("数字6桁で入れてください。")
        if number and not Insurer.objects.filter(number=number).exists():  # public: no try at a person is used up
            raise forms.ValidationError(
                "この番号の保険者(市町村・広域連合)が見つかりません。被保険者証の保険者番号と見比べてください。"
            )
        return number

    def clean_insured_no(self) -> str:
        number = plain(self.cleaned_data["insured_no"])
        if len(number) == 12 and number.isdigit():
            self.data = {**dict(self.data.items()), "insured_no": ""}  # an individual number is never echoed
            raise forms.ValidationError(
                "12桁の番号はマイナンバーです。ここには入れられません。被保険者番号(10桁)を入れてください。"
            )
        number = typed_number("被保険者番号", number)
        if number and (len(number) != 10 or not (number.isdigit() or (number[0] == "H" and number[1:].isdigit()))):
            raise forms.ValidationError("10桁で入れてください(生活保護の方は H と数字9桁)。")
        return number

    def not_begun(self) -> str:
        """Where nobody can be found yet, because the municipality has not begun: a sentence; else nothing."""
        insurer = Insurer.objects.filter(number=self.cleaned_data.get("insurer_no") or None).first()
        if insurer is None or (insurer.started_on is not None and insurer.started_on <= timezone.localdate()):
            return ""
        return (
            f"{insurer.name}は、まだこの仕組みの利用を開始していません。開始するまで、この市町村の方は見つかりません。"
            "市町村に、開始の時期を確かめてください。"
        )

    def items(self) -> FourItems | None:
        """What was typed; nothing when none of the four was."""
        data = self.cleaned_data
        if not any(data.get(name) for name in FOUR):
            return None
        return FourItems(data["insurer_no"], data["insured_no"], data["birth"], data["sex"])


class RegisterForm(FourItemsForm):
    """本人確認と担当の登録: by card, by the four items, or by looking at a document with a photograph."""

    are_required = False

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
            self.fields[name].need = "必須(2回目からのカードでは要りません)"  # type: ignore[attr-defined]
        # As the page shows them, and the list of errors.
        four = [*FOUR[:3], "birth_unknown", *FOUR[3:]]
        self.order_fields(["method", "document", "place", *four])
        if not is_set_up():  # cards
            method = self.fields["method"]
            assert isinstance(method, forms.ChoiceField)  # noqa: S101 - for the type checker
            method.choices = [(key, METHODS[key]) for key in ("four_items", "visual")]
            for name in FOUR:
                self.fields[name].need = "必須"  # type: ignore[attr-defined]
        self.fields["document"].need = "目視のときだけ"  # type: ignore[attr-defined]
        codes = set(organisation.services.values_list("service_id", flat=True))
        allowed = (["plan"] if codes & set(MAKES_PLAN) else []) + (["service"] if codes - set(MAKES_PLAN) else [])
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
