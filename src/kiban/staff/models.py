"""職員: one account for one natural person, the employments that give it rights, sessions and 代行."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import connections, models

from kiban.registry.models import JobType, Organisation
from kiban.terminals.models import Terminal
from kiban.terms.purposes import Purpose


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, login_id: str, password: str | None = None, **fields: Any) -> Account:
        account = self.model(login_id=login_id, **fields)
        account.set_password(password)
        account.save()
        return account


class Account(AbstractBaseUser):
    """One natural person. What the person may do comes from employments, never from the account itself."""

    login_id = models.CharField("職員ID", max_length=40, unique=True)
    name = models.CharField("氏名", max_length=60)
    kana = models.CharField("フリガナ", max_length=120, blank=True)
    email = models.EmailField("メールアドレス", blank=True, db_default="")
    wants_digest = models.BooleanField("期限のお知らせをメールで受け取る", db_default=True)
    begins_with_own = models.BooleanField("一覧を自分の担当から始める", db_default=False)
    digest_on = models.DateField("最後にお知らせした日", null=True)
    mail_code_since = models.DateTimeField("電子メールの確認コードを使い始めた日時", null=True)
    # Where the ID was last in use: what a sign that it is shared is told by (staff/review/suspicions.py).
    last_terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="+", null=True)
    last_terminal_at = models.DateTimeField("最後に使った日時", null=True)
    is_active = models.BooleanField("使える", default=True)
    must_change_password = models.BooleanField("最初のパスワードのまま", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)

    USERNAME_FIELD = "login_id"
    objects = AccountManager()


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def in_force(self, day: date) -> EmploymentQuerySet:
        """Those that give rights on that day."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: date) -> EmploymentQuerySet:
        """Those that give rights on that day or will later."""
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gt=day))

    def administering(self, day: date) -> EmploymentQuerySet:
        """Those that open the administrator's pages on that day, and whose account may sign in."""
        return self.in_force(day).filter(level__in=ADMINISTERING, account__is_active=True)


class Employment(models.Model):
    """雇用: in which organisation, as what 職種, on which days (half-open; ``ends_on`` is the first day without)."""

    class Level(models.TextChoices):
        OFFICE = "office", "事業所ユーザ"
        ADMINISTRATOR = "administrator", "管理者"
        GENERAL = "general", "一般"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="employments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="employments")
    job_type = models.ForeignKey(JobType, on_delete=models.PROTECT)
    level = models.CharField("権限区分", max_length=14, choices=Level, default=Level.GENERAL)
    starts_on = models.DateField("採用日")
    ends_on = models.DateField("退職日の翌日", null=True, blank=True)
    # Who recorded the beginning and the end; null: the operator, at the command line.
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)

    objects = EmploymentQuerySet.as_manager()

    @property
    def is_administering(self) -> bool:
        """Whether it opens the administrator's pages."""
        return self.level in ADMINISTERING

    @property
    def last_day(self) -> date | None:
        """最後の日: the last day with rights; ``None`` while no end is known."""
        return self.ends_on and self.ends_on - timedelta(days=1)


# 事業所ユーザ makes 管理者, 管理者 make 一般 (介護WEBサービス, three levels); both keep terminals and staff.
ADMINISTERING: tuple[str, ...] = (Employment.Level.OFFICE, Employment.Level.ADMINISTRATOR)
MAY_GRANT: dict[str, tuple[str, ...]] = {
    Employment.Level.OFFICE: (Employment.Level.ADMINISTRATOR, Employment.Level.GENERAL),
    Employment.Level.ADMINISTRATOR: (Employment.Level.GENERAL,),
    Employment.Level.GENERAL: (),
}


