"""Forms of the terminals page."""

from __future__ import annotations

from django import forms


class TerminalForm(forms.Form):
    """A terminal of the ledger."""

    name = forms.CharField(label="端末の名前", max_length=60, help_text="例: 相談室PC")
    place = forms.CharField(label="置き場所", max_length=60, required=False)
    purpose = forms.CharField(label="使いみち", max_length=100, required=False)
    custodian = forms.CharField(label="管理する人", max_length=60, required=False)


class RevocationForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(label="失効の理由", max_length=100, help_text="例: 端末を紛失した、端末を廃棄した")
