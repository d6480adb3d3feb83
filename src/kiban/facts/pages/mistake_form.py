"""登録のまちがい: the one form with which a fact that never was so is taken back, in every room that records facts."""

from __future__ import annotations

from django import forms

from kiban.records import personal_number


class MistakeForm(forms.Form):
    """Why a registration is taken back."""

    reason = forms.CharField(
        label="何をまちがえたか",
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text="例: 同じ氏名の別の方に登録した。ほかの方の名前やマイナンバーは書かないでください。",
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if personal_number.stands_in(reason):
            self.data = {**dict(self.data.items()), "reason": ""}  # an individual number is never echoed
            raise forms.ValidationError("12桁の番号(マイナンバー)が入っています。番号を除いて、書き直してください。")
        return reason
