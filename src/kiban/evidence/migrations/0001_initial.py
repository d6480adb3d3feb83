import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What the staff's room kept of it until November 2026 is taken over as it is.
TAKE_OVER = """
ALTER TABLE staff_viewingrules RENAME TO evidence_viewingrules;
ALTER TABLE evidence_viewingrules RENAME CONSTRAINT staff_viewingrules_once TO evidence_viewingrules_once;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("staff", "0005_staff_change"), ("registry", "0002_person")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop)],
            state_operations=[
                migrations.CreateModel(
                    name="ViewingRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(verbose_name="版")),
                        ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="作った日時")),
                        ("content", models.JSONField(verbose_name="規程の中身")),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="viewing_rules",
                                to="registry.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "version"), name="evidence_viewingrules_once"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
