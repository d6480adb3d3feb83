from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]
    operations = [sqlfiles.run("consent", "0002_office_life.sql")]
