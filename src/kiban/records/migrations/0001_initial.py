from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("facts", "0001_initial")]
    operations = [sqlfiles.run("records", "0001_record.sql")]
