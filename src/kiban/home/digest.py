"""期限のお知らせ: one e-mail a day to whoever wants it, with numbers and a link, without any person's data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kiban.home import lines
from kiban.ops.room import Notice, Workplace
from kiban.staff import mail
from kiban.staff.models import Account, Employment

SUBJECT = "介護情報基盤: 期限のお知らせ"


def send_all() -> str:
    """Send this day's digests: at most one for each account and day; none where nothing waits.

    Raises:
        kiban.staff.mail.NotSentError: some were not taken; they are tried again at the next run, the others are not.
    """
    if not mail.is_set_up():
        return "メールの設定がないため、送りません"
    today = timezone.localdate()
    notices = lines.everywhere(today)
    sent = 0
    failure: mail.NotSentError | None = None
    for account in _recipients(today):
        text = [line for employment in _employments(account, today) for line in _of(employment, notices)]
        try:
            if text:
                mail.send(account.email, SUBJECT, _text(text))
                sent += 1
        except mail.NotSentError as error:
            failure = error
        else:
            Account.objects.filter(pk=account.pk).update(digest_on=today)
    if failure is not None:
        raise failure
    return f"{sent}通送りました"


def _recipients(today: dt.date) -> Iterator[Account]:
    return (
        Account.objects.filter(wants_digest=True, is_active=True)
        .exclude(email="")
        .filter(Q(digest_on=None) | Q(digest_on__lt=today))
        .order_by("pk")
        .iterator()
    )


def _employments(account: Account, today: dt.date) -> Iterator[Employment]:
    yield from account.employments.in_force(today).select_related("organisation").order_by("pk")


def _of(employment: Employment, notices: Callable[[Workplace], list[Notice]]) -> Iterator[str]:
    """The lines of one office, below its name."""
    found = notices(Workplace(employment.organisation, employment.is_administering))
    if found:
        yield f"■ {employment.organisation.name}"
        yield from (f"・{notice.when} {notice.what}" for notice in found)
        yield ""


def _text(text: list[str]) -> str:
    return "\n".join(
        [
            "期限のあるものがあります。登録した端末でサインインして、「今日」の画面で確かめてください。",
            "",
            *text,
            settings.PUBLIC_URL,
            "",
            "このお知らせは「自分の設定」で止められます。お名前など、利用者の情報はこのメールには書かれません。",
        ]
    )
