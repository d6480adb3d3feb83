"""The pair of keys backups are encrypted with: whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kiban.ops.backup import keys
from kiban.ops.backup.errors import BackupError
from tests.ops.command import kiban


@pytest.mark.parametrize("written", [0, 1])
def test_a_full_disk_leaves_nothing_in_the_way_of_the_next_try(tmp_path: Path, monkeypatch, written: int):
    path, done = tmp_path / "key", []

    def full(descriptor: int) -> None:
        done.append(descriptor)
        if len(done) > written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(BackupError, match="ディスクがいっぱいです"):
            keys.make(path)
    assert list(tmp_path.iterdir()) == []
    assert keys.make(path).exists()


def test_a_refusal_is_its_words_alone(tmp_path: Path):
    (tmp_path / "key").touch()
    refused = kiban("backup", "--make-key", str(tmp_path / "key"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"{tmp_path / 'key'} がすでにあります。")
    traced = kiban("backup", "--make-key", str(tmp_path / "key"), "--traceback")
    assert "Traceback" in traced.stderr
