from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("facts", "0003_assignment")]
    operations = [sqlfiles.run("facts", "0004_consent_word.sql")]
