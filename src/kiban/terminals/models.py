"""端末台帳 and the client certificates on them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kiban.registry.models import Organisation


class Terminal(models.Model):
    """A PC or tablet on which care information is looked at."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="terminals")
    name = models.CharField("端末の名前", max_length=60)
    place = models.CharField("置き場所", max_length=60, blank=True)
    purpose = models.CharField("使いみち", max_length=100, blank=True)
    custodian = models.CharField("管理する人", max_length=60, blank=True)
    os = models.CharField("OS", max_length=60, blank=True, db_default="")
    browser = models.CharField("ブラウザー", max_length=60, blank=True, db_default="")
    reader = models.CharField("カードリーダー", max_length=60, blank=True, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField("最後に使われた日時", null=True)
    retired_on = models.DateField("使わなくなった日", null=True, blank=True)
    retired_by = models.CharField("使わなくした人", max_length=60, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="terminals_terminal_name"),
        ]


class Certificate(models.Model):
    """A client certificate. The database, not the certificate, says to whom it belongs and whether it holds."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="certificates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    fingerprint = models.CharField("SHA-256 of the DER form, hex", max_length=64, unique=True)
    # Empty: issued by a version that did not keep it.
    key_digest = models.CharField("SHA-256 of the public key, hex", max_length=64, blank=True, db_default="")
    serial = models.CharField("シリアル番号(16進)", max_length=40, unique=True)
    not_before = models.DateTimeField("有効期間の開始")
    not_after = models.DateTimeField("有効期間の終了")
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.CharField("発行した人", max_length=60)
    first_used_at = models.DateTimeField("はじめて使われた日時", null=True, blank=True)
    revoked_at = models.DateTimeField("失効日時", null=True, blank=True)
    revoked_by = models.CharField("失効させた人", max_length=60, blank=True)
    revocation_reason = models.CharField("失効の理由", max_length=100, blank=True)


class SetUpStep(models.Model):
    """One of the three steps of setting up a terminal, when it was done. No row: not done."""

    class Step(models.TextChoices):
        CERTIFICATE = "certificate", "証明書"
        SETTINGS = "settings", "初期設定"
        READER = "reader", "カードリーダー"

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, choices=Step)
    done_at = models.DateTimeField("済んだ日時")
    done_by = models.CharField("確かめた人", max_length=60)
    note = models.CharField("覚え書き", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["terminal", "step"], name="terminals_setupstep_once")]


class Check(models.Model):
    """The diagnostics page, run at a terminal: what was looked at and how it was. Nothing of a person."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="checks")
    checked_at = models.DateTimeField("確かめた日時", auto_now_add=True)
    checked_by = models.CharField("確かめた人", max_length=60)
    results = models.JSONField("項目 → 結果", default=dict)
    is_good = models.BooleanField("全部よい")


class Scene(models.Model):
    """場面: who looks, when and where, at which terminal. The administrator fills this table first."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="scenes")
    name = models.CharField("場面", max_length=60)
    place = models.CharField("場所", max_length=60, blank=True)
    job_types = ArrayField(models.CharField(max_length=40), verbose_name="見る職種", db_default=[])  # JobType codes
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, null=True, blank=True, related_name="scenes")
    position = models.PositiveSmallIntegerField("順番", default=0)
    ended_at = models.DateTimeField("やめた日時", null=True)

    class Meta:
        ordering = ["position", "pk"]
