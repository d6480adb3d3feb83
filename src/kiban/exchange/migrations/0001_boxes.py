import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("registry", "0002_person"),
        ("staff", "0005_staff_change"),
        ("terminals", "0002_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        sqlfiles.run("exchange", "0001_boxes.sql"),
        migrations.CreateModel(
            name="SyncKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret_hash", models.CharField(max_length=64, unique=True, verbose_name="SHA-256, hex")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("ends_on", models.DateField(verbose_name="使えなくなる日")),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="最後に使った日時")),
                (
                    "employment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="staff.employment", verbose_name="責任者"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="registry.organisation"),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("terminal", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="terminals.terminal")),
            ],
        ),
    ]
