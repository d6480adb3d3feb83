"""Backup and restore, killed in the middle: what is there afterwards is whole, or is not used."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kiban.ops.backup import marker, reading
from kiban.ops.embedded import wheel
from tests.cluster import until
from tests.installation import Installation, installation
from tests.ops.backup.found import as_owner, names, numbers, one

pytestmark = pytest.mark.fault

# Where a restore is killed: after it has said this, or when this lies in the data folder.
STAGES = ["secrets.json", "データベースを戻しています。", "この版に合わせています(kiban setup)。"]


def killed_at(process: subprocess.Popen[str], data: Path, stage: str) -> None:
    """kill -9 at that stage."""
    assert process.stdout is not None
    if stage.isascii():
        until(lambda: (data / stage).exists() or process.poll() is not None, 240)
    else:
        assert any(line.strip() == stage for line in process.stdout), "it does not come so far"
    process.kill()
    process.communicate()


@pytest.mark.parametrize("stage", STAGES)
def test_a_restore_is_killed(backup, stage):
    with installation() as made:
        killed_at(made.begin("restore", str(backup)), made.data, stage)
        assert marker.is_there(made.data)
        for command in (["serve"], ["setup"], ["backup", "/tmp"]):
            refused = made.kiban(*command)
            assert (refused.returncode, "途中で止まっています" in refused.stderr.replace("か、", "")) == (1, True)
        looked = made.kiban("doctor")
        assert (looked.returncode, "戻す途中で止まっています" in looked.stdout) == (1, True)

        again = made.kiban("restore", str(backup))
        assert (again.returncode, again.stderr) == (0, "")
        assert "前に途中で止まった" in again.stdout
        assert names(made.data) == ["ca", "pg", "restored.json", "seal", "secrets.json"]
        with made.user(), as_owner(made) as connection:
            assert numbers(connection, "one_side") == numbers(connection, "other_side")
            assert one(connection, "SELECT count(*) FROM pg_database WHERE datname ~ 'restoring'") == 0
        assert made.kiban("doctor").returncode == 0


def test_a_restore_is_ended_in_order(backup):
    """SIGTERM: it takes away what it made, and the place is empty again."""
    with installation() as made:
        process = made.begin("restore", str(backup))
        assert process.stdout is not None
        assert any("戻しています" in line for line in process.stdout)
        process.terminate()
        process.communicate()
        assert process.returncode == 128 + 15
        assert names(made.data) == []


def test_a_backup_is_killed_at_many_moments(filled, tmp_path):
    with filled.user():
        for size in (0, 1, 100, 10_000, 300_000):
            process = filled.begin("backup", str(tmp_path))
            until(lambda at=size, of=process: _is_as_large(tmp_path, at) or of.poll() is not None, 240)
            process.kill()
            process.communicate()
            for path in tmp_path.glob("kiban-*.backup"):
                reading.looked_through(reading.Source(path), wheel.programs())
        _tidy(filled, tmp_path)


def _is_as_large(folder: Path, size: int) -> bool:
    return any(path.stat().st_size >= size for path in folder.iterdir() if path.exists())


def _tidy(made: Installation, folder: Path) -> None:
    """The next one takes away what they left."""
    assert made.kiban("backup", str(folder)).returncode == 0
    assert all(name.startswith("kiban-") for name in names(folder))
