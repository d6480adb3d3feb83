"""What 担当 goes by: how long it lasts, when an emergency may open, and proofs of cards before they are used up."""

from __future__ import annotations

from django.db import models

from kiban.registry.models import Insurer, Organisation


class Policy(models.Model):
    """How long 担当 lasts and who may hold it: an insurer's own rule, or (without insurer) the installation's.

    What is settled nationally is not published, so this is data with a source. In force: the insurer's newest version
    that has begun, else the installation's.
    """

    class Exclusivity(models.TextChoices):
        NONE = "none", "事業所ごと(ほかの事業所の登録に影響しない)"
        GROUPS = "groups", "群ごとに1事業所(新しい登録で前の事業所が外れる)"

    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, null=True)
    version = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField("最後に継続を確かめた月から見られる月数")
    exclusivity = models.CharField(max_length=10, choices=Exclusivity)
    groups = models.JSONField("群 → サービス種類コード", default=dict)
    is_confirmed = models.BooleanField("確認済み(偽: 未確認)", default=False)
    source = models.TextField("根拠")
    starts_on = models.DateField("適用開始日")
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["insurer", "version"], name="assignment_policy_once", nulls_distinct=False),
        ]


class EmergencyRule(models.Model):
    """An insurer's decision that its insured may be looked up in an emergency. Without one: never."""

    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT)
    hours = models.PositiveSmallIntegerField("開いていられる時間")
    review_days = models.PositiveSmallIntegerField("確かめる期限(日)")
    document_name = models.CharField("文書名", max_length=200)
    document_number = models.CharField("文書番号", max_length=60)
    decided_on = models.DateField("決定日")
    starts_on = models.DateField("適用開始日")
    ends_on = models.DateField("適用終了日の翌日", null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=60)


class EmergencySwitch(models.Model):
    """An organisation's own switch for emergency openings; without a row that is on: off."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    turned_on_at = models.DateTimeField()
    turned_on_by = models.BigIntegerField()
    turned_off_at = models.DateTimeField(null=True)
    turned_off_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(turned_off_at=None), name="assignment_emergencyswitch_on"
            ),
        ]


class CardProof(models.Model):
    """A card's signature over our challenge that was found right: good once, for the session it was made in."""

    nonce = models.CharField(max_length=64, primary_key=True)
    session = models.CharField("key of staff_session (a hash)", max_length=64)
    issuer = models.TextField()
    serial = models.CharField(max_length=64)
    revocation = models.CharField("yes | off", max_length=10)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    seal = models.BinaryField("HMAC (assignment.acts.keep_proof)", null=True)
