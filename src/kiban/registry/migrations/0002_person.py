from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [sqlfiles.run("registry", "0002_person.sql")]
