from typing import Any

from django.db import migrations, models

from kiban.exchange.machine.keys import sealed


def seal_what_there_is(apps: Any, schema_editor: Any) -> None:
    """The keys in use go on working."""
    keys = apps.get_model("exchange", "SyncKey").objects.using(schema_editor.connection.alias)
    for key in keys.all():
        key.seal = sealed(key)
        key.save(update_fields=["seal"])


class Migration(migrations.Migration):
    """Keys of the exchange carry a seal, as sessions do: one that was written with SQL is none."""

    dependencies = [("exchange", "0001_boxes")]
    operations = [
        migrations.AddField(
            "synckey", "seal", models.BinaryField(null=True, verbose_name="HMAC (exchange.machine.keys)")
        ),
        migrations.RunPython(seal_what_there_is, migrations.RunPython.noop),
    ]
