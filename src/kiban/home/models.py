"""What an office has put away from 今日."""

from __future__ import annotations

from django.db import models

from kiban.registry.models import Organisation
from kiban.staff.models import Account


class StepSetAside(models.Model):
    """A step of 「はじめの準備」 an administrator does not want to see any more: the office does without it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="steps_set_aside")
    name = models.CharField("準備の名前", max_length=60)  # FirstStep.name
    set_aside_at = models.DateTimeField("外した日時", auto_now_add=True)
    set_aside_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="home_stepsetaside_once")]
