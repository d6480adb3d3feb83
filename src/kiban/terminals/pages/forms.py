"""Forms of the terminals page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.terminals.models import Terminal
from kiban.web.file_size import in_words

VISIT = "訪問先での閲覧"
PURPOSES = ("事務所での閲覧", VISIT, "カードでの本人確認")
LONGEST_REQUEST = 65_536  # bytes


def chosen(*words: str) -> list[tuple[str, str]]:
    """The choices of a field that may be left undecided."""
    return [("", "決めていない"), *((word, word) for word in words)]


class TerminalForm(forms.Form):
    """A terminal of the ledger."""

    name = forms.CharField(label="端末の名前", max_length=60, help_text="例: 相談室PC")
    place = forms.CharField(label="置き場所", max_length=60, required=False)
    purpose = forms.ChoiceField(label="使いみち", choices=chosen(*PURPOSES), required=False)
    custodian = forms.ChoiceField(
        label="管理する人",
        choices=chosen(),
        required=False,
        help_text="選んだ職員は、この端末で証明書を新しくできます。",
    )
    os = forms.ChoiceField(label="OS", choices=chosen("Windows 11", "Windows 10", "macOS", "iPadOS"), required=False)
    browser = forms.ChoiceField(
        label="ブラウザー", choices=chosen("Microsoft Edge", "Google Chrome", "Firefox", "Safari"), required=False
    )
    reader = forms.CharField(label="カードリーダーの型番", max_length=60, required=False)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        custodian = self.fields["custodian"]
        assert isinstance(custodian, forms.ChoiceField)  # noqa: S101 - for the type checker
        custodian.choices = chosen(*_people(organisation))

    @classmethod
    def of(cls, terminal: Terminal, data: Mapping[str, Any] | None = None) -> TerminalForm:
        """The form for changing a terminal; what the operator or a check once wrote stays a choice."""
        initial = {name: getattr(terminal, name) for name in cls.base_fields}
        form = cls(terminal.organisation, data, initial=initial)
        for name, field in form.fields.items():
            current = getattr(terminal, name)
            if isinstance(field, forms.ChoiceField) and not field.valid_value(current):
                field.choices = [*chosen_before(field), (current, current)]
        return form


def chosen_before(field: forms.ChoiceField) -> list[Any]:
    """The choices of a field as they are."""
    return list(field.choices)  # type: ignore[arg-type]


def _people(organisation: Organisation) -> list[str]:
    """Who works in the organisation today or soon, by name. (The room of staff stands above this one.)"""
    working = organisation.employments.not_over(timezone.localdate())
    rows: list[str] = list(working.order_by("account__kana", "account__name").values_list("account__name", flat=True))
    return list(dict.fromkeys(rows))


class RevocationForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(label="失効の理由", max_length=100, help_text="例: 端末を紛失した、端末を廃棄した")


class LossForm(forms.Form):
    """A terminal was lost or stolen."""

    reason = forms.CharField(
        label="何が起きたか",
        max_length=100,
        help_text="例: 11月20日の訪問の帰りに紛失した。個人の名前は書かないでください。",
    )
    replace = forms.BooleanField(label="代わりの端末に、続けて新しい証明書を発行する", required=False)


class RequestForm(forms.Form):
    """A certificate request the terminal made."""

    request = forms.FileField(
        label="証明書の要求(CSR)のファイル",
        help_text=f"PKCS#10。PEMでもDERでもかまいません。{in_words(LONGEST_REQUEST)}まで。",
    )

    def clean_request(self) -> Any:
        """Anything far too long for a request is none."""
        file = self.cleaned_data["request"]
        if file.size > LONGEST_REQUEST:
            raise forms.ValidationError("証明書の要求(CSR)には大きすぎます。ファイルを選び直してください。")
        return file
