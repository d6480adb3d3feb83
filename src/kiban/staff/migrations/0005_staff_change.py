import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_person"),
        ("staff", "0004_viewing_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="StaffChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invited", "招待した"),
                            ("invited_again", "招待の手紙をもう一度出した"),
                            ("invitation_withdrawn", "招待を取り消した"),
                            ("invitation_accepted", "招待を受け取った"),
                            ("employed", "所属を登録した"),
                            ("ended", "最後の日を登録した"),
                            ("password_reset", "新しいパスワードを出した"),
                            ("factor_reset", "二つ目の確認をやり直しにした"),
                            ("delegated", "代行を許可した"),
                            ("delegation_revoked", "代行を取り消した"),
                        ],
                        max_length=24,
                        verbose_name="したこと",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="くわしく")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-id"], name="staff_staffchange_latest")],
            },
        ),
    ]
