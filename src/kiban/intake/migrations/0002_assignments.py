from django.db import migrations


class Migration(migrations.Migration):
    """The layout of 担当 is called assignments."""

    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "UPDATE intake_load SET layout = 'assignments' WHERE layout = 'relations'", migrations.RunSQL.noop
        )
    ]
