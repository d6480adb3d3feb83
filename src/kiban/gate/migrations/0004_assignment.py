from django.db import migrations


class Migration(migrations.Migration):
    """担当 is called assignment; its policies, emergencies and card proofs go to the room of that name."""

    dependencies = [("gate", "0003_office_life"), ("assignment", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE care.access_log RENAME COLUMN relation_id TO assignment_id", migrations.RunSQL.noop
        ),
        migrations.RenameField("cell", "relation", "assignment"),
        # The tables themselves were taken over by the room assignment.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("CardProof"),
                migrations.DeleteModel("EmergencyRule"),
                migrations.DeleteModel("EmergencySwitch"),
                migrations.DeleteModel("RelationPolicy"),
            ]
        ),
    ]
