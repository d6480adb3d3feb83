"""Forms of the lists: purpose and search."""

from __future__ import annotations

from django import forms

from kiban.gate.events import Purpose


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
