"""What an office shows an inspector, as it was on its day."""

from __future__ import annotations

from django.db import models

from kiban.registry.models import Organisation
from kiban.staff.models import Account


class ViewingRules(models.Model):
    """閲覧規程: the office's rules on one sheet, as the settings were. A new version only when they changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="viewing_rules")
    version = models.PositiveIntegerField("版")
    made_at = models.DateTimeField("作った日時", auto_now_add=True)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField("規程の中身")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="evidence_viewingrules_once")]
