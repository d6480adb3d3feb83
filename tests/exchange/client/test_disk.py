"""kiban-exchange on a disk that is full, or with files another software holds."""

import contextlib
import errno
import os
from pathlib import Path

import pytest

from kiban.formats.careplan.layouts import samples
from kiban_exchange import disk, sync
from kiban_exchange.cli import Exit
from tests.exchange.client.office import inbox, placed
from tests.exchange.town import unit_of

pytestmark = pytest.mark.server


def test_a_full_disk_loses_nothing(town, sender, receiver, monkeypatch):
    """Every write may fail: at each of them in turn, on both sides, and the next run makes it good."""
    plain, left = disk.write_new, [0]

    def full(path: Path, content: bytes) -> None:
        if not left[0]:
            path.write_bytes(content[: len(content) // 2])  # what a full disk leaves
            raise OSError(errno.ENOSPC, "no space")
        left[0] -= 1
        plain(path, content)

    for number in range(6):
        scene = town.scene()
        files = samples.unit("schedule", scene)
        sender.export(files)
        left[0] = number
        monkeypatch.setattr(disk, "write_new", full)
        codes = {sender.run(), receiver.run()}
        assert Exit.DISK in codes and codes <= {Exit.DISK, Exit.DONE}
        monkeypatch.setattr(disk, "write_new", plain)
        assert sender.run() == receiver.run() == Exit.DONE
        assert sender.files(sync.OUT) == {}
        assert placed(scene.sequence, files).items() <= sender.files(sync.SENT).items()
        place = f"{scene.sequence}_{town.planning.number}"
        assert placed(place, files).items() <= receiver.files(sync.IN).items()
    assert len(inbox(town)) == len(receiver.state["received"]) == 6
    assert "空きがありません" in sender.log + receiver.log
    assert list(receiver.folder.rglob("~*")) == []


@pytest.mark.fault
def test_a_disk_that_is_really_full(town, sender, receiver, small_disk, capsys):
    scenes = [town.scene() for _ in range(3)]
    for scene in scenes:
        town.send(town.planner, unit_of("schedule", scene))
    receiver.folder = small_disk
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        for _ in range(100):
            file.write(bytes(4096))
            file.flush()
    os.truncate(filler, filler.stat().st_size - 2 * 4096)  # room for two files, not for a unit
    assert receiver.run() == Exit.DISK
    assert receiver.files(sync.IN) == {} and "空きがありません" in capsys.readouterr().out
    filler.unlink()
    assert receiver.run() == Exit.DONE
    assert len(receiver.files(sync.IN)) == 9


def test_a_file_another_software_holds_is_waited_for(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    plain = Path.read_bytes

    def held(path: Path) -> bytes:
        if path.parent.name == sync.OUT:
            raise PermissionError(errno.EACCES, "in use")
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", held)
    assert sender.run() == Exit.DONE and "ほかのソフトが使っている" in sender.log
    monkeypatch.undo()
    assert sender.files(sync.OUT) == files and inbox(town) == []
