"""Generated persons, as many as wanted, written set-wise: what the demo's people have, without the loader.

Everybody has a consent, an identity, an office in charge and three records; the measured office's 200 people have all
twelve items with their earlier versions. Contents are the demo's: every field a form of that kind has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

INSURER = "131136"
OFFICE_NUMBER = "1379099010"
BASE = 131136 * 10**10
OFFICE = 200  # persons in charge of the measured office
SAMPLES = 60  # different persons' contents, used again and again
STEP = 100_000  # persons written at once
EVERYBODY = ("insurance_card.card", "insurance_card.burden_ratio", "certification.result")
COUNTS = {
    "ins1": {"65_74": 40, "75_84": 40, "85plus": 20, "total": 100},
    "certified": {"12": 14, "13": 14, "21": 21, "22": 17, "23": 13, "24": 13, "25": 8, "total": 100},
}


def measured(persons: int) -> list[int]:
    """Keys of the measured office's people: spread evenly, so that no two of them are neighbours."""
    return [BASE + number * (persons // OFFICE) + 1 for number in range(OFFICE)]


def fill(persons: int) -> dict[str, str]:
    """An insurer, an office, a care manager at a terminal, and ``persons``; returns what the care manager shows."""
    from kiban.ops import database
    from kiban.ops.database import Role
    from kiban.records import kinds

    certificate = _terminal_certificate()
    caller = {"session": "s" * 32, "certificate": certificate}
    with database.connect(Role.OWNER) as owner:
        owner.execute(_STAGE)
        owner.execute(
            "INSERT INTO terminals_certificate (terminal_id, organisation_id, fingerprint, serial, not_before,"
            " not_after, issued_at, issued_by, revoked_by, revocation_reason)"
            " VALUES (1, 1, %s, '1', now() - interval '1 day', now() + interval '100 days', now(), '', '', '')",
            [certificate],
        )
        key = hashlib.sha256(caller["session"].encode()).hexdigest()
        owner.execute(
            "INSERT INTO staff_session (session_key, expire_date, account_id, employment_id, certificate_fingerprint,"
            " second_factor_at) VALUES (%s, now() + interval '7 hours', 1, 1, %s, now())",
            [key, certificate],
        )
        owner.execute("INSERT INTO staff_sessionmemory VALUES (%s, %s)", [key, _remembered(caller["session"])])
        owner.execute(
            "UPDATE staff_session SET seal = gate.session_seal(session_key, account_id, employment_id,"
            " certificate_fingerprint, second_factor_at, expire_date, delegation_id)"
        )
        _write_samples(owner)
        _add(owner, 1, persons, persons // OFFICE)
        others = [key for key in kinds.item_keys() if key not in EVERYBODY]
        span = {"base": BASE, "low": 1, "high": persons, "step": persons // OFFICE, "samples": SAMPLES}
        # Of the measured people the three items everybody has are there already: their earlier versions are added.
        owner.execute(_RECORDS.format(who="(n - 1) %% %(step)s = 0", what=""), {**span, "items": others})
        owner.execute(
            _RECORDS.format(who="(n - 1) %% %(step)s = 0", what="AND NOT s.newest"), {**span, "items": list(EVERYBODY)}
        )
    _decide()
    settle()
    return caller


def grow(name: str, low: int, high: int) -> None:
    """Add the persons from ``low + 1`` to ``high`` to the database ``name``; all have other offices."""
    from kiban.ops import database
    from kiban.ops.database import Role

    with database.connect(Role.OWNER, name) as owner:
        owner.execute("SET synchronous_commit = off")
        _write_samples(owner)
        for start in range(low + 1, high + 1, STEP):
            _add(owner, start, min(start + STEP - 1, high), 0)
    settle(name)


def settle(name: str | None = None) -> None:
    """Let the database finish what writing so much left behind, before anything is timed."""
    from kiban.ops import database

    with database.connect(None, name) as superuser:
        superuser.execute("VACUUM (ANALYZE)")
        superuser.execute("CHECKPOINT")


def _add(owner: Any, low: int, high: int, step: int) -> None:
    """Persons ``low`` to ``high``; of those every ``step``-th (0: none) belongs to the measured office."""
    span = {"base": BASE, "office": OFFICE, "low": low, "high": high, "step": step, "samples": SAMPLES}
    for statement in _PERSONS:
        owner.execute(statement, span)
    owner.execute(_RECORDS.format(who="true", what="AND s.newest"), {**span, "items": list(EVERYBODY)})


def _write_samples(owner: Any) -> None:
    """What the demo's persons have, by item, in a table of this connection."""
    owner.execute(
        "CREATE TEMPORARY TABLE sample (item text, at integer, entry text, history_no integer, version smallint,"
        " valid_from date, valid_to date, newest boolean, digest bytea, content jsonb)"
    )
    with owner.cursor().copy(
        "COPY sample (item, at, entry, history_no, version, valid_from, valid_to, newest, digest, content) FROM STDIN"
    ) as copy:
        for row in _samples():
            copy.write_row(row)
    owner.execute("ANALYZE sample")


def _samples() -> list[tuple[Any, ...]]:
    from django.utils import timezone

    from kiban.demo import people, story
    from kiban.records import kinds, versions

    today = timezone.localdate()
    lives: dict[str, list[list[story.Version]]] = {key: [] for key in kinds.item_keys()}
    for fake in people.population(INSURER, COUNTS, 300, today):
        if not fake.level:
            continue
        mine: dict[str, list[story.Version]] = {}
        for version in story.versions(fake, OFFICE_NUMBER, "試験事業所", today):
            mine.setdefault(version.item.key, []).append(version)
        for key, found in mine.items():
            lives[key].append(found)
    rows = []
    for key, lived in lives.items():
        for at in range(SAMPLES):
            numbered: dict[int, int] = {}
            found = lived[at % len(lived)]
            for version in found:
                numbered[version.history_no] = numbered.get(version.history_no, 0) + 1
                first, last = version.item.validity(version.content)
                rows.append(
                    (
                        key,
                        at,
                        version.item.entry_of(version.content),
                        version.history_no,
                        numbered[version.history_no],
                        first,
                        last,
                        version is found[-1],
                        versions.digest(first, last, version.content),
                        versions.canonical(version.content),
                    )
                )
    return rows


def _decide() -> None:
    """The insurer opens by its own decision what the table leaves open, so that all twelve items are shown."""
    from django.utils import timezone

    from kiban.gate import matrix
    from kiban.gate.models import Cell
    from kiban.registry.models import Insurer

    cells = Cell.objects.using("owner").filter(
        party="care_management", job_type="care_manager", status=Cell.Status.UNCONFIRMED
    )
    today = timezone.localdate()
    matrix.decide(
        insurer=Insurer.objects.using("owner").get(number=INSURER),
        party="care_management",
        items=sorted(set(cells.values_list("item", flat=True))),
        job_types=["care_manager"],
        is_open=True,
        needs_consent=True,
        document_name="試験要領",
        document_number="試第1号",
        decided_on=today - dt.timedelta(days=9),
        starts_on=today - dt.timedelta(days=9),
        recorded_by="試験",
    )


def _terminal_certificate() -> str:
    """Issue a terminal certificate into the data folder; returns its fingerprint."""
    from kiban.terminals import authority

    issued = authority.issue(OFFICE_NUMBER, 1)
    opened = pkcs12.load_pkcs12(issued.pkcs12, issued.password.encode())
    assert opened.cert is not None
    assert opened.key is not None
    folder = Path(os.environ["KIBAN_DATA"])
    (folder / "client.pem").write_bytes(opened.cert.certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "client-key.pem").write_bytes(
        opened.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return authority.fingerprint(issued.certificate)


def _remembered(session: str) -> str:
    """What pages remember of a session, as the sign-in writes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY

    from kiban.staff.models import Account
    from kiban.staff.sign_in.sessions import PASSWORD_BACKEND, SessionStore

    account = Account(password="!")  # noqa: S106 - nobody signs in with it
    data = {BACKEND_SESSION_KEY: PASSWORD_BACKEND, HASH_SESSION_KEY: account.get_session_auth_hash()}
    encoded: str = SessionStore(session).encode(data)
    return encoded


_STAGE = """
INSERT INTO registry_insurer (prefecture_id, name, number, number_status, municipality_code, is_wide_area, counts,
                              readiness, started_on)
VALUES ('13', '試験区', '131136', 'entered', '', false, '{}', 'date', current_date - 10);
INSERT INTO registry_migrateditem (insurer_id, item, migrated_on)
SELECT id, '*', current_date - 10 FROM registry_insurer;
INSERT INTO registry_organisation (id, kind, number, name, corporation_name, telephone, enrolled_on)
OVERRIDING SYSTEM VALUE VALUES (1, 'office', '1379099010', '試験事業所', '', '', current_date - 10);
INSERT INTO registry_organisationservice (organisation_id, service_id, starts_on) VALUES (1, '43', current_date - 10);
INSERT INTO staff_account (id, login_id, name, kana, password, is_active, must_change_password, created_at)
OVERRIDING SYSTEM VALUE VALUES (1, 'shiken', '試験 職員', '', '!', true, false, now());
INSERT INTO staff_employment (id, account_id, organisation_id, job_type_id, level, starts_on)
OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'care_manager', 'general', current_date - 10);
INSERT INTO terminals_terminal (id, organisation_id, name, place, purpose, custodian, created_at)
OVERRIDING SYSTEM VALUE VALUES (1, 1, '試験PC', '', '', '', now())
"""
_OFFICE_OF = "CASE WHEN %(step)s > 0 AND (n - 1) %% greatest(%(step)s, 1) = 0 THEN 1 ELSE 2 + n / %(office)s END"
_PERSONS = (
    """INSERT INTO care.person (insured_key, name, kana, birth, sex, charset, search_key, kana_key)
       SELECT %(base)s + n, '試験 花子' || n, 'シケン ハナコ', date '1930-01-01' + (n %% 9000)::integer, '2', 'utf-8',
              '試験花子' || n, 'シケンハナコ'
         FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
    """INSERT INTO care.consent (insured_key, given_on, text_version, signer, taken_by)
       SELECT %(base)s + n, current_date - 5, '2026-11', 'self', 'municipality'
         FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
    f"""INSERT INTO care.identity (insured_key, organisation_id, confirmed_on, method)
        SELECT %(base)s + n, {_OFFICE_OF}, current_date - 5, 'card'
          FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
    f"""INSERT INTO care.assignment (insured_key, organisation_id, capacity, viewing_from, viewing_to)
        SELECT %(base)s + n, {_OFFICE_OF}, 'plan', current_date - 5, current_date + 130
          FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n""",
)
_RECORDS = """
INSERT INTO care.record (insured_key, item, entry, history_no, version, valid_from, valid_to, source, digest, content)
SELECT %(base)s + n, s.item, s.entry, s.history_no, s.version, s.valid_from, s.valid_to, 'insurer:131136', s.digest,
       s.content
  FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n
  JOIN sample AS s ON s.at = n %% %(samples)s
 WHERE {who} AND s.item = ANY (%(items)s) {what}
"""
