"""Sessions in the database, under the SHA-256 of the cookie value: a copy of the table signs nobody in.

Who, as what, at which terminal and until when stands in columns, because the gate reads them; pages read the same
columns, so the two cannot disagree. What they rest on is sealed (``seal``). What else a session holds lies in a table
of its own (``SessionMemory``), encrypted for this very session.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from kiban.staff.models import Account, Employment, Session, SessionMemory
from kiban.staff.sign_in.seal import close, open_, seal

# Keys of the session dictionary that are columns of the table.
ACCOUNT = SESSION_KEY
EMPLOYMENT = "employment"
FINGERPRINT = "certificate_fingerprint"
SECOND_FACTOR_AT = "second_factor_at"
DELEGATION = "delegation"
ENDS_AT = "ends_at"
CONFIRMED_AT = "confirmed_at"  # when the password was typed; no column
SEEN_AT = "seen_at"
LOCKED_AT = "locked_at"
COLUMNS = {ACCOUNT, EMPLOYMENT, FINGERPRINT, SECOND_FACTOR_AT, DELEGATION, ENDS_AT, SEEN_AT, LOCKED_AT}
# Written by themselves alone: a request that began before the screen was locked must not unlock it by being saved.
APART = {"seen_at", "locked_at"}

LASTS = timedelta(hours=8)
TOUCH = timedelta(minutes=1)  # use is noted no more often than this
PASSWORD_BACKEND = "kiban.staff.sign_in.backends.EmployedBackend"  # noqa: S105 - a dotted path


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
        CONFIRMED_AT: now.isoformat(),
        ENDS_AT: (now + LASTS).isoformat(),
    }


def end_all(account: Account, but: str | None = None) -> None:
    """End every session of the account, on whatever terminal, except the one with the cookie value ``but``."""
    Session.objects.filter(account=account).exclude(session_key=hashed(but or "")).end()


def lock(key: str | None) -> None:
    """Lock the screen of the session with that cookie value; the gate shows nothing from now on either."""
    Session.objects.filter(session_key=hashed(key or ""), locked_at=None).update(locked_at=timezone.now())


def unlock(key: str | None) -> None:
    """The person has shown who it is."""
    Session.objects.filter(session_key=hashed(key or "")).update(locked_at=None, seen_at=timezone.now())


def touch(session: SessionBase) -> bool:
    """Note that the session is in use; whether it was noted (at most once a minute)."""
    now = timezone.now()
    used = session.get(SEEN_AT)
    if used and datetime.fromisoformat(used) > now - min(TOUCH, longest_idle() / 4):
        return False
    unlocked = Session.objects.filter(session_key=hashed(session.session_key or ""), locked_at=None)
    return unlocked.update(seen_at=now) == 1


def is_locked(session: SessionBase) -> bool:
    """Whether the screen is locked, or was left without use for so long that it has to be."""
    if session.get(LOCKED_AT):
        return True
    used = session.get(SEEN_AT) or session.get(SECOND_FACTOR_AT) or ""
    return bool(used) and datetime.fromisoformat(used) <= timezone.now() - longest_idle()


def longest_idle() -> timedelta:
    """After this time without use a screen locks (``KIBAN_IDLE_MINUTES``)."""
    return timedelta(minutes=settings.IDLE_MINUTES)


def seal_of(row: Session) -> bytes:
    """The seal of a row as it stands."""
    return seal(
        row.session_key,
        account=row.account_id,
        employment=row.employment_id,
        fingerprint=row.certificate_fingerprint,
        second_factor_at=row.second_factor_at,
        expires_at=row.expire_date,
        delegation=row.delegation_id,
    )


class SessionStore(DatabaseStore):
    """Django's database sessions, keyed by ``hashed(cookie value)`` and with an end that use does not put off."""

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]
        return Session

    def load(self) -> dict[str, Any]:
        key = hashed(self.session_key or "")
        row = Session.objects.select_related("memory").filter(session_key=key, expire_date__gt=timezone.now()).first()
        sealed = row is not None and compare_digest(bytes(row.seal or b""), seal_of(row))
        remembered = self.decode(row.memory.data) if row is not None and sealed and hasattr(row, "memory") else {}
        if row is None or not remembered:  # there is none, or one somebody made or gave other contents
            self._session_key = None
            return {}
        columns = {
            ACCOUNT: row.account_id and str(row.account_id),
            EMPLOYMENT: row.employment_id,
            FINGERPRINT: row.certificate_fingerprint,
            SECOND_FACTOR_AT: row.second_factor_at and row.second_factor_at.isoformat(),
            DELEGATION: row.delegation_id,
            ENDS_AT: row.expire_date.isoformat(),
            SEEN_AT: row.seen_at and row.seen_at.isoformat(),
            LOCKED_AT: row.locked_at and row.locked_at.isoformat(),
        }
        return remembered | {key: value for key, value in columns.items() if value}

    def encode(self, session_dict: dict[str, Any]) -> str:
        return close(hashed(self.session_key or ""), super().encode(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        closed = session_data if isinstance(session_data, str) else session_data.decode()
        plain = open_(hashed(self.session_key or ""), closed)
        return super().decode(plain) if plain else {}

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=hashed(session_key)).exists()

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        ends_at = self.get(ENDS_AT)
        return datetime.fromisoformat(ends_at) if ends_at else timezone.now() + LASTS

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]
        factor = data.get(SECOND_FACTOR_AT)
        row = Session(
            session_key=hashed(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            expire_date=self.get_expiry_date(),
            account_id=int(data[ACCOUNT]) if data.get(ACCOUNT) else None,
            employment_id=data.get(EMPLOYMENT),
            certificate_fingerprint=data.get(FINGERPRINT, ""),
            second_factor_at=datetime.fromisoformat(factor) if factor else None,
            delegation_id=data.get(DELEGATION),
            seen_at=timezone.now(),
        )
        row.seal = seal_of(row)
        return row

    def _memory(self, row: Session, data: dict[str, Any]) -> SessionMemory:
        rest = {key: value for key, value in data.items() if key not in COLUMNS}
        return SessionMemory(session_id=row.pk, data=self.encode(rest))

    def save(self, must_create: bool = False) -> None:
        """Django's, but for the columns that only ``lock``, ``unlock`` and ``touch`` write once the row is there."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        memory = self._memory(row, data)
        names = [field.name for field in Session._meta.concrete_fields if not field.primary_key]
        try:
            with transaction.atomic():
                if must_create:
                    row.save(force_insert=True)
                    memory.save(force_insert=True)
                else:
                    row.save(update_fields=[name for name in names if name not in APART])
                    memory.save(update_fields=["data"])
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:
                raise UpdateError from None
            raise
        return None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Change what is remembered while no other request can: it is read anew under its lock, and saved at the end.

        For what several windows send in the same moment. Elsewhere the request saved last decides.
        """
        with transaction.atomic():
            row = SessionMemory.objects.select_for_update().filter(session_id=hashed(self.session_key or ""))
            if row.first() is None:  # signed out meanwhile
                yield
                return
            self._session_cache = self.load()
            yield
            self.save()
            self.modified = False

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=hashed(key)).end()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expire_date__lt=timezone.now()).end()
