from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from kiban.staff.accounts import normalised_id
from kiban.staff.models import Account, Invitation
from kiban.staff.people.employments import Post
from kiban.staff.people.invitations import Invitee
from kiban.staff.people.pages.forms import GrantForm, JobField, LevelField
from kiban.staff.sign_in import passwords
from kiban.staff.sign_in.passwords import LONG
from kiban.terms.wareki import to_wareki
from kiban.web.forms import WarekiField

ANOTHER = "同じ氏名の、別の人です。もう一通作ります"


class InvitationForm(GrantForm):
    name = forms.CharField(label="氏名", max_length=60)
    kana = forms.CharField(label="フリガナ", max_length=120, required=False)
    job_type = JobField()
    level = LevelField()
    starts_on = WarekiField(label="最初の日")
    last_day = WarekiField(label="最後の日", required=False, help_text="決まっていなければ空のままにします。")
    email = forms.EmailField(
        label="メールアドレス",
        required=False,
        help_text="書くと、招待をメールでも送ります。書かなくても、印刷した手紙を渡せます。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "another" in self.data:
            self.fields["another"] = forms.BooleanField(label=ANOTHER)

    @property
    def is_another(self) -> bool:
        """Whether it was said that this is another person of the same name."""
        return bool(self.cleaned_data.get("another"))

    def ask_whether_another(self, waiting: Invitation) -> None:
        """The form once more, with the question whether this is another person than the one invited already."""
        self.fields["another"] = forms.BooleanField(label=ANOTHER, required=False)
        until = to_wareki(timezone.localdate(waiting.expires_at))
        self.add_error(
            "another",
            f"{waiting.name}さん({waiting.job_type.name})の招待が、まだ受け取られていません({until}まで)。"
            "同じ人のときは、招待の一覧から「手紙をもう一度出す」を押してください。"
            "別の人のときは、印を付けて、もう一度押してください。",
        )

    def invitee(self) -> Invitee:
        """Whom the form is about."""
        entered = self.cleaned_data
        last_day: date | None = entered["last_day"]
        ends_on = last_day and last_day + timedelta(days=1)
        post = Post(entered["job_type"], entered["level"], entered["starts_on"], ends_on)
        return Invitee(name=entered["name"], kana=entered["kana"], email=entered["email"], post=post)


class KeyForm(forms.Form):
    key = forms.CharField(
        label="招待の文字",
        max_length=60,
        help_text="手紙に書いてある文字です。例: abcd-efgh-jkmn-pqrs",
        widget=forms.TextInput(attrs={"size": 24, "autocomplete": "off", "autocapitalize": "none", "autofocus": True}),
    )


class AcceptForm(forms.Form):
    login_id = forms.CharField(
        label="職員ID",
        max_length=40,
        help_text="サインインのたびに使います。自分で決めてください。例: hanako-s(空白は使えません)",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    new = forms.CharField(
        label="パスワード",
        help_text=f"{LONG}文字以上。よく使われる言葉、数字だけのもの、氏名や職員IDに似たものは使えません。",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 40}),
    )
    again = forms.CharField(
        label="パスワード(もう一度)",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 40}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean_login_id(self) -> str:
        login_id = normalised_id(self.cleaned_data["login_id"])
        if any(character.isspace() for character in login_id):
            raise forms.ValidationError("職員IDは、空白を入れずに決めてください。")
        return login_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if new := cleaned.get("new"):
            account = Account(
                login_id=cleaned.get("login_id", ""), name=self.invitation.name, kana=self.invitation.kana
            )
            for sentence in passwords.check(account, new):
                self.add_error("new", sentence)
            if cleaned.get("again") and new != cleaned["again"]:
                self.add_error("again", "2回目のパスワードが1回目と違います。もう一度入れてください。")
        return cleaned
