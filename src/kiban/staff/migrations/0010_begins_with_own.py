from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0009_session_memory")]
    operations = [
        migrations.AddField(
            "account",
            "begins_with_own",
            models.BooleanField(db_default=False, verbose_name="一覧を自分の担当から始める"),
        ),
    ]
