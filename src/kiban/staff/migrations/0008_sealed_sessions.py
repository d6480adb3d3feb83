from django.db import migrations, models


class Migration(migrations.Migration):
    """Sessions carry a seal; those without one are over: everybody signs in once more."""

    dependencies = [("staff", "0007_tried_sign_ins")]
    operations = [
        migrations.AddField("session", "seal", models.BinaryField(null=True, verbose_name="HMAC (staff.sign_in.seal)")),
        migrations.RunSQL("DELETE FROM staff_session", migrations.RunSQL.noop),
        migrations.AlterField(
            "suspicion",
            "kind",
            models.CharField(
                choices=[
                    ("two_terminals", "同じ職員IDが、2台の端末で同時に使われました"),
                    ("switch", "短い時間に、離れた端末の間で職員IDが移りました"),
                    ("leaver", "退職した人の職員IDでサインインが試されました"),
                    ("carried", "サインインしたままの画面が、別の端末に移されました"),
                    ("tried", "サインインが、まちがったパスワードや数字で続けて試されました"),
                    ("foreign", "ここの職員のものではない職員IDで、サインインが続けて試されました"),
                    ("too_fast", "人の手では考えられない速さで、情報が開かれました"),
                ],
                max_length=20,
            ),
        ),
    ]
