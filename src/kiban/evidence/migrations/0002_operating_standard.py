from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
        ("facts", "0007_standard_corrections"),
        ("records", "0003_plan_draft"),
    ]
    operations = [sqlfiles.run("evidence", "0002_operating_standard.sql")]
