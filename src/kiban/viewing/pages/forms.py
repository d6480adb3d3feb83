"""Forms of the lists: purpose, search, and whose persons."""

from __future__ import annotations

from django import forms

from kiban.gate.events import Purpose
from kiban.viewing.filters import FILTERS

SORTS = [("valid_to", "認定の期限が近い順"), ("kana", "カナ順"), ("care_level", "要介護度が重い順")]


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label="利用目的", choices=[(p.value, p.label) for p in Purpose])


class SearchForm(forms.Form):
    """Search, order and filter of the list; nothing is required, so a wrong value falls back to the ordinary list."""

    q = forms.CharField(label="氏名・カナ・被保険者番号の下4桁", max_length=40, required=False)
    sort = forms.ChoiceField(label="並べ方", choices=SORTS, required=False)
    lacks = forms.ChoiceField(
        label="足りないもの", choices=[(one.key, one.label) for one in FILTERS.values()], required=False
    )
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class WhoseForm(forms.Form):
    """自分の担当 or 全員."""

    whose = forms.ChoiceField(choices=[("own", "自分の担当"), ("all", "全員")])
