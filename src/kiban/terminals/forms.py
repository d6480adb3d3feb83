"""Forms of the terminals page."""

from __future__ import annotations

from django import forms

VISIT = "訪問先での閲覧"
PURPOSES = {words: words for words in ("事務所での閲覧", VISIT, "カードでの本人確認")}


class TerminalForm(forms.Form):
    """A terminal of the ledger."""

    name = forms.CharField(label="端末の名前", max_length=60, help_text="例: 相談室PC")
    place = forms.CharField(label="置き場所", max_length=60, required=False)
    purpose = forms.ChoiceField(label="使いみち", choices=[("", "決めていない"), *PURPOSES.items()], required=False)
    custodian = forms.CharField(label="管理する人", max_length=60, required=False)


class RevocationForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.CharField(label="失効の理由", max_length=100, help_text="例: 端末を紛失した、端末を廃棄した")
