"""The folder of the database: whatever it is called; made whole; let in is one account only."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from kiban.ops.embedded import EmbeddedUnavailableError, account, folder, programs
from tests.disk import fill, small_disk
from tests.installation import Installation, copy, installation
from tests.requirements import absent

NAMES = {
    "blank": "kaigo kiban",
    "japanese": "介護 情報基盤",
    "quotes": 'it\'s "so", $HOME; `id` \\ 100%',
    "long": "とても長い名前の場所/" * 12 + "data",
}


def rules(made: Installation) -> list[tuple[str, str]]:
    """Who may connect, as the running server reads it, and as it is asked."""
    with made.connect() as connection:
        return connection.execute("SELECT type, auth_method FROM pg_hba_file_rules").fetchall()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_it_works_in_a_folder_of_any_name(name):
    with installation(beneath=name) as made:
        for _ in range(2):  # made, and found
            with made.user() as user:
                assert user.socket
                with made.connect() as connection:
                    assert connection.execute("SHOW data_directory").fetchone() == (str(made.pg),)


def test_the_whole_command_in_a_folder_with_a_blank():
    with installation(beneath="kaigo kiban") as made:
        done = made.kiban("setup")
        assert (done.returncode, done.stderr) == (0, "")
        assert "異常 0件" in made.kiban("doctor").stdout


def test_the_socket_of_a_long_path_is_in_a_closed_folder_that_goes_with_the_server(prototype):
    with installation(beneath=NAMES["long"], copied_from=prototype) as made:
        with made.user() as user:
            where = Path(user.socket)
            assert where.parent == Path("/tmp")
            assert stat.S_IMODE(where.stat().st_mode) == 0o700
            assert where.stat().st_uid == made.pg.stat().st_uid
            assert stat.S_IMODE((where / folder.SOCKET).stat().st_mode) == 0o700
        assert not where.exists()


def test_a_socket_folder_an_older_version_left_open_is_closed(prototype):
    with installation(beneath=NAMES["long"], copied_from=prototype) as made:
        where = folder.socket_folder(made.pg, account.of_server())
        where.chmod(0o777)
        with made.user() as user:
            assert user.socket == str(where)
            assert stat.S_IMODE(where.stat().st_mode) == 0o700


def test_a_socket_folder_of_somebody_else_is_not_used(prototype):
    absent("making somebody else's folder needs root", when=os.geteuid() != 0)
    with installation(beneath=NAMES["long"], copied_from=prototype) as made:
        where = folder.socket_folder(made.pg, account.of_server())
        where.rmdir()
        where.symlink_to(made.data)
        with pytest.raises(EmbeddedUnavailableError, match=str(where)):
            folder.socket_folder(made.pg, account.of_server())
        where.unlink()
        where.mkdir(mode=0o777)
        os.chown(where, pwd.getpwnam("nobody").pw_uid, -1)
        failed = made.kiban("daily")
        where.rmdir()
        assert failed.returncode == 1
        assert str(where) in failed.stderr
        assert "Traceback" not in failed.stderr


def test_nobody_else_comes_in(prototype):
    """The folder stops another account of the machine; were that opened, the kernel's word on who asks would."""
    absent("being somebody else needs root", when=os.geteuid() != 0)
    entry = pwd.getpwnam("nobody")
    nobody = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
    with installation(copied_from=prototype) as made, made.user() as user:
        ask = [str(programs() / "psql"), "-h", user.socket, "-U", "postgres", "-d", "postgres", "-c", "SELECT 1"]
        assert subprocess.run(ask, check=False, capture_output=True).returncode == 0
        closed = subprocess.run(ask, check=False, capture_output=True, text=True, **nobody)
        made.pg.chmod(0o755)
        (made.pg / folder.SOCKET).chmod(0o777)
        opened = subprocess.run(ask, check=False, capture_output=True, text=True, **nobody)
        assert "Permission denied" in closed.stderr
        assert "Peer authentication failed" in opened.stderr


def test_trust_an_older_version_left_is_gone_before_the_server_listens(prototype):
    with installation(copied_from=prototype) as made:
        (made.pg / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 trust\n")
        (made.pg / "pg_ident.conf").unlink()
        with made.user() as user:
            assert rules(made) == [("local", "peer")]
            assert stat.S_IMODE((made.pg / "pg_hba.conf").stat().st_mode) == 0o600
            (made.pg / "pg_hba.conf").write_text("local all all trust\n")
            assert made.kiban("doctor").stdout.count("つながれる人の設定が変えられています") == 1
            assert "元に戻しました" in user.leave()
        with made.user():
            assert rules(made) == [("local", "peer")]


def test_settings_that_would_open_it_cannot_be_changed_by_sql_or_files(prototype):
    with installation(copied_from=prototype) as made:
        with made.user(), made.connect() as connection:
            for name, value in {"listen_addresses": "*", "hba_file": "/tmp/other", "log_statement": "all"}.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        with made.user(), made.connect() as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            assert connection.execute("SHOW hba_file").fetchone() == (str(made.pg / "pg_hba.conf"),)
            assert connection.execute("SHOW log_statement").fetchone() == ("none",)


def test_neither_statements_nor_values_of_an_error_are_in_the_log(prototype):
    with installation(copied_from=prototype) as made, made.user():
        with made.connect() as connection:
            connection.execute("CREATE TABLE person (number text PRIMARY KEY)")
            connection.execute("INSERT INTO person VALUES ('0000000001')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO person VALUES ('0000000001')")
        log = (made.pg / "log").read_text()
        assert "duplicate key" in log
        assert "0000000001" not in log


@pytest.mark.fault
def test_a_full_disk_is_named_and_the_database_is_made_when_there_is_space():
    with small_disk(80) as disk:
        made = Installation(disk / "data")
        made.data.mkdir()
        filler = fill(disk)
        failed = made.kiban("setup")
        assert failed.returncode == 1
        assert "ディスク" in failed.stderr or "データの場所" in failed.stderr
        assert "Traceback" not in failed.stderr
        filler.unlink()
        with made.user() as user:
            assert user.socket


def test_a_folder_that_is_no_database_is_left_as_it_is(tmp_path):
    made = Installation(tmp_path / "data")
    (made.pg / "base").mkdir(parents=True)
    failed = made.kiban("setup")
    assert failed.returncode == 1
    assert "PG_VERSION がありません" in failed.stderr
    assert list(made.pg.iterdir()) == [made.pg / "base"]


def test_another_versions_database_is_named(prototype):
    with installation() as made:
        copy(prototype, made.data)
        (made.pg / "PG_VERSION").write_text("17\n")
        failed = made.kiban("daily")
        assert failed.returncode == 1
        assert "PostgreSQL 17 のもの" in failed.stderr