class Delegation(models.Model):
    """代行: ``actor`` may act for ``absent``, because ``permitted_by`` said so, for a reason and a time.

    It widens nothing: what is shown is decided by the 職種 of the one who looks. It says in whose place, and the log
    keeps both names.
    """

    actor = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    absent = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    permitted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.CharField("理由", max_length=200)
    # 利用目的 (gate.events.Purpose) it is given for; empty: for all.
    purposes = ArrayField(models.CharField(max_length=40), db_default=[], blank=True)
    permitted_at = models.DateTimeField("許可した日時", auto_now_add=True, null=True)
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("終了")
    revoked_at = models.DateTimeField("取り消した日時", null=True, blank=True)
    revoked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)

    @property
    def purposes_in_words(self) -> str:
        """The 利用目的 it is given for."""
        return "、".join(Purpose(purpose).label for purpose in self.purposes) or "すべての目的"

    @property
    def is_self_permitted(self) -> bool:
        """Whether whoever acts also permitted it: only where nobody else administers the office."""
        return self.permitted_by_id == self.actor_id


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions, some of which are to end."""

    def end(self) -> int:
        """Take them away, with what pages remember of them. Returns how many there were.

        Through a function of the database: who may delete from a table may also lock it against everybody who reads.
        """
        keys = [*self.values_list("session_key", flat=True)]
        if not keys:
            return 0
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT gate.end_sessions(%s)", [keys])
            return int(cursor.fetchone()[0])


class Session(models.Model):
    """A signed-in browser, as the gate sees it. The key is stored hashed: a copy of this table signs nobody in."""

    session_key = models.CharField("SHA-256 of the cookie value, hex", max_length=64, primary_key=True)
    expire_date = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    employment = models.ForeignKey(Employment, on_delete=models.CASCADE, null=True)
    certificate_fingerprint = models.CharField(max_length=64, blank=True)
    second_factor_at = models.DateTimeField("二要素目を確かめた日時", null=True)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True)
    # The screen locks after a time without use: nothing is shown until the person has shown who it is.
    seen_at = models.DateTimeField("最後に使った日時", null=True)
    locked_at = models.DateTimeField("画面をロックした日時", null=True)
    seal = models.BinaryField("HMAC (staff.sign_in.seal)", null=True)

    objects = SessionQuerySet.as_manager()


class SessionMemory(models.Model):
    """What pages remember of a signed-in browser, encrypted (``staff.sign_in.seal``). The gate never looks at it.

    The database takes it away with its session.
    """

    session = models.OneToOneField(
        Session, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="memory"
    )
    data = models.TextField()


class PasswordBefore(models.Model):
    """A password the account had: hashed, kept so that it is not chosen again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passwords_before")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField(auto_now_add=True)


class Passkey(models.Model):
    """A passkey (WebAuthn credential): a second factor that cannot be read over the shoulder or handed on."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField("名前", max_length=60)
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)
    last_used_at = models.DateTimeField("最後に使った日時", null=True)
    revoked_at = models.DateTimeField("使えなくした日時", null=True)


class RecoveryCode(models.Model):
    """A code on paper that stands once for the second factor. Stored hashed."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField("keyed hash, hex", max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField("作り直した日時", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "code_hash"], name="staff_recoverycode_once")]


class MailCode(models.Model):
    """A one-time code sent by e-mail, good for a few minutes. Stored hashed."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mail_codes")
    code_hash = models.CharField("keyed hash, hex", max_length=64)
    sent_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField("まちがえた回数", default=0)
    used_at = models.DateTimeField(null=True)


class Invitation(models.Model):
    """招待: an administrator says who is to come in as what; the person chooses ID, password and second factor."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField("氏名", max_length=60)
    kana = models.CharField("フリガナ", max_length=120, blank=True)
    email = models.EmailField("メールアドレス", blank=True)
    job_type = models.ForeignKey(JobType, on_delete=models.PROTECT)
    level = models.CharField("権限区分", max_length=14, choices=Employment.Level, default=Employment.Level.GENERAL)
    starts_on = models.DateField("採用日")
    ends_on = models.DateField("退職日の翌日", null=True, blank=True)
    token_hash = models.CharField("SHA-256 of the token, hex", max_length=64, unique=True)
    invited_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField("有効期限")
    accepted_at = models.DateTimeField(null=True)
    employment = models.ForeignKey(Employment, on_delete=models.PROTECT, related_name="+", null=True)
    withdrawn_at = models.DateTimeField("取り消した日時", null=True)
    withdrawn_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)


