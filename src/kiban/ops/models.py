"""運用: what the machine did by itself."""

from __future__ import annotations

from django.db import models


class DailyStep(models.Model):
    """The last run of one step of ``kiban daily``, as ``kiban doctor`` reads it."""

    name = models.CharField("毎日の仕事", max_length=60, primary_key=True)
    ran_at = models.DateTimeField("最後に動いた日時")
    succeeded_at = models.DateTimeField("最後にできた日時", null=True)
    said = models.CharField("結果", max_length=200)
