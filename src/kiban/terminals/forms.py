"""Forms of the terminals page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from kiban.terminals.models import Terminal

VISIT = "訪問先での閲覧"
PURPOSES = ("事務所での閲覧", VISIT, "カードでの本人確認")
CHOICES = [("", "決めていない"), *((words, words) for words in PURPOSES)]


class TerminalForm(forms.Form):
    """A terminal of the ledger."""

    name = forms.CharField(label="端末の名前", max_length=60, help_text="例: 相談室PC")
    place = forms.CharField(label="置き場所", max_length=60, required=False)
    purpose = forms.ChoiceField(label="使いみち", choices=CHOICES, required=False)
    custodian = forms.CharField(label="管理する人", max_length=60, required=False)

    @classmethod
    def of(cls, terminal: Terminal, data: Mapping[str, Any] | None = None) -> TerminalForm:
        """The form for changing a terminal; what the operator once wrote as its purpose stays a choice."""
        form = cls(data, initial={name: getattr(terminal, name) for name in cls.base_fields})
        purpose = form.fields["purpose"]
        if isinstance(purpose, forms.ChoiceField) and terminal.purpose not in ("", *PURPOSES):
            purpose.choices = [*CHOICES, (terminal.purpose, terminal.purpose)]
        return form


class RevocationForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(label="失効の理由", max_length=100, help_text="例: 端末を紛失した、端末を廃棄した")
