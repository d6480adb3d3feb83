"""What was brought in: one row per file and layout, and the faults of its rows (never a value of the file itself)."""

from __future__ import annotations

from django.db import models


class Load(models.Model):
    """A file (by its digest) read as one layout for one insurer; ``line_done`` is where an interrupted load goes on.

    A file that was read to its end is never read again but for the rows that had faults (``turn`` counts how often).
    Written only in the transaction that also writes the rows it speaks of.
    """

    class State(models.TextChoices):
        RUNNING = "running", "途中"
        DONE = "done", "完了"

    file_digest = models.CharField("ファイルのSHA-256", max_length=64)
    layout = models.CharField("様式", max_length=40)
    insurer_no = models.CharField("保険者番号", max_length=6, blank=True)
    file_name = models.CharField("ファイル名", max_length=255)
    charset = models.CharField("文字コード", max_length=10)
    state = models.CharField("状態", max_length=8, choices=State)
    turn = models.PositiveIntegerField("何回目", default=1)
    line_done = models.BigIntegerField("終わった行", default=0)
    rows = models.BigIntegerField("読んだ件数", default=0)
    added = models.BigIntegerField("追加", default=0)
    changed = models.BigIntegerField("変更", default=0)
    unchanged = models.BigIntegerField("変更なし", default=0)
    started_at = models.DateTimeField("始めた日時")
    finished_at = models.DateTimeField("終えた日時", null=True)

    class Meta:
        db_table = "intake_load"
        constraints = [
            models.UniqueConstraint(fields=["file_digest", "layout", "insurer_no"], name="intake_load_once"),
        ]


class Fault(models.Model):
    """One thing wrong in one row of a file. ``settled_at``: when the row was read again."""

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="faults")
    line = models.BigIntegerField("行")
    column = models.PositiveIntegerField("列番号")
    heading = models.CharField("列名", max_length=100)
    value_class = models.CharField("値の種類", max_length=40)
    reason = models.CharField("理由", max_length=400)
    remedy = models.CharField("直し方", max_length=400)
    settled_at = models.DateTimeField("やり直した日時", null=True)

    class Meta:
        db_table = "intake_error"
        indexes = [
            models.Index(fields=["load", "line"], condition=models.Q(settled_at__isnull=True), name="intake_error_open")
        ]
