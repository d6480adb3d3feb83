"""共有範囲表 (the sharing matrix) and the insurers' own decisions, as versioned data."""

from __future__ import annotations

from django.db import models

from kiban.registry.models import Insurer


class MatrixVersion(models.Model):
    """One edition of the sharing matrix. In force: the one with the latest ``effective_from`` not in the future."""

    version = models.CharField(max_length=30, primary_key=True)
    effective_from = models.DateField()
    source = models.TextField()
    party_of_service = models.JSONField("サービス種類コード → 欄")
    digest = models.CharField("SHA-256 of the file", max_length=64)
    loaded_at = models.DateTimeField(auto_now_add=True)


class Cell(models.Model):
    """One cell: may this party, with this 職種, see this item — and does it need consent, and which assignment?"""

    class Status(models.TextChoices):
        PUBLISHED = "published", "公表"
        UNCONFIRMED = "unconfirmed", "未確認"

    matrix = models.ForeignKey(MatrixVersion, on_delete=models.CASCADE)
    party = models.CharField(max_length=20)
    item = models.CharField(max_length=40)
    job_type = models.CharField("職種", max_length=30)
    is_open = models.BooleanField()
    status = models.CharField(max_length=12, choices=Status)
    needs_consent = models.BooleanField()
    assignment = models.CharField("own | any | plan | opinion", max_length=10)
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matrix", "item", "party", "job_type"], name="gate_cell_once"),
        ]
        # All cells of one column and 職種 lie together: an opening takes them in one look.
        indexes = [models.Index(fields=["matrix", "party", "job_type"], name="gate_cell_of_job")]


class InsurerDecision(models.Model):
    """An insurer's decision, by its own document, on a cell the national table leaves unconfirmed."""

    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT)
    party = models.CharField(max_length=20)
    item = models.CharField(max_length=40)
    job_type = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    is_open = models.BooleanField()
    needs_consent = models.BooleanField()
    document_name = models.CharField("文書名", max_length=200)
    document_number = models.CharField("文書番号", max_length=60)
    decided_on = models.DateField("決定日")
    starts_on = models.DateField("適用開始日")
    ends_on = models.DateField("適用終了日の翌日", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["insurer", "item", "party", "job_type", "version"], name="gate_decision_once"
            ),
        ]
