from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("facts", "0005_responsible")]
    operations = [sqlfiles.run("facts", "0006_corrections.sql"), sqlfiles.run("facts", "0006_mistaken.sql")]
