"""kiban-exchange sends over real TLS: nothing is lost, nothing goes twice, what cannot go is put aside."""

import http.client
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.exchange.boxes import acts as boxes
from kiban.formats.careplan.layouts import samples
from kiban_exchange import cli, disk, line, sync
from kiban_exchange.cli import Exit
from tests.exchange.client.office import Office, at_once, inbox, placed
from tests.exchange.town import unit_of

pytestmark = pytest.mark.server


def test_there_and_the_receipt_back(town, sender, receiver):
    scene = town.scene()
    files = samples.unit("schedule", scene)
    sender.export(files)
    assert sender.run() == Exit.DONE
    assert sender.files(sync.OUT) == {} and sender.files(sync.SENT) == placed(scene.sequence, files)
    assert receiver.run() == Exit.DONE
    place = f"{scene.sequence}_{town.planning.number}"
    assert receiver.files(sync.IN) == placed(place, files)  # byte for byte
    (unit,) = inbox(town)
    assert unit["state"] == "opened"
    (receiver.folder / sync.IN / place / "エラー.txt.txt").write_bytes("3行目を取り込めません\r\n\r\n".encode("cp932"))
    assert receiver.run() == receiver.run() == Exit.DONE
    assert sender.run() == Exit.DONE and "相手が取り込めませんでした" in sender.log
    (receiver.folder / sync.IN / place / "取込済").touch()
    assert receiver.run() == receiver.run() == Exit.DONE
    assert sender.run() == Exit.DONE and "相手が取り込みました" in sender.log
    receipts = boxes.open_units(town.planner, [unit["id"]]).receipts[unit["id"]]
    assert [(receipt.outcome, receipt.rows) for receipt in receipts] == [
        ("error", ["3行目を取り込めません"]),
        ("taken", []),
    ]
    for office in (sender, receiver):
        assert not any(person.split()[0] in office.log for person in ("試験", "シケン"))
        assert list(office.folder.rglob("~*")) == []


def test_runs_without_anything_to_do_change_nothing(sender):
    assert sender.run() == Exit.DONE
    before = (sender.folder / "状態.json").exists() and sender.state
    assert sender.run() == Exit.DONE
    assert ((sender.folder / "状態.json").exists() and sender.state) == before
    assert not (sender.folder / "記録.log").exists()


def test_what_is_faulty_is_put_aside_with_the_reason_and_goes_when_mended(town, sender, receiver):
    scene = town.scene()
    files = samples.unit("schedule", scene)
    (plan,) = (name for name in files if name.startswith("UPPLAN"))
    sender.export({**files, plan: files[plan].replace(b"202407", b"209999", 1)})
    assert sender.run() == Exit.NEEDS_PERSON
    assert sender.files(sync.OUT) == {} and inbox(town) == []
    reason = sender.read(f"{sync.HELD}/{scene.sequence}/{sync.REASON}")
    assert f"{plan} 1行目 1列目(CSVバージョン)" in reason and "何も届いていません" in reason
    assert sender.run() == Exit.DONE  # told once
    sender.export(files)
    assert sender.run() == Exit.DONE
    assert sender.files(sync.SENT) == placed(scene.sequence, files) and len(inbox(town)) == 1


def test_a_stranger_is_put_aside_with_the_place_and_without_a_name(town, sender, receiver):
    unit = unit_of("plan", town.scene(), change={"UP2KYO": lambda row: [*row[:16], "", *row[17:]]})
    sender.export(unit.files)
    assert sender.run() == Exit.NEEDS_PERSON
    reason = sender.read(f"{sync.HELD}/{unit.name.sequence}/{sync.REASON}")
    assert "1行目: 送り先の利用者だと確かめられない人の行です。" in reason
    assert not [name for name in unit.people.values() if name and (name in reason or name in sender.log)]
    assert inbox(town) == []


def test_a_unit_waits_for_its_last_file(town, sender, receiver):
    files = samples.unit("schedule", town.scene())
    (last,) = (name for name in files if name.startswith("UPHOSOKU"))
    sender.export({name: content for name, content in files.items() if name != last})
    assert sender.run() == sender.run() == Exit.DONE
    assert sender.log.count("そろうのを待っています") == 1 and "UPHOSOKU" in sender.log and inbox(town) == []
    sender.export({last: files[last]})
    assert sender.run() == Exit.DONE
    assert len(inbox(town)) == 1 and sender.state["waiting"] == {}


