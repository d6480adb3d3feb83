import django.db.models.deletion
from django.db import migrations, models

# What the gate kept of them until November 2026 is taken over as it is.
TAKE_OVER = """
ALTER TABLE gate_cardproof RENAME TO assignment_cardproof;
ALTER TABLE gate_emergencyrule RENAME TO assignment_emergencyrule;
ALTER TABLE gate_emergencyswitch RENAME TO assignment_emergencyswitch;
ALTER TABLE gate_relationpolicy RENAME TO assignment_policy;
ALTER INDEX gate_emergencyswitch_on RENAME TO assignment_emergencyswitch_on;
ALTER TABLE assignment_policy RENAME CONSTRAINT gate_relationpolicy_once TO assignment_policy_once;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("gate", "0003_office_life"), ("registry", "0002_person")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop)],
            state_operations=[
                migrations.CreateModel(
                    name="CardProof",
                    fields=[
                        ("nonce", models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ("session", models.CharField(max_length=64, verbose_name="key of staff_session (a hash)")),
                        ("issuer", models.TextField()),
                        ("serial", models.CharField(max_length=64)),
                        ("revocation", models.CharField(max_length=10, verbose_name="yes | off")),
                        ("made_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="EmergencyRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("hours", models.PositiveSmallIntegerField(verbose_name="開いていられる時間")),
                        ("review_days", models.PositiveSmallIntegerField(verbose_name="確かめる期限(日)")),
                        ("document_name", models.CharField(max_length=200, verbose_name="文書名")),
                        ("document_number", models.CharField(max_length=60, verbose_name="文書番号")),
                        ("decided_on", models.DateField(verbose_name="決定日")),
                        ("starts_on", models.DateField(verbose_name="適用開始日")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="適用終了日の翌日")),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("recorded_by", models.CharField(max_length=60)),
                        (
                            "insurer",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="registry.insurer"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="EmergencySwitch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("turned_on_at", models.DateTimeField()),
                        ("turned_on_by", models.BigIntegerField()),
                        ("turned_off_at", models.DateTimeField(null=True)),
                        ("turned_off_by", models.BigIntegerField(null=True)),
                        (
                            "organisation",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="registry.organisation"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("turned_off_at", None)),
                                fields=("organisation",),
                                name="assignment_emergencyswitch_on",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Policy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        (
                            "months",
                            models.PositiveSmallIntegerField(verbose_name="最後に継続を確かめた月から見られる月数"),
                        ),
                        (
                            "exclusivity",
                            models.CharField(
                                choices=[
                                    ("none", "事業所ごと(ほかの事業所の登録に影響しない)"),
                                    ("groups", "群ごとに1事業所(新しい登録で前の事業所が外れる)"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("groups", models.JSONField(default=dict, verbose_name="群 → サービス種類コード")),
                        ("is_confirmed", models.BooleanField(default=False, verbose_name="確認済み(偽: 未確認)")),
                        ("source", models.TextField(verbose_name="根拠")),
                        ("starts_on", models.DateField(verbose_name="適用開始日")),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("recorded_by", models.CharField(max_length=60)),
                        (
                            "insurer",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="registry.insurer"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("insurer", "version"), name="assignment_policy_once", nulls_distinct=False
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
