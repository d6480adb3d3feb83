"""The immediate notice of an emergency opening, beside the line on the home page: it says that, never whom."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kiban.registry.models import Organisation
from kiban.staff import mail
from kiban.staff.models import Employment

logger = logging.getLogger(__name__)

SUBJECT = "介護情報基盤: 緊急時の閲覧がありました"
TEXT = """{office}で、緊急時の閲覧が1件ありました。
登録した端末でサインインして、「今日」の画面から理由を確かめてください。

{address}

お名前など、利用者の情報はこのメールには書かれません。
"""


def notify(organisation: Organisation, insurer_no: str) -> None:
    """Write to the administrators of the office and of the insurer; a mail that does not leave stops nothing."""
    if not mail.is_set_up():
        return
    insurer = Q(organisation__kind=Organisation.Kind.MUNICIPALITY, organisation__number=insurer_no)
    to = (
        Employment.objects.administering(timezone.localdate())
        .filter(insurer | Q(organisation=organisation))
        .exclude(account__email="")
        .values_list("account__email", flat=True)
    )
    for address in set(to):
        try:
            mail.send(address, SUBJECT, TEXT.format(office=organisation.name, address=settings.PUBLIC_URL))
        except mail.NotSentError:
            logger.warning("the notice of an emergency opening did not leave; it stands on the home page")
            return
