from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("facts", "0004_consent_word")]
    operations = [sqlfiles.run("facts", "0005_responsible.sql")]
