from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [sqlfiles.run("records", "0002_recorded_by.sql")]
