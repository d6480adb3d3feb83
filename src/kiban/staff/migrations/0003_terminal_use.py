import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_office_life"),
    ]

    operations = [
        migrations.CreateModel(
            name="TerminalUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_at", models.DateTimeField(verbose_name="はじめて使った日時")),
                ("last_at", models.DateTimeField(verbose_name="最後に使った日時")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terminal_uses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "terminal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="terminals.terminal"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "terminal"), name="staff_terminaluse_once")],
            },
        ),
    ]
