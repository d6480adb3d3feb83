"""Forms of 同意: giving, refusing, taking back, the older consents, the signed paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from kiban.consent import explanation, scans
from kiban.consent.acts import Signing
from kiban.consent.earliest_day import COMPREHENSIVE, INSURANCE, EarliestDay
from kiban.records import personal_number
from kiban.terms.wareki import to_wareki
from kiban.web import file_size
from kiban.web.forms import WarekiField

LONGEST_NAME = 60
LONGEST_NOTE = 500


class SigningForm(forms.Form):
    """Who said so, how, and on which day. Keeps the day inside what can be true."""

    on = WarekiField(label="日付", past=True)
    signer = forms.ChoiceField(
        label="署名した人",
        choices=list(explanation.SIGNERS.items()),
        widget=forms.RadioSelect,
        help_text="家族や後見人の署名で足りるかは、国から示されていません(未確認)。署名のとおりに選んでください。",
    )
    signer_name = forms.CharField(
        label="署名した人の名前",
        max_length=LONGEST_NAME,
        required=False,
        help_text="本人のほかの人が署名したときだけ入れます。家族は続柄も入れてください(例: 長女 試験 花子)。",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    witness = forms.CharField(
        label="立会人の名前",
        max_length=LONGEST_NAME,
        required=False,
        help_text="代筆のときは必ず入れてください。代筆した人とは別の、その場にいた人です。",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label="伺い方",
        choices=list(explanation.CHANNELS.items()),
        widget=forms.RadioSelect,
        help_text="電話だけでよいかは、国から示されていません(未確認)。",
    )
    note = forms.CharField(
        label="覚え書き",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="その場のようすや、市町村に確かめたことなど。マイナンバーは書かないでください。",
    )

    day_label = "日付"
    earliest = COMPREHENSIVE
    needs_witness = True

    def __init__(self, *args: Any, not_before: EarliestDay | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate(), "channel": "meeting"})
        super().__init__(*args, **kwargs)
        self.not_before = max(not_before or self.earliest, self.earliest, key=lambda earliest: earliest.day)
        self.fields["on"].label = self.day_label

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day < self.not_before.day:
            raise forms.ValidationError(self.not_before.sentence)
        return day

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if personal_number.stands_in(note):
            self.data = {**dict(self.data.items()), "note": ""}  # an individual number is never echoed
            raise forms.ValidationError("12桁の番号(マイナンバー)が入っています。番号を除いて、書き直してください。")
        return note

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        signer, name = cleaned.get("signer"), cleaned.get("signer_name", "")
        if signer == "self" and name:
            self.add_error(
                "signer_name",
                "「本人」を選んだときは空けてください。ほかの人が署名したときは、上で選び直してください。",
            )
        elif signer and signer != "self" and not name:
            self.add_error("signer_name", "本人のほかの人が署名したときは、その人の名前を入れてください。")
        if self.needs_witness and signer == "scribe":
            witness = cleaned.get("witness", "")
            if not witness and "witness" not in self.errors:
                self.add_error("witness", "代筆のときは、その場にいた立会人の名前を入れてください。")
            elif witness and without_blanks(witness) == without_blanks(name):
                self.add_error("witness", "代筆した人と同じ名前です。立会人は別の人にしてください。")
        if cleaned.get("channel") == "other" and "note" in cleaned and not cleaned["note"]:
            self.add_error("note", "「その他」のときは、どのように伺ったかを書いてください。")
        return cleaned

    def signing(self) -> Signing:
        """What a valid form registers."""
        data = self.cleaned_data
        return Signing(
            on=data["on"],
            signer=data["signer"],
            signer_name=data["signer_name"],
            witness=data.get("witness", ""),
            channel=data.get("channel", "other"),
            note=data["note"],
        )


class _OnATextForm(SigningForm):
    """A signing with the explanation that the person was given."""

    text_version = forms.ChoiceField(
        label="お渡しした説明文",
        help_text="署名した用紙の右上にある版を選びます。前の版の用紙でいただいたときも、そのまま登録できます。",
    )
    explained = forms.BooleanField(label="説明文をご本人に示して、説明しました")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text_version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            *(
                (version, f"{version}版{'(いまの版)' if version == explanation.CURRENT else ''}")
                for version in reversed(explanation.TEXTS)
            ),
            (explanation.MUNICIPAL_TEXT, "市町村から渡された説明文"),
        ]
        self.order_fields(["on", "text_version", "explained"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        text, day = explanation.TEXTS.get(cleaned.get("text_version", "")), cleaned.get("on")
        if text and day and day < text.since:
            self.add_error(
                "text_version",
                f"{text.version}版は、{to_wareki(text.since)}からの説明文です。"
                "それより前の日のときは、前の版を選んでください。",
            )
        return cleaned


class GiveForm(_OnATextForm):
    """包括的同意 given."""

    day_label = "同意をいただいた日"


class RefuseForm(_OnATextForm):
    """不同意: the person does not consent."""

    day_label = "同意しないと言われた日"


class WithdrawForm(SigningForm):
    """撤回: the person takes the consent back."""

    day_label = "撤回の申し出を受けた日"


class OtherForm(SigningForm):
    """One of the older consents, as the paper says."""

    day_label = "書面の日付"
    earliest = INSURANCE
    needs_witness = False

    kind = forms.ChoiceField(
        label="どの同意ですか", choices=list(explanation.OTHER_KINDS.items()), widget=forms.RadioSelect
    )
    covers_family = forms.BooleanField(
        label="家族の情報を使うことの同意も含む",
        required=False,
        help_text="家族の署名欄があり、署名されているときに印を付けます。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["witness"], self.fields["channel"]
        self.order_fields(["kind", "on", "signer", "signer_name", "covers_family", "note"])


class ScanForm(forms.Form):
    """The signed paper as a file; ``cleaned_data["scan"]`` is (media type, bytes)."""

    scan = forms.FileField(
        label="読み取った書面",
        help_text=f"PDF・PNG・JPEG、{file_size.in_words(scans.LARGEST)}まで。写真でもかまいません。文字が読めることを確かめてください。",
        allow_empty_file=True,  # so that we say it in our words
        widget=file_size.file_input(scans.LARGEST, ".pdf,.png,.jpg,.jpeg", scans.SMALLER),
    )

    def clean_scan(self) -> tuple[str, bytes]:
        uploaded: UploadedFile = self.cleaned_data["scan"]
        if (uploaded.size or 0) > scans.LARGEST:
            raise forms.ValidationError(scans.too_large(uploaded.size or 0))
        content = uploaded.read()
        try:
            return scans.media_type(content), content
        except scans.ScanError as error:
            raise forms.ValidationError(str(error)) from None


def without_blanks(name: str) -> str:
    """A name without its blanks, to compare two."""
    return "".join(name.split())
