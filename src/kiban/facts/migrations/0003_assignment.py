from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("facts", "0002_office_life")]
    operations = [sqlfiles.run("facts", "0003_assignment.sql")]
