"""Every component once: what the browser test looks at, and what an engineer opens to see how a piece is written."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from kiban.web.forms import WarekiField
from kiban.web.frame import Frame

SEAT = Frame(
    "試験ケアプランセンター渋谷", "1371300001", "相談室PC", "試験 支援子", "介護支援専門員", is_administrator=True
)
TODAY = date(2026, 11, 23)


class Gallery(forms.Form):
    name = forms.CharField(label="氏名", max_length=30, help_text="姓と名の間を空けてください。")
    number = forms.CharField(label="被保険者番号", max_length=10, min_length=10)
    born = WarekiField(label="生年月日")
    until = WarekiField(label="同意の終わりの日", required=False)
    sex = forms.ChoiceField(label="性別", choices=[("1", "男"), ("2", "女")], widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label="目的", choices=[("a", "居宅サービス計画の作成・見直し"), ("b", "本人・家族からの相談")]
    )
    papers = forms.MultipleChoiceField(
        label="確かめた書類",
        required=False,
        choices=[("c", "介護保険被保険者証"), ("r", "負担割合証")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="メモ", required=False, widget=forms.Textarea)
    confirmed = forms.BooleanField(label="本人であることを確かめました")
    file = forms.FileField(label="取り込むファイル", required=False)


def context() -> dict[str, Any]:
    levels = ["23", "12", "06", "25", "21"]
    periods = [
        (date(2025, 4, 1), date(2028, 3, 31)),
        (date(2024, 1, 1), date(2026, 12, 31)),
        (date(2023, 10, 1), date(2026, 9, 30)),
        (date(2026, 12, 1), date(2027, 11, 30)),
        (date(2026, 4, 1), None),
    ]
    people = [
        {
            "name": f"試験 花子０{n}",
            "kana": f"シケン ハナコ{n}",
            "born": date(1940 - n, 3, 2),
            "level": levels[n % 5],
            "start": periods[n % 5][0],
            "end": periods[n % 5][1],
            "number": f"000000123{n}",
            "burden": f"{n % 3 + 1}割",
        }
        for n in range(10)
    ]
    return {"people": people, "today": TODAY, "born": date(1940, 3, 2), "end": date(2028, 3, 31)}
