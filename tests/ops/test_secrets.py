"""The secrets of an installation: made once, completed by a newer version, never changed."""

from __future__ import annotations

import errno
import json
import os
import stat

import pytest

from kiban.ops import secrets


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KIBAN_DATA", str(tmp_path / "data"))


def test_they_are_made_once_and_for_its_account_only():
    made = secrets.ensure()
    assert set(made) == set(secrets.NAMES)
    assert secrets.ensure() == secrets.load() == made
    assert stat.S_IMODE(secrets.path().stat().st_mode) == 0o600


def test_what_a_newer_version_needs_is_added_and_nothing_else_changes():
    made = secrets.ensure()
    older = {name: value for name, value in made.items() if name != "exchange_key"}
    secrets.path().write_text(json.dumps(older))
    completed = secrets.ensure()
    assert {name: completed[name] for name in older} == older
    assert len(completed["exchange_key"]) == 64
    assert secrets.load() == completed
    assert stat.S_IMODE(secrets.path().stat().st_mode) == 0o600
    assert [one.name for one in secrets.path().parent.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("there", [[], ["django"]])
def test_a_full_disk_leaves_no_half_file_in_the_way_of_the_next_set_up(there, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = secrets.path().parent
    folder.mkdir()
    if there:
        secrets.path().write_text(json.dumps(dict.fromkeys(there, "x")))
    before = {one.name: one.read_text() for one in folder.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            secrets.ensure()
    assert {one.name: one.read_text() for one in folder.iterdir()} == before
    assert secrets.ensure() == secrets.load()
