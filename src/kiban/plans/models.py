"""What an office keeps for writing plans that is about nobody: its own 文例."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kiban.registry.models import Organisation


class Phrase(models.Model):
    """文例: a ready sentence of an office, or one of ours the office does not want (``built_in``, no text).

    It is never changed: a better one takes its place, and both keep who wrote them.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    place = models.CharField("欄", max_length=20)
    text = models.CharField("文", max_length=300, blank=True)
    built_in = models.CharField("使わない文例", max_length=40, blank=True)
    written_at = models.DateTimeField("書いた日時", auto_now_add=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gone_at = models.DateTimeField("やめた日時", null=True, blank=True)
    gone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
