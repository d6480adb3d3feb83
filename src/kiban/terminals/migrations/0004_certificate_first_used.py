from django.db import migrations, models


class Migration(migrations.Migration):
    """When a certificate was first used. Those of before count as used: nobody is asked about them."""

    dependencies = [("terminals", "0003_certificate_key")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="first_used_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="はじめて使われた日時"),
        ),
        migrations.RunSQL(
            "UPDATE terminals_certificate SET first_used_at = issued_at", reverse_sql=migrations.RunSQL.noop
        ),
    ]
