from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """All cells of one column and 職種 lie together."""

    atomic = False
    dependencies = [("gate", "0005_questions")]
    operations = [
        AddIndexConcurrently("cell", models.Index(fields=["matrix", "party", "job_type"], name="gate_cell_of_job")),
    ]
