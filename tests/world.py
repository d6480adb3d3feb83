"""Building blocks of a test's own world: rows under fresh numbers, written as the owner, never shared.

Everything the gate looks at can be made here in any state, also in states no page would produce.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from kiban.gate.door import Caller
from kiban.ops import database
from kiban.ops.database import Role

JAPAN = ZoneInfo("Asia/Tokyo")
_numbers = itertools.count(1)


def today() -> dt.date:
    return dt.datetime.now(JAPAN).date()


def office_number(letter: str = "7") -> str:
    """A number no organisation of another test has; ``letter`` "A" to "Z": as numbers look that ran out of digits."""
    return f"13{letter}99{next(_numbers):05d}"


def days(number: int) -> dt.date:
    """The date ``number`` days from today in Japan."""
    return today() + dt.timedelta(days=number)


def hours(number: float) -> dt.datetime:
    """The moment ``number`` hours from now."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(hours=number)


@dataclass
class Person:
    """An insured person of the test."""

    key: int
    insurer_no: str
    insured_no: str
    name: str
    birth: dt.date
    sex: str


@dataclass
class Organisation:
    """An organisation taking part."""

    id: int
    number: str
    name: str
    kind: str


@dataclass
class Actor:
    """Somebody at a terminal: what a browser needs to show, and the rows behind it."""

    name: str
    account_id: int
    employment_id: int
    organisation: Organisation
    session: str
    der: bytes
    fingerprint: str
    certificate_id: int
    terminal_id: int
    login_id: str = ""

    @property
    def caller(self) -> Caller:
        return Caller(self.session, self.fingerprint)