def test_what_never_becomes_whole_is_told_by_the_check(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export({name: content for name, content in files.items() if not name.startswith("UPSIKYU")})
    assert sender.run() == Exit.DONE
    monkeypatch.setattr(sync, "WAIT_FOR_REST", 0.0)
    assert sender.run() == Exit.NEEDS_PERSON
    (reason,) = (content.decode() for name, content in sender.files(sync.HELD).items() if name.endswith(sync.REASON))
    assert "UPSIKYU" in reason and inbox(town) == []


def test_a_file_that_is_still_being_written_is_left_alone(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    growing = sender.folder / sync.OUT / min(files)
    sender.export(files)
    whole = growing.read_bytes()
    growing.write_bytes(whole[:100])
    monkeypatch.setattr(sync.time, "sleep", lambda _: growing.write_bytes(whole))
    assert sender.run() == Exit.DONE and inbox(town) == [] and len(sender.files(sync.OUT)) == 3
    monkeypatch.undo()
    at_once(monkeypatch)
    assert sender.run() == Exit.DONE and len(inbox(town)) == 1


def test_a_file_written_anew_while_it_was_sent_stays(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    name = min(files)
    sender.export(files)
    send = line.Line.send

    def and_write(self: line.Line, sent: Any) -> Any:
        answer = send(self, sent)
        (sender.folder / sync.OUT / name).write_bytes(b"another")
        return answer

    monkeypatch.setattr(line.Line, "send", and_write)
    assert sender.run() == Exit.DONE
    assert sender.files(sync.OUT) == {name: b"another"} and "書き換えられた" in sender.log


def test_other_files_stay_where_they_are(sender):
    sender.export({"メモ 試験 花子.txt": b"x", "UPPLAN_old.CSV": b"y"})
    assert sender.run() == Exit.NEEDS_PERSON
    assert sender.files(sync.OUT) == {"メモ 試験 花子.txt": b"x"}
    assert "1個" in sender.log and "花子" not in sender.log
    held = sender.files(sync.HELD)
    assert sorted(Path(name).name for name in held) == ["UPPLAN_old.CSV", sync.REASON]
    assert sender.run() == Exit.DONE


def test_the_answer_was_lost(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    send = line.Line.send

    def lost(self: line.Line, sent: Any) -> Any:
        send(self, sent)
        raise line.AwayError("つながりません。")

    monkeypatch.setattr(line.Line, "send", lost)
    assert sender.run() == Exit.AWAY and sender.files(sync.OUT) == files
    monkeypatch.setattr(line.Line, "send", send)
    assert sender.run() == Exit.DONE and sender.files(sync.OUT) == {}
    assert "前に送れていました" in sender.log and len(inbox(town)) == 1


def test_a_connection_that_was_cut_is_made_anew(town, sender, receiver, monkeypatch):
    sender.export(samples.unit("schedule", town.scene()))
    answer, cut = http.client.HTTPSConnection.getresponse, []

    def cut_once(self: http.client.HTTPSConnection) -> Any:
        found = answer(self)
        if not cut:
            cut.append(found.read())
            raise http.client.RemoteDisconnected
        return found

    monkeypatch.setattr(http.client.HTTPSConnection, "getresponse", cut_once)
    assert sender.run() == Exit.DONE
    assert cut and len(inbox(town)) == 1 and sender.files(sync.OUT) == {}


def test_two_pcs_with_the_same_unit_at_the_same_time(town, sender, receiver, tmp_path, server):
    other = Office(town.world, town.world.actor(town.planning), tmp_path / "other", server)
    scenes = [town.scene() for _ in range(5)]
    for office in (sender, other):
        for scene in scenes:
            office.export(samples.unit("schedule", scene))
    codes: list[int] = []
    threads = [threading.Thread(target=lambda office=office: codes.append(office.run())) for office in (sender, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [Exit.DONE, Exit.DONE]
    assert [unit["sequence"] for unit in inbox(town)] == [scene.sequence for scene in scenes]
    assert sender.files(sync.SENT) == other.files(sync.SENT) and sender.files(sync.OUT) == other.files(sync.OUT) == {}


def test_two_pcs_with_one_sequence_and_different_contents(town, sender, receiver, tmp_path, server):
    other = Office(town.world, town.world.actor(town.planning), tmp_path / "other", server)
    scenes = [town.scene() for _ in range(5)]
    for seed, office in enumerate((sender, other)):
        for scene in scenes:
            office.export(samples.unit("schedule", replace(scene, seed=seed + 1)))
    codes: list[int] = []
    threads = [threading.Thread(target=lambda office=office: codes.append(office.run())) for office in (sender, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(codes) <= {Exit.DONE, Exit.NEEDS_PERSON}
    assert sorted(unit["sequence"] for unit in inbox(town)) == [scene.sequence for scene in scenes]
    assert len(sender.files(sync.SENT)) + len(other.files(sync.SENT)) == 3 * len(scenes)
    assert sender.files(sync.OUT) == other.files(sync.OUT) == {}


def test_two_runs_on_one_folder_do_not_collide(sender, capsys):
    with disk.locked(sender.folder / cli.LOCK):
        assert sender.run() == Exit.IN_USE
    assert "すでに kiban-exchange が動いています" in capsys.readouterr().err
    assert sender.run() == Exit.DONE
