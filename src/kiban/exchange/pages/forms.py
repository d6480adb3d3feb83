"""Forms of the boxes and of the keys."""

from __future__ import annotations

from typing import Any

from django import forms

from kiban.registry.models import Organisation
from kiban.terminals.models import Terminal

LONGEST = 4000  # characters


class NotTakenInForm(forms.Form):
    """What could not be taken in, a line each."""

    words = forms.CharField(
        label="取り込めなかったところ",
        help_text="1行に1つずつ、何行目の、だれの、何が取り込めなかったかを書きます。相手の事業所だけが読みます。",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=LONGEST,
    )

    def rows(self) -> list[str]:
        """The lines that say something."""
        return [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]


class _TerminalChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class KeyForm(forms.Form):
    """For which terminal of the office."""

    terminal = _TerminalChoice(
        label="自動で送り受けする端末",
        queryset=Terminal.objects.none(),
        empty_label="選んでください",
        help_text="介護ソフトが入っているパソコンです。この端末の証明書と、この鍵の両方がそろったときだけ使えます。",
    )

    def __init__(self, organisation: Organisation, *arguments: Any) -> None:
        super().__init__(*arguments)
        field = self.fields["terminal"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Terminal.objects.filter(organisation=organisation, retired_on=None).order_by("name")
