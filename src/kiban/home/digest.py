"""期限のお知らせ: one e-mail a day to whoever wants it, with numbers and a link, without any person's data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from kiban.exchange import notices as exchange_notices
from kiban.exchange.boxes import waiting
from kiban.exchange.boxes.waiting import Waiting
from kiban.home import due
from kiban.home import lines as home_lines
from kiban.home.due import Due
from kiban.ops.room import Notice
from kiban.registry.models import Organisation
from kiban.staff import mail
from kiban.staff.models import ADMINISTERING, Account, Employment
from kiban.web import notices

SUBJECT = "介護情報基盤: 期限のお知らせ"


def send_all() -> str:
    """Send this day's digests: at most one for each account and day; none where nothing waits.

    Raises:
        kiban.staff.mail.NotSentError: some were not taken; they are tried again at the next run, the others are not.
    """
    if not mail.is_set_up():
        return "メールの設定がないため、送りません"
    today = timezone.localdate()
    counted, exchanged = due.everywhere(today), waiting.everywhere(today)
    sent = 0
    failure: mail.NotSentError | None = None
    for account in _recipients(today):
        lines = [
            line for employment in _employments(account, today) for line in _of(employment, counted, exchanged, today)
        ]
        try:
            if lines:
                mail.send(account.email, SUBJECT, _text(lines))
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


def _of(
    employment: Employment, counted: dict[int, Due], exchanged: dict[int, Waiting], today: dt.date
) -> Iterator[str]:
    """The lines of one office, below its name."""
    organisation = employment.organisation
    lines = sorted(
        [
            *_notices(organisation, counted, today, employment.level in ADMINISTERING),
            *exchange_notices.lines(exchanged.get(organisation.pk, Waiting()), today),
        ],
        key=lambda notice: notice.order,
    )
    if lines:
        yield f"■ {employment.organisation.name}"
        yield from (f"・{notice.when} {notice.what}" for notice in lines)
        yield ""


def _notices(
    organisation: Organisation, counted: dict[int, Due], today: dt.date, administrator: bool
) -> Iterator[Notice]:
    numbers = counted.get(organisation.pk, Due())
    if numbers.certification:
        address = reverse("viewing:people")
        yield Notice(
            f"認定の更新の時期、または期間が過ぎた方 {numbers.certification}名", address, "", mark="認定", bad=True
        )
    if numbers.consent:
        yield Notice(f"同意待ちの方 {numbers.consent}名", reverse("viewing:people"), "", mark="同意")
    yield from home_lines.numbers(numbers, administrator=administrator, today=today)
    yield from notices.collect(organisation, administrator=administrator)


def _text(lines: list[str]) -> str:
    return "\n".join(
        [
            "期限のあるものがあります。登録した端末でサインインして、「今日」の画面で確かめてください。",
            "",
            *lines,
            settings.PUBLIC_URL,
            "",
            "このお知らせは「自分の設定」で止められます。お名前など、利用者の情報はこのメールには書かれません。",
        ]
    )
