"""kiban-exchange receives: what lies there is kept, what is damaged comes again, what was withdrawn is marked."""

import errno
import shutil

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban_exchange import disk, line, sync
from kiban_exchange.cli import Exit
from tests.exchange.client.office import placed, raises
from tests.exchange.town import unit_of

pytestmark = pytest.mark.server


def test_what_lies_there_is_never_overwritten(town, sender, receiver):
    scene = town.scene()
    unit = unit_of("schedule", scene)
    number = town.send(town.planner, unit)
    place = f"{scene.sequence}_{town.planning.number}"
    mine = receiver.folder / sync.IN / place / min(unit.files)
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"something else")
    assert receiver.run() == Exit.DONE
    assert mine.read_bytes() == b"something else" and "別のフォルダ" in receiver.log
    assert placed(f"{place}_{number}", unit.files).items() <= receiver.files(sync.IN).items()
    # Without the journal everything is looked at again, and nothing is there twice.
    before = receiver.files(sync.IN)
    (receiver.folder / "状態.json").unlink()
    assert receiver.run() == Exit.DONE and receiver.files(sync.IN) == before


def test_a_folder_moved_away_is_not_fetched_again(town, sender, receiver):
    town.send(town.planner, unit_of("schedule", town.scene()))
    assert receiver.run() == Exit.DONE
    shutil.rmtree(receiver.folder / sync.IN)
    assert receiver.run() == Exit.DONE and receiver.files(sync.IN) == {}


def test_what_was_withdrawn_is_marked(town, sender, receiver):
    scene = town.scene()
    number = town.send(town.planner, unit_of("schedule", scene))
    assert receiver.run() == Exit.DONE
    boxes.withdraw(town.planner, number)
    assert receiver.run() == receiver.run() == Exit.DONE
    assert "取り込まないでください" in receiver.read(
        f"{sync.IN}/{scene.sequence}_{town.planning.number}/{sync.WITHDRAWN}"
    )
    assert receiver.log.count("相手が取り消しました") == 1


def test_a_journal_that_cannot_be_read_is_put_aside(town, sender, receiver):
    scene = town.scene()
    town.send(town.planner, unit_of("schedule", scene))
    assert receiver.run() == Exit.DONE
    before = receiver.files(sync.IN)
    for broken in ('{"moves": [', "[]", '{"moves": [{}]}', ""):
        (receiver.folder / "状態.json").write_text(broken)
        assert receiver.run() == Exit.DONE and receiver.files(sync.IN) == before
        assert receiver.read("状態_読めないもの.json") == broken


def test_what_was_damaged_on_the_way_is_fetched_again(town, sender, receiver, monkeypatch):
    town.send(town.planner, unit_of("schedule", town.scene()))
    fetch = line.Line.fetch
    monkeypatch.setattr(line.Line, "fetch", lambda self, unit: {k: v[:-1] for k, v in fetch(self, unit).items()})
    assert receiver.run() == Exit.NEEDS_PERSON and receiver.files(sync.IN) == {} and "こわれています" in receiver.log
    monkeypatch.setattr(line.Line, "fetch", fetch)
    assert receiver.run() == Exit.DONE and len(receiver.files(sync.IN)) == 3


def test_what_could_not_be_fetched_is_not_passed_by(town, world, sender, receiver, monkeypatch):
    number = town.send(town.planner, unit_of("schedule", town.scene()))
    world.run("UPDATE care.exchange_unit SET sent_at = now() - interval '60 days' WHERE id = %s", number)
    monkeypatch.setattr(disk, "write_folder", raises(OSError(errno.ENOSPC, "full")))
    assert receiver.run() == Exit.DISK
    monkeypatch.undo()
    assert receiver.run() == Exit.DONE and len(receiver.files(sync.IN)) == 3
    assert receiver.state["after_in"] == number and receiver.run() == Exit.DONE
