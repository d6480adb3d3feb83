from django.db import migrations


class Migration(migrations.Migration):
    """閲覧規程 belongs to the room evidence, which took the table over."""

    dependencies = [("staff", "0005_staff_change"), ("evidence", "0001_initial")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("ViewingRules")])]
