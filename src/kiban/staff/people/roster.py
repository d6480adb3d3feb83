"""Who works in an organisation, with the second factors each has: for the list of people and the review of rights."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django_otp.plugins.otp_totp.models import TOTPDevice

from kiban.registry.models import Organisation
from kiban.staff.models import Employment, EmploymentQuerySet, Passkey


def everybody(organisation: Organisation) -> EmploymentQuerySet:
    """All employments there, past ones too, with ``has_passkey`` and ``has_app``; ordered as people look for names."""
    return (
        Employment.objects.filter(organisation=organisation)
        .select_related("account", "job_type")
        .annotate(
            has_app=Exists(TOTPDevice.objects.filter(user=OuterRef("account"), confirmed=True)),
            has_passkey=Exists(Passkey.objects.filter(account=OuterRef("account"), revoked_at=None)),
        )
        .order_by("account__kana", "account__name", "starts_on")
    )


def factors(employment: Employment) -> list[str]:
    """The second factors of somebody from ``everybody``, in the words of the screen."""
    account = employment.account
    owned = {
        "パスキー": employment.has_passkey,  # type: ignore[attr-defined]
        "アプリ": employment.has_app,  # type: ignore[attr-defined]
        "メール": bool(account.email and account.mail_code_since),
    }
    return [words for words, has in owned.items() if has]
