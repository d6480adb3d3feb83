from django.db import migrations

from kiban.ops import sqlfiles


class Migration(migrations.Migration):
    """The order of asking: a question, committed; a decision, committed; an answer."""

    dependencies = [("gate", "0004_assignment")]
    operations = [sqlfiles.run("gate", "0005_questions.sql")]
