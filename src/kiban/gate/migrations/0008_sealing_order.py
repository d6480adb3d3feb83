from django.db import migrations

from kiban.gate.log_index import of_the_log


class Migration(migrations.Migration):
    """The sealer takes rows by the transaction that wrote them."""

    atomic = False
    dependencies = [("gate", "0007_sealing")]
    operations = [of_the_log("access_log_xid", "(xid)")]
