"""Taking away what has ended and proves nothing: sessions, failed sign-ins, codes that were sent."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from kiban.staff.models import MailCode, Session
from kiban.staff.sign_in.sessions import SessionStore


def end_all() -> None:
    """Everybody signs in anew, with a new code (a database that was restored; as its owner)."""
    Session.objects.using("owner").all().delete()
    MailCode.objects.using("owner").all().delete()


def tidy() -> str:
    """Safe to repeat at any time; nobody who is signed in notices."""
    SessionStore.clear_expired()
    old = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    AccessAttempt.objects.filter(attempt_time__lt=old).delete()
    return "片付けました"
