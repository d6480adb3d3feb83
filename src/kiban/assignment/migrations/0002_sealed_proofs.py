from django.db import migrations, models


class Migration(migrations.Migration):
    """A card's proof carries a seal: one that was written with SQL is none. (They are good for ten minutes only.)"""

    dependencies = [("assignment", "0001_initial")]
    operations = [
        migrations.AddField(
            "cardproof", "seal", models.BinaryField(null=True, verbose_name="HMAC (assignment.acts.keep_proof)")
        ),
    ]
