from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("facts", "0006_corrections")]
    operations = [sqlfiles.run("facts", "0007_standard_corrections.sql")]
