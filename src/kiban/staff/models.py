"""職員: one account for one natural person, the employments that give it rights, sessions and 代行."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from kiban.registry.models import JobType, Organisation


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


class Employment(models.Model):
    """雇用: in which organisation, as what 職種, on which days (half-open; ``ends_on`` is the first day without)."""

    class Level(models.TextChoices):
        ADMINISTRATOR = "administrator", "管理者"
        GENERAL = "general", "一般"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="employments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="employments")
    job_type = models.ForeignKey(JobType, on_delete=models.PROTECT)
    level = models.CharField("利用者区分", max_length=14, choices=Level, default=Level.GENERAL)
    starts_on = models.DateField("採用日")
    ends_on = models.DateField("退職日の翌日", null=True, blank=True)
    # Who recorded the beginning and the end; null: the operator, at the command line.
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)

    objects = EmploymentQuerySet.as_manager()

    @property
    def last_day(self) -> date | None:
        """最後の日: the last day with rights; ``None`` while no end is known."""
        return self.ends_on and self.ends_on - timedelta(days=1)


class Delegation(models.Model):
    """代行: ``actor`` may act for ``absent``, because ``permitted_by`` said so, for a reason and a time."""

    actor = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    absent = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    permitted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.CharField("理由", max_length=200)
    starts_at = models.DateTimeField("開始")
    ends_at = models.DateTimeField("終了")
    revoked_at = models.DateTimeField("取り消した日時", null=True, blank=True)


class Session(models.Model):
    """A signed-in browser, as the gate sees it. The key is stored hashed: a copy of this table signs nobody in."""

    session_key = models.CharField("SHA-256 of the cookie value, hex", max_length=64, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    employment = models.ForeignKey(Employment, on_delete=models.CASCADE, null=True)
    certificate_fingerprint = models.CharField(max_length=64, blank=True)
    second_factor_at = models.DateTimeField("二要素目を確かめた日時", null=True)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True)
