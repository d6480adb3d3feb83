from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("records", "0002_recorded_by")]
    operations = [sqlfiles.run("records", "0003_plan_draft.sql")]
