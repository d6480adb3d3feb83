from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    replaces = [("consent", "0002_office_life")]
    dependencies = [("facts", "0001_initial")]
    operations = [sqlfiles.run("facts", "0002_office_life.sql")]
