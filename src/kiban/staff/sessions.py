"""Sessions in the database, under the SHA-256 of the cookie value: a copy of the table signs nobody in.

Who, as what, at which terminal and until when stands in columns, because the gate reads them; pages read the same
columns, so the two cannot disagree. What else a session holds is in Django's signed ``session_data``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from kiban.staff.models import Account, Employment, Session

# Keys of the session dictionary that are columns of the table.
ACCOUNT = SESSION_KEY
EMPLOYMENT = "employment"
FINGERPRINT = "certificate_fingerprint"
SECOND_FACTOR_AT = "second_factor_at"
DELEGATION = "delegation"
ENDS_AT = "ends_at"
COLUMNS = {ACCOUNT, EMPLOYMENT, FINGERPRINT, SECOND_FACTOR_AT, DELEGATION, ENDS_AT}

LASTS = timedelta(hours=8)
PASSWORD_BACKEND = "kiban.staff.backends.EmployedBackend"  # noqa: S105 - a dotted path


def hashed(key: str) -> str:
    """Under what a cookie value is stored and handed to the gate: its SHA-256 as 64 hex digits."""
    return sha256(key.encode()).hexdigest()


def signed_in(account: Account, employment: Employment, fingerprint: str) -> dict[str, Any]:
    """What the session of somebody holds who has just shown password and second factor.

    Args:
        fingerprint: SHA-256 (hex) of the client certificate; the session is good with this one only.
    """
    now = timezone.now()
    return {
        ACCOUNT: str(account.pk),
        BACKEND_SESSION_KEY: PASSWORD_BACKEND,
        HASH_SESSION_KEY: account.get_session_auth_hash(),
        EMPLOYMENT: employment.pk,
        FINGERPRINT: fingerprint,
        SECOND_FACTOR_AT: now.isoformat(),
        ENDS_AT: (now + LASTS).isoformat(),
    }


def end_all(account: Account, but: str | None = None) -> None:
    """End every session of the account, on whatever terminal, except the one with the cookie value ``but``."""
    Session.objects.filter(account=account).exclude(session_key=hashed(but or "")).delete()


class SessionStore(DatabaseStore):
    """Django's database sessions, keyed by ``hashed(cookie value)`` and with an end that use does not put off."""

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]
        return Session

    def load(self) -> dict[str, Any]:
        found = Session.objects.filter(session_key=hashed(self.session_key or ""), expire_date__gt=timezone.now())
        row = found.first()
        if row is None:
            self._session_key = None
            return {}
        columns = {
            ACCOUNT: row.account_id and str(row.account_id),
            EMPLOYMENT: row.employment_id,
            FINGERPRINT: row.certificate_fingerprint,
            SECOND_FACTOR_AT: row.second_factor_at and row.second_factor_at.isoformat(),
            DELEGATION: row.delegation_id,
            ENDS_AT: row.expire_date.isoformat(),
        }
        return self.decode(row.session_data) | {key: value for key, value in columns.items() if value}

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=hashed(session_key)).exists()

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        ends_at = self.get(ENDS_AT)
        return datetime.fromisoformat(ends_at) if ends_at else timezone.now() + LASTS

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]
        rest = {key: value for key, value in data.items() if key not in COLUMNS}
        return Session(
            session_key=hashed(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(rest),
            expire_date=self.get_expiry_date(),
            account_id=data.get(ACCOUNT),
            employment_id=data.get(EMPLOYMENT),
            certificate_fingerprint=data.get(FINGERPRINT, ""),
            second_factor_at=data.get(SECOND_FACTOR_AT),
            delegation_id=data.get(DELEGATION),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=hashed(key)).delete()
