from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_person")]
    operations = [sqlfiles.run("registry", "0003_partial_birth.sql")]