@dataclass
class World:
    """Rows of one test. ``connection`` is the owner's, in autocommit."""

    connection: psycopg.Connection[Any] = field(default_factory=lambda: database.connect(Role.OWNER))

    def one(self, statement: str, *parameters: Any) -> Any:
        row = self.connection.execute(statement, parameters).fetchone()
        return row[0] if row and len(row) == 1 else row

    def run(self, statement: str, *parameters: Any) -> None:
        self.connection.execute(statement, parameters)

    def insert(self, table: str, **values: Any) -> int:
        columns = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        return self.one(f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING *", *values.values())[0]

    def insurer(self, started_on: dt.date | None = None, items: tuple[str, ...] = ("*",), **more: Any) -> str:
        """A new insurer; returns its number. ``started_on`` None: not started."""
        number = f"{900000 + next(_numbers):06d}"
        insurer_id = self.insert(
            "registry_insurer",
            prefecture_id="13",
            name=f"試験市{number}",
            number=number,
            number_status="entered",
            municipality_code="",
            is_wide_area=False,
            counts="{}",
            readiness="date" if started_on else "unconfirmed",
            started_on=started_on,
        )
        for item in items:
            self.insert(
                "registry_migrateditem",
                insurer_id=insurer_id,
                item=item,
                migrated_on=more.get("migrated_on", days(-400)),
            )
        return number

    def insurer_id(self, number: str) -> int:
        return self.one("SELECT id FROM registry_insurer WHERE number = %s", number)

    def organisation(
        self, *services: str, kind: str = "office", number: str = "", ended_on: dt.date | None = None
    ) -> Organisation:
        number = number or office_number()
        name = f"試験事業所{number[-5:]}"
        organisation_id = self.insert(
            "registry_organisation",
            kind=kind,
            number=number,
            name=name,
            corporation_name="試験法人",
            telephone="",
            enrolled_on=days(-1000),
            ended_on=ended_on,
        )
        for service in services:
            self.insert(
                "registry_organisationservice",
                organisation_id=organisation_id,
                service_id=service,
                starts_on=days(-1000),
                ends_on=None,
            )
        return Organisation(organisation_id, number, name, kind)

    def account(self, login_id: str, name: str, **values: Any) -> int:
        """An account that may sign in; its number."""
        found: int = self.insert(
            "staff_account",
            **{
                "login_id": login_id,
                "name": name,
                "kana": "シケン ショクイン",
                "is_active": True,
                "must_change_password": False,
                "created_at": hours(-2400),
                **values,
            },
        )
        return found

    def actor(
        self,
        organisation: Organisation,
        job_type: str = "care_manager",
        *,
        name: str = "",
        level: str = "general",
        employed: tuple[dt.date, dt.date | None] | None = None,
        certificate_organisation: Organisation | None = None,
        certificate: dict[str, Any] | None = None,
        account: dict[str, Any] | None = None,
        session: dict[str, Any] | None = None,
        password: str = "",
    ) -> Actor:
        """An account with employment, terminal, certificate and a signed-in session, each in any state."""
        number = next(_numbers)
        name = name or f"試験 職員{number}"
        login_id = f"shiken{number}"
        starts_on, ends_on = employed or (days(-100), None)
        account_id = self.account(login_id, name, **({"password": password or "!"} | (account or {})))
        employment_id = self.insert(
            "staff_employment",
            account_id=account_id,
            organisation_id=organisation.id,
            job_type_id=job_type,
            level=level,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        der, fingerprint, certificate_id, terminal_id = self.terminal(
            certificate_organisation or organisation, **(certificate or {})
        )
        raw = f"session-of-{login_id}-{'x' * 20}"
        self.session(
            raw,
            **{
                "account_id": account_id,
                "employment_id": employment_id,
                "certificate_fingerprint": fingerprint,
                **(session or {}),
            },
        )
        return Actor(
            name,
            account_id,
            employment_id,
            organisation,
            raw,
            der,
            fingerprint,
            certificate_id,
            terminal_id,
            login_id,
        )

    def session(self, raw: str, **values: Any) -> None:
        """A session row as staff.sessions writes it."""
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

        from kiban.staff.models import Account
        from kiban.staff.sign_in.sessions import SessionStore

        account = Account(password=self.one("SELECT password FROM staff_account WHERE id = %s", values["account_id"]))
        data = {
            SESSION_KEY: str(values["account_id"]),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
            HASH_SESSION_KEY: account.get_session_auth_hash(),
        }
        key = hashlib.sha256(raw.encode()).hexdigest()
        usual = {"expire_date": hours(7), "second_factor_at": hours(-0.1), "delegation_id": None}
        self.insert("staff_session", session_key=key, **{**usual, **values})
        self.insert("staff_sessionmemory", session_id=key, data=SessionStore(raw).encode(data))
        self.seal("session_key = %s", key)

    def seal(self, which: str, *parameters: Any) -> None:
        """Seal sessions as they stand now, as the sign-in would have (with the key of this very database)."""
        self.run(
            f"""UPDATE staff_session SET seal = gate.session_seal(session_key, account_id, employment_id,
                       certificate_fingerprint, second_factor_at, expire_date, delegation_id) WHERE {which}""",
            *parameters,
        )

    def terminal(self, organisation: Organisation, **state: Any) -> tuple[bytes, str, int, int]:
        number = next(_numbers)
        der = f"certificate {number} of a test".encode()
        fingerprint = hashlib.sha256(der).hexdigest()
        terminal_id = self.insert(
            "terminals_terminal",
            organisation_id=organisation.id,
            name=f"試験端末{number}",
            place="",
            purpose="",
            custodian="",
            created_at=hours(-2400),
        )
        certificate_id = self.insert(
            "terminals_certificate",
            **{
                "terminal_id": terminal_id,
                "organisation_id": organisation.id,
                "fingerprint": fingerprint,
                "serial": f"{number:x}",
                "not_before": hours(-2400),
                "not_after": hours(2400),
                "issued_at": hours(-2400),
                "issued_by": "試験",
                "revoked_at": None,
                "revoked_by": "",
                "revocation_reason": "",
                **state,
            },
        )
        return der, fingerprint, certificate_id, terminal_id

    def person(self, insurer_no: str, name: str = "", insured_no: str = "", **more: Any) -> Person:
        number = next(_numbers)
        insured_no = insured_no or f"{number:010d}"
        name = name or f"試験 花子{number}"
        birth = more.pop("birth", dt.date(1940, 3, 2))
        sex = more.pop("sex", "2")
        key = self.one("SELECT care.insured_key(%s, %s)", insurer_no, insured_no)
        self.insert(
            "care.person",
            insured_key=key,
            name=name,
            kana=more.pop("kana", f"シケン ハナコ{number}"),
            birth=birth,
            sex=sex,
            charset="utf-8",
            search_key=name.replace(" ", ""),
            kana_key=more.pop("kana_key", f"シケンハナコ{number}"),
            **more,
        )
        return Person(key, insurer_no, insured_no, name, birth, sex)

    def consent(self, person: Person, **more: Any) -> int:
        values = {"given_on": days(-50), "text_version": "test", "signer": "self", "taken_by": "municipality", **more}
        self.insert("care.consent", insured_key=person.key, **values)
        return self.one("SELECT max(id) FROM care.consent WHERE insured_key = %s", person.key)

    def identity(self, person: Person, organisation: Organisation, **more: Any) -> None:
        values = {"confirmed_on": days(-50), "method": "card", **more}
        self.insert("care.identity", insured_key=person.key, organisation_id=organisation.id, **values)

    def assignment(self, person: Person, organisation: Organisation, capacity: str = "plan", **more: Any) -> int:
        values = {"viewing_from": days(-40), "viewing_to": None, **more}
        self.insert(
            "care.assignment", insured_key=person.key, organisation_id=organisation.id, capacity=capacity, **values
        )
        return self.one("SELECT max(id) FROM care.assignment WHERE insured_key = %s", person.key)

    def in_charge(self, person: Person, organisation: Organisation, capacity: str = "plan") -> None:
        """Identity confirmed and registered as 担当, in force."""
        self.identity(person, organisation)
        self.assignment(person, organisation, capacity)

    def record(self, person: Person, item: str, content: dict[str, Any], **more: Any) -> None:
        text = json.dumps(content, ensure_ascii=False)
        self.insert(
            "care.record",
            **{
                "insured_key": person.key,
                "item": item,
                "entry": "",
                "history_no": 1,
                "version": 1,
                "source": f"insurer:{person.insurer_no}",
                "digest": hashlib.sha256(text.encode()).digest(),
                "content": text,
                **more,
            },
        )

    def refusal(self, person: Person, organisation: Organisation, *, ended_at: dt.datetime | None = None) -> None:
        """The person does not consent."""
        self.insert(
            "care.refusal",
            insured_key=person.key,
            refused_on=days(0),
            text_version="試験",
            signer="self",
            signer_name="",
            witness="",
            channel="meeting",
            note="",
            organisation_id=organisation.id,
            recorded_by=0,
            ended_at=ended_at,
        )

    def emergency(self, person: Person, actor: Actor, opened_at: dt.datetime, ends_at: dt.datetime) -> int:
        """The actor opened the person in an emergency; returns its number."""
        return self.one(
            """INSERT INTO care.emergency (insured_key, organisation_id, account_id, terminal, reason, opened_at,
                                           ends_at, review_by)
               VALUES (%s, %s, %s, %s, '試験のため緊急で開きます', %s, %s, %s) RETURNING id""",
            person.key,
            actor.organisation.id,
            actor.account_id,
            actor.fingerprint,
            opened_at,
            ends_at,
            days(3),
        )

    def log(self, **where: Any) -> list[dict[str, Any]]:
        """Lines of the access log (a question with its decision), newest last.

        ``insured_key`` finds also what was decided about one person whom the question did not name yet.
        """
        one = "(insured_key = %s OR insured_key = 0 AND persons = ARRAY[%s::bigint] AND action <> 'people:list')"
        conditions = " AND ".join(one if name == "insured_key" else f"{name} = %s" for name in where) or "true"
        values = [value for name, value in where.items() for _ in range(1 + (name == "insured_key"))]
        return self._dictionaries(f"SELECT * FROM care.access_line WHERE {conditions} ORDER BY asked_at, id", values)

    def rows(self, **where: Any) -> list[dict[str, Any]]:
        """Rows of the access log as they lie there, newest last."""
        conditions = " AND ".join(f"{name} = %s" for name in where) or "true"
        statement = f"SELECT * FROM care.access_log WHERE {conditions} ORDER BY at, id"
        return self._dictionaries(statement, list(where.values()))

    def _dictionaries(self, statement: str, values: list[Any]) -> list[dict[str, Any]]:
        cursor = self.connection.execute(statement, values)
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor]
