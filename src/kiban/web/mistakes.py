"""登録のまちがい: the form with which something that never was so is taken back, in every room."""

from __future__ import annotations

from django import forms


class MistakeForm(forms.Form):
    """Why a registration is taken back."""

    reason = forms.CharField(
        label="何をまちがえたか",
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text="例: 同じ氏名の別の方に登録した。ほかの方の名前やマイナンバーは書かないでください。",
    )
