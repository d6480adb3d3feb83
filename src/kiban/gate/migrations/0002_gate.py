from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0001_initial"),
        ("records", "0001_initial"),
        ("staff", "0001_initial"),
        ("terminals", "0001_initial"),
    ]
    operations = [sqlfiles.run("gate", "0002_gate.sql")]
