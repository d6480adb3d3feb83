"""What was done on a day: one form for every kind, from its entry in the vocabulary."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from kiban.evidence.operating_standard.vocabulary import Entry, Tick, Way
from kiban.web.forms import WarekiField

BEGINNING = dt.date(2000, 4, 1)  # of 介護保険
RECORD_BEFORE = "モニタリングをした日より前の日になっています。"
TOO_EARLY = "介護保険が始まった日(平成12年4月1日)より前の日になっています。"


class RecordForm(forms.Form):
    """The day, the way, what was so, and of a monitoring when its result was written down."""

    on = WarekiField(label="日付", past=True)
    way = forms.ChoiceField(label="方法", widget=forms.RadioSelect)
    ticks = forms.MultipleChoiceField(
        label="その日のこと",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="確かめられることだけに印を付けます。印のないことは「未確認」と表示されます。",
    )
    written_on = WarekiField(
        label="結果を記録した日",
        past=True,
        required=False,
        help_text="支援経過(第5表)やモニタリングの用紙に書いた日です。まだのときは空けておき、書いたあとで、同じ訪問をこの日付も入れてもう一度入力します。",
    )

    def __init__(self, entry: Entry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = entry.day_label
        way, ticks = self.fields["way"], self.fields["ticks"]
        assert isinstance(way, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(ticks, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        way.choices = [(one.value, words) for one, words in entry.ways.items()]
        ticks.choices = [(one.value, words) for one, words in entry.ticks.items()]
        if len(entry.ways) == 1:
            way.initial = next(iter(entry.ways)).value
        if not entry.ticks:
            del self.fields["ticks"]
        if not entry.has_record:
            del self.fields["written_on"]

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day < BEGINNING:
            raise forms.ValidationError(TOO_EARLY)
        return day

    def clean_written_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["written_on"]
        if day is not None and (on := self.cleaned_data.get("on")) is not None and day < on:
            raise forms.ValidationError(RECORD_BEFORE)
        return day

    def entered(self) -> dict[str, Any]:
        """What a valid form enters, as ``acts.record`` takes it."""
        data = self.cleaned_data
        return {
            "on": data["on"],
            "way": Way(data["way"]),
            "ticks": [Tick(one) for one in data.get("ticks", [])],
            "written_on": data.get("written_on"),
        }
