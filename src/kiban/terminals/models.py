"""端末台帳 and the client certificates on them."""

from __future__ import annotations

from django.db import models

from kiban.registry.models import Organisation


class Terminal(models.Model):
    """A PC or tablet on which care information is looked at."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="terminals")
    name = models.CharField("端末の名前", max_length=60)
    place = models.CharField("置き場所", max_length=60, blank=True)
    purpose = models.CharField("使いみち", max_length=100, blank=True)
    custodian = models.CharField("管理する人", max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="terminals_terminal_name"),
        ]


class Certificate(models.Model):
    """A client certificate. The database, not the certificate, says to whom it belongs and whether it holds."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="certificates")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    fingerprint = models.CharField("SHA-256 of the DER form, hex", max_length=64, unique=True)
    serial = models.CharField("シリアル番号(16進)", max_length=40, unique=True)
    not_before = models.DateTimeField("有効期間の開始")
    not_after = models.DateTimeField("有効期間の終了")
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.CharField("発行した人", max_length=60)
    revoked_at = models.DateTimeField("失効日時", null=True, blank=True)
    revoked_by = models.CharField("失効させた人", max_length=60, blank=True)
    revocation_reason = models.CharField("失効の理由", max_length=100, blank=True)
