import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_person"),
        ("staff", "0006_without_viewing_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="suspicion",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="suspicion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("two_terminals", "同じ職員IDが、2台の端末で同時に使われました"),
                    ("switch", "短い時間に、離れた端末の間で職員IDが移りました"),
                    ("leaver", "退職した人の職員IDでサインインが試されました"),
                    ("carried", "サインインしたままの画面が、別の端末に移されました"),
                    ("tried", "サインインが、まちがったパスワードや数字で続けて試されました"),
                    ("foreign", "ここの職員のものではない職員IDで、サインインが続けて試されました"),
                ],
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="suspicion", name="staff_suspicion_open"),
        migrations.AddConstraint(
            model_name="suspicion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at", None)),
                fields=("organisation", "account", "kind"),
                name="staff_suspicion_open",
                nulls_distinct=False,
            ),
        ),
    ]
