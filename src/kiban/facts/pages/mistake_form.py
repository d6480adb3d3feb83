"""登録のまちがい of a fact about a person: no individual number goes into the reason."""

from __future__ import annotations

from django import forms

from kiban.records import personal_number
from kiban.web.mistakes import MistakeForm


class FactMistakeForm(MistakeForm):
    """Why a fact about a person is taken back."""

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if personal_number.stands_in(reason):
            self.data = {**dict(self.data.items()), "reason": ""}  # an individual number is never echoed
            raise forms.ValidationError("12桁の番号(マイナンバー)が入っています。番号を除いて、書き直してください。")
        return reason
