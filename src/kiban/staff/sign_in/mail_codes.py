"""One-time codes by e-mail: six digits, good for ten minutes and five tries, not sent more often than needed."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kiban.staff import mail
from kiban.staff.models import Account, MailCode
from kiban.staff.sign_in.second_factor import Outcome

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
PAUSE = timedelta(minutes=1)  # between two mails
MOST, WITHIN = 6, timedelta(hours=1)

TOO_SOON = "いま送ったばかりです。1分ほど待って、届かなければもう一度押してください。"
TOO_MANY = "続けて何度も送りました。1時間ほど待ってから、もう一度試してください。"
SUBJECT = "介護情報基盤: 確認コード"
TEXT = """確認コード: {code}

サインインの画面に、この6桁の数字を入れてください。10分間、1回だけ使えます。

心当たりがないときは、ほかの人があなたの職員IDとパスワードを知っているかもしれません。
すぐにパスワードを変え、事業所の管理者に伝えてください。この数字は誰にも教えないでください。
"""


def send(account: Account, address: str) -> None:
    """Send a new code to the address; one sent before is void. Sent codes count towards the limit even if they fail.

    Raises:
        kiban.staff.mail.NotSentError: too soon, too often, or the mail did not leave; the text says which.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    now = timezone.now()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        sent = MailCode.objects.filter(account=account)
        if sent.filter(sent_at__gt=now - PAUSE).exists():
            raise mail.NotSentError(TOO_SOON)
        if sent.filter(sent_at__gt=now - WITHIN).count() >= MOST:
            raise mail.NotSentError(TOO_MANY)
        sent.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
        MailCode.objects.create(account=account, code_hash=_hashed(account, address, code), expires_at=now + GOOD_FOR)
    mail.send(address, SUBJECT, TEXT.format(code=code))


def use(account: Account, address: str, code: str) -> Outcome:
    """Use the code up that was sent to the address. A wrong one counts; after five the code is void."""
    typed = _hashed(account, address, code)
    with transaction.atomic():
        sent = MailCode.objects.select_for_update().filter(account=account, used_at=None, tries__lt=TRIES)
        waiting = sent.filter(expires_at__gt=timezone.now()).order_by("-pk").first()
        if waiting is not None and secrets.compare_digest(waiting.code_hash, typed):
            waiting.used_at = timezone.now()
            waiting.save(update_fields=["used_at"])
            return Outcome.RIGHT
        if MailCode.objects.filter(account=account, code_hash=typed, used_at__gt=timezone.now() - GOOD_FOR).exists():
            return Outcome.USED
        if waiting is not None:
            waiting.tries += 1
            waiting.save(update_fields=["tries"])
        return Outcome.WRONG


def masked(address: str) -> str:
    """s•••@example.jp: enough for its owner to know which one."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if host else ""


def _hashed(account: Account, address: str, code: str) -> str:
    # Bound to the address: a code sent to one address proves nothing about another.
    return salted_hmac(f"kiban.mail-code.{account.pk}", f"{address}\n{code}", algorithm="sha256").hexdigest()
