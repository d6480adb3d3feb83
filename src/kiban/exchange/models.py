"""Tables of the exchange that speak of no person; units, files and entries lie in schema care."""

from __future__ import annotations

from django.db import models

from kiban.registry.models import Organisation
from kiban.staff.models import Account, Employment
from kiban.terminals.models import Terminal


class SyncKey(models.Model):
    """連携の鍵: lets one terminal of an office send and fetch without anybody at the screen.

    It works only together with a certificate of that terminal, only for the exchange, and only as long as the person
    who answers for it is employed there. The key is stored hashed.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT)
    employment = models.ForeignKey(Employment, on_delete=models.PROTECT, verbose_name="責任者")
    secret_hash = models.CharField("SHA-256, hex", max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ends_on = models.DateField("使えなくなる日")
    seal = models.BinaryField("HMAC (exchange.machine.keys)", null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)
    last_used_at = models.DateTimeField("最後に使った日時", null=True)
