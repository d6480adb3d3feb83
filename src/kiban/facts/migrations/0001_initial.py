from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    initial = True
    replaces = [("consent", "0001_initial")]  # the room's name until November 2026
    dependencies: list[tuple[str, str]] = []
    operations = [sqlfiles.run("facts", "0001_consent.sql")]
