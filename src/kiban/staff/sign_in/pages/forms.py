from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from kiban.staff.accounts import normalised_id
from kiban.staff.models import Account, Employment, EmploymentQuerySet
from kiban.staff.sign_in import recovery_codes


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
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", "2回目のパスワードが1回目と違います。もう一度入れてください。")
        return cleaned
