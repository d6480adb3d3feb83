from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    """The sealed log: trees, signed heads, entries."""

    dependencies = [("gate", "0006_cells_of_a_job")]
    operations = [sqlfiles.run("gate", "0007_sealing.sql")]
