from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from kiban.registry.models import JobType
from kiban.staff import recovery_codes
from kiban.staff.levels import grantable
from kiban.staff.models import Account, Employment, EmploymentQuerySet
from kiban.staff.services import normalised_id
from kiban.web.forms import WarekiField


class SignInForm(forms.Form):
    login_id = forms.CharField(
        label="職員ID", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="パスワード",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "size": 40}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_login_id(self) -> str:
        return normalised_id(self.cleaned_data["login_id"])


class CodeForm(forms.Form):
    code = forms.CharField(
        label="確認コード(6桁の数字)",
        max_length=20,
        widget=forms.TextInput(
            attrs={"size": 8, "inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        code = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        if len(code) != 6 or not code.isascii() or not code.isdecimal():
            raise ValidationError("アプリに出ている6桁の数字を入れてください。")
        return code


class UnlockForm(forms.Form):
    password = forms.CharField(
        label="パスワード",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "size": 40, "autofocus": True}),
    )


class MailForm(forms.Form):
    email = forms.EmailField(
        label="電子メールのアドレス",
        max_length=254,
        widget=forms.EmailInput(attrs={"size": 40, "autocomplete": "email"}),
        help_text="自分だけが読めるアドレスにしてください。このアドレスに、確認のための6桁の数字を送ります。",
    )


class PasskeyForm(forms.Form):
    """What ``passkey.js`` writes: the browser's answer as JSON."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput, label="パスキー")


class NewPasskeyForm(PasskeyForm):
    name = forms.CharField(
        label="名前",
        max_length=60,
        required=False,
        help_text="例 事務室PC、私のスマートフォン。見分けるために使います。",
    )


class RecoveryForm(forms.Form):
    code = forms.CharField(
        label="復旧コード",
        max_length=40,
        widget=forms.TextInput(attrs={"size": 20, "autocomplete": "off", "autofocus": True}),
        help_text="4文字ずつ3つに分かれた、12文字です。使えるのは1回だけです。",
    )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not recovery_codes.looks_like_one(code):
            raise ValidationError("12文字です。控えのとおりに入れてください。")
        return code


class EmploymentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Employment) -> str:
        return f"{obj.job_type.name}({obj.get_level_display()})"


class EmploymentForm(forms.Form):
    def __init__(self, *args: Any, employments: EmploymentQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employment"] = EmploymentField(
            employments, label="職種", widget=forms.RadioSelect, empty_label=None
        )


class PasswordForm(forms.Form):
    current = forms.CharField(
        label="いまのパスワード",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "size": 40}),
    )
    new = forms.CharField(
        label="新しいパスワード",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 40}),
    )
    again = forms.CharField(
        label="新しいパスワード(もう一度)",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 40}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.rules = password_validators_help_texts()

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.account)
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", "2回目のパスワードが1回目と違います。もう一度入れてください。")
        return found


class JobField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(JobType.objects.order_by("position"), label="職種", empty_label="選んでください", **kwargs)

    def label_from_instance(self, obj: JobType) -> str:
        return obj.name


class LevelField(forms.ChoiceField):
    """The levels somebody may give (``levels.grantable``), which the form fills in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="利用者区分",
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