class StaffListCheck(models.Model):
    """職員名簿との突合: the employer's list against the accounts, on a day, with what was found."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="staff_list_checks")
    checked_at = models.DateTimeField(auto_now_add=True)
    checked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField("名簿の基準日")
    rows = models.PositiveIntegerField("名簿の人数")
    findings = models.JSONField("見つかったこと", default=list)


class RightsReview(models.Model):
    """権限の見直し: what everybody could do on a day, looked through and signed off by name."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rights_reviews")
    reviewed_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    note = models.CharField("気づいたこと", max_length=500, blank=True)
    content = models.JSONField("見直した内容", default=dict)
    next_on = models.DateField("次の見直しの日")


class Suspicion(models.Model):
    """A sign that an ID is shared or misused, for the administrator to clear. Never hidden, never a verdict."""

    class Kind(models.TextChoices):
        TWO_TERMINALS = "two_terminals", "同じ職員IDが、2台の端末で同時に使われました"
        SWITCH = "switch", "短い時間に、離れた端末の間で職員IDが移りました"
        LEAVER = "leaver", "退職した人の職員IDでサインインが試されました"
        CARRIED = "carried", "サインインしたままの画面が、別の端末に移されました"
        TRIED = "tried", "サインインが、まちがったパスワードや数字で続けて試されました"
        FOREIGN = "foreign", "ここの職員のものではない職員IDで、サインインが続けて試されました"
        TOO_FAST = "too_fast", "人の手では考えられない速さで、情報が開かれました"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suspicions")
    # Null: about a terminal. Whose ID was tried there is not for an office where nobody has it.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=20, choices=Kind)
    seen_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField("最後に起きた日時", auto_now_add=True)
    times = models.PositiveIntegerField("回数", default=1)
    detail = models.JSONField("端末の名前と時刻", default=dict)
    cleared_at = models.DateTimeField("確かめた日時", null=True)
    cleared_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    note = models.CharField("確かめたこと", max_length=500, blank=True)

    class Meta:
        constraints = [
            # One open finding of a kind for an ID: it counts, it does not pile up.
            models.UniqueConstraint(
                fields=["organisation", "account", "kind"],
                condition=models.Q(cleared_at=None),
                nulls_distinct=False,  # one about a terminal counts on as well
                name="staff_suspicion_open",
            )
        ]


class TerminalUse(models.Model):
    """At which terminals an account was in use, and when first and last: read in the review of rights."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="terminal_uses")
    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    first_at = models.DateTimeField("はじめて使った日時")
    last_at = models.DateTimeField("最後に使った日時")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "terminal"], name="staff_terminaluse_once")]


class StaffChange(models.Model):
    """Who changed what about staff, and when. Only added to: the web role may neither change nor delete a row."""

    class Kind(models.TextChoices):
        INVITED = "invited", "招待した"
        INVITED_AGAIN = "invited_again", "招待の手紙をもう一度出した"
        INVITATION_WITHDRAWN = "invitation_withdrawn", "招待を取り消した"
        INVITATION_ACCEPTED = "invitation_accepted", "招待を受け取った"
        EMPLOYED = "employed", "所属を登録した"
        ENDED = "ended", "最後の日を登録した"
        RESTORED = "restored", "終わりの登録のまちがいを直した"
        RENAMED = "renamed", "氏名を変えた"
        PASSWORD_RESET = "password_reset", "新しいパスワードを出した"
        FACTOR_RESET = "factor_reset", "二つ目の確認をやり直しにした"
        DELEGATED = "delegated", "代行を許可した"
        DELEGATION_REVOKED = "delegation_revoked", "代行を取り消した"

    # Null: the operator's act on an account, wherever its person works.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField("日時", auto_now_add=True)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)  # null: the operator
    kind = models.CharField("したこと", max_length=24, choices=Kind)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)  # null: invited only
    detail = models.CharField("くわしく", max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="staff_staffchange_latest")]
