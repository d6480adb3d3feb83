from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_person")]
    operations = [sqlfiles.run("consent", "0001_consent.sql")]
