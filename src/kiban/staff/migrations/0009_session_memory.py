import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What pages remember lies apart from who is signed in, bound to its session. Everybody signs in once more."""

    dependencies = [("staff", "0008_sealed_sessions")]
    operations = [
        migrations.RunSQL("DELETE FROM staff_session", migrations.RunSQL.noop),
        migrations.RemoveField("session", "session_data"),
        migrations.CreateModel(
            name="SessionMemory",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="memory",
                        serialize=False,
                        to="staff.session",
                    ),
                ),
                ("data", models.TextField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE staff_sessionmemory ADD CONSTRAINT staff_sessionmemory_session"
            " FOREIGN KEY (session_id) REFERENCES staff_session ON DELETE CASCADE",
            migrations.RunSQL.noop,
        ),
    ]
