"""kiban-exchange killed with -9 at every step, and the server in the middle: nothing lost, nothing twice."""

import http.client
import signal
from pathlib import Path
from typing import Any

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.formats.careplan.layouts import samples
from kiban_exchange import sync
from kiban_exchange.cli import Exit
from tests.cluster import kill_if_there
from tests.exchange.client.office import inbox, killed_at, placed
from tests.exchange.town import unit_of
from tests.serving import serving

pytestmark = pytest.mark.server


def test_killed_at_any_step_of_sending(town, sender, receiver):
    steps, expected = 0, {}
    killed = True
    while killed:
        steps += 1
        scene = town.scene()
        files = samples.unit("schedule", scene)
        expected |= placed(scene.sequence, files)
        sender.export(files)
        killed = killed_at(steps, sender.run)
        if killed:
            assert sender.run() == Exit.DONE
        assert sender.files(sync.OUT) == {} and sender.state["moves"] == []
        assert sender.files(sync.SENT) == expected
    assert steps > 30
    sequences = [unit["sequence"] for unit in inbox(town)]
    assert sorted(f"{sequence}" for sequence in sequences) == sorted({name.split("/")[0] for name in expected})
    assert sender.files(sync.HELD) == {}


def test_killed_at_any_step_of_receiving(town, sender, receiver):
    steps, expected = 0, {}
    killed = True
    while killed:
        steps += 1
        scene = town.scene()
        unit = unit_of("schedule", scene)
        town.send(town.planner, unit)
        expected |= placed(f"{scene.sequence}_{town.planning.number}", unit.files)
        killed = killed_at(steps, receiver.run)
        if killed:
            assert receiver.run() == Exit.DONE
        assert receiver.files(sync.IN) == expected
    assert steps > 25
    assert len(receiver.state["received"]) == steps
    assert {unit["state"] for unit in inbox(town)} == {"opened"}


@pytest.mark.parametrize("outcome", ["error", "taken"])
def test_killed_at_any_step_of_a_receipt(town, sender, receiver, outcome):
    steps = 0
    killed = True
    while killed:
        steps += 1
        scene = town.scene()
        number = town.send(town.planner, unit_of("schedule", scene))
        assert receiver.run() == Exit.DONE
        word = {"error": "エラー.txt", "taken": "取込済.txt"}[outcome]
        (receiver.folder / sync.IN / f"{scene.sequence}_{town.planning.number}" / word).write_bytes(b"row 1\n")
        killed = killed_at(steps, receiver.run)
        assert receiver.run() == Exit.DONE
        receipts = boxes.open_units(town.planner, [number]).receipts[number]
        assert [receipt.outcome for receipt in receipts] == [outcome]
    assert steps > 8


@pytest.mark.fault
def test_the_server_is_killed_in_the_middle_of_a_sending(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    send = http.client.HTTPSConnection.send
    with serving() as fragile:

        def half(self: http.client.HTTPSConnection, content: Any) -> None:
            if isinstance(content, bytes) and content.startswith(b"PK") and fragile.process.poll() is None:
                send(self, content[: len(content) // 2])
                main = fragile.process.pid
                children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
                for pid in (main, *map(int, children)):
                    kill_if_there(pid)
                fragile.process.wait()
                content = content[len(content) // 2 :]
            send(self, content)

        monkeypatch.setattr(http.client.HTTPSConnection, "send", half)
        assert sender.run(server=fragile.origin) == Exit.AWAY
        assert fragile.process.returncode == -signal.SIGKILL
    assert sender.files(sync.OUT) == files and inbox(town) == []
    assert sender.run() == Exit.DONE
    assert len(inbox(town)) == 1 and sender.files(sync.OUT) == {}
