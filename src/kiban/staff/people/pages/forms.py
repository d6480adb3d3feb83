from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from kiban.registry.models import JobType
from kiban.staff.models import Employment
from kiban.staff.rights import grantable
from kiban.web.forms import WarekiField


class JobField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(JobType.objects.order_by("position"), label="職種", empty_label="選んでください", **kwargs)

    def label_from_instance(self, obj: JobType) -> str:
        return obj.name


class LevelField(forms.ChoiceField):
    """The levels somebody may give (``rights.grantable``), which the form fills in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="権限区分",
            initial=Employment.Level.GENERAL,
            help_text="一般は情報を見る人、管理者は職員と端末も登録する人です。",
            **kwargs,
        )


class GrantForm(forms.Form):
    """A form in which a level is given: only levels ``by`` may give can be chosen."""

    def __init__(self, *args: Any, by: Employment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        assert isinstance(level, LevelField)  # noqa: S101 - every form of this kind has one
        level.choices = grantable(by)


class PersonForm(GrantForm):
    name = forms.CharField(label="氏名", max_length=60)
    kana = forms.CharField(label="フリガナ", max_length=120, required=False)
    login_id = forms.CharField(
        label="職員ID", max_length=40, help_text="サインインに使います。ほかの人と同じIDは使えません。"
    )
    job_type = JobField()
    level = LevelField()
    starts_on = WarekiField(label="最初の日")
    last_day = WarekiField(label="最後の日", required=False, help_text="決まっていなければ空のままにします。")

    def ends_on(self) -> date | None:
        """The first day without rights."""
        day: date | None = self.cleaned_data["last_day"]
        return day and day + timedelta(days=1)


class LastDayForm(forms.Form):
    last_day = WarekiField(label="最後の日", help_text="この日までサインインできます。次の日から何も見られません。")

    def ends_on(self) -> date:
        """The first day without rights."""
        day: date = self.cleaned_data["last_day"]
        return day + timedelta(days=1)


class JobForm(GrantForm):
    job_type = JobField()
    level = LevelField()
    on = WarekiField(label="いつから", required=False, help_text="空のままなら、今日から変わります。")

    def first_day(self) -> date:
        """The first day in the new 職種."""
        day: date | None = self.cleaned_data["on"]
        return day or timezone.localdate()
