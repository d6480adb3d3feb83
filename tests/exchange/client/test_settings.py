"""kiban-exchange with settings that cannot be used, who is refused, and servers that are not ours."""

import http.client
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.exchange.machine import keys
from kiban.formats.careplan.layouts import samples
from kiban.terminals import authority
from kiban_exchange import cli, journal, line, sync
from kiban_exchange.cli import Exit
from tests import requirements
from tests.database import ROOT
from tests.exchange.client.office import at_once, inbox, placed
from tests.exchange.machine import machine_key
from tests.serving import free_port, real_certificate
from tests.world import days

pytestmark = pytest.mark.server


NO = '{"code": "no", "message": "だめです。"}'.encode()


@pytest.mark.parametrize("change", ["certificate", "key", "key_of_other_terminal", "person_left"])
def test_who_is_refused_sends_nothing_and_loses_nothing(town, world, sender, receiver, change):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    if change == "certificate":
        world.run(
            "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE id = %s",
            sender.actor.certificate_id,
        )
    elif change == "key":
        keys.revoke(sender.key, sender.key.employment)
    elif change == "key_of_other_terminal":
        other = world.actor(town.planning)
        _, secret = machine_key(other)
        sender.key_file.write_text(secret)
    else:
        world.run("UPDATE staff_employment SET ends_on = %s WHERE id = %s", days(0), sender.actor.employment_id)
    assert sender.run() == Exit.REFUSED
    assert "使えません" in sender.log and sender.files(sync.OUT) == files and inbox(town) == []


def test_a_key_without_the_certificate_is_refused(town, sender, receiver, monkeypatch):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    plain = line._context

    def without(certificate: Path, ca: Path) -> Any:
        del certificate
        return plain_without(ca)

    def plain_without(ca: Path) -> Any:
        context = plain(sender.pem, ca)
        fresh = type(context)(context.protocol)
        fresh.load_verify_locations(ca)
        return fresh

    monkeypatch.setattr(line, "_context", without)
    assert sender.run() == Exit.REFUSED
    assert "証明書" in sender.log and sender.files(sync.OUT) == files and inbox(town) == []


def test_a_certificate_revoked_in_the_middle_stops_there(town, world, sender, receiver, monkeypatch):
    scenes = [town.scene() for _ in range(3)]
    for scene in scenes:
        sender.export(samples.unit("schedule", scene))
    send, sent = line.Line.send, []

    def then_revoked(self: line.Line, files: Any) -> Any:
        answer = send(self, files)
        sent.append(1)
        world.run(
            "UPDATE terminals_certificate SET revoked_at = now(), revocation_reason = '紛失' WHERE id = %s",
            sender.actor.certificate_id,
        )
        return answer

    monkeypatch.setattr(line.Line, "send", then_revoked)
    assert sender.run() == Exit.REFUSED and len(sent) == 1
    assert sender.files(sync.SENT) == placed(scenes[0].sequence, samples.unit("schedule", scenes[0]))
    assert len(sender.files(sync.OUT)) == 6 and len(inbox(town)) == 1
    monkeypatch.undo()
    at_once(monkeypatch)
    world.run("UPDATE terminals_certificate SET revoked_at = NULL WHERE id = %s", sender.actor.certificate_id)
    assert sender.run() == Exit.DONE
    assert [unit["sequence"] for unit in inbox(town)] == [scene.sequence for scene in scenes]


def test_settings_that_cannot_be_used_are_said_at_once(sender, tmp_path, capsys):
    nothing, nonsense = tmp_path / "nothing", tmp_path / "nonsense"
    nonsense.write_text("nonsense")
    for change, word in (
        ({"server": "http://localhost"}, "https://"),
        ({"server": "https://localhost/path"}, "https://"),
        ({"certificate": nothing}, "--certificate"),
        ({"certificate": nonsense}, "--certificate"),
        ({"ca": nothing}, "--ca"),
        ({"ca": nonsense}, "--ca"),
        ({"key_file": nothing}, "--key-file"),
        ({"key_file": nonsense}, "--key-file"),
    ):
        assert sender.run(**change) == Exit.SETTINGS
        assert word in capsys.readouterr().err
    shutil.rmtree(sender.folder)
    assert sender.run() == Exit.SETTINGS and "フォルダがありません" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        sender.run(every="0")
    assert stop.value.code == Exit.SETTINGS


@pytest.mark.outside
def test_a_terminals_p12_as_openssl_turns_it_into_pem_is_all_that_is_needed(town, sender, receiver, tmp_path):
    card = real_certificate(town.world, sender.actor, tmp_path / "card")
    (tmp_path / "terminal.p12").write_bytes(card.pkcs12)
    subprocess.run(
        [
            requirements.program("openssl"),
            "pkcs12",
            "-in",
            "terminal.p12",
            "-out",
            "terminal.pem",
            "-nodes",
            "-passin",
            f"pass:{card.password}",
        ],
        cwd=tmp_path,
        check=True,
    )
    sender.export(samples.unit("schedule", town.scene()))
    town.planner = replace(town.planner, caller=sender.actor.caller)
    arguments = [
        text for text in sender.arguments(certificate=tmp_path / "terminal.pem") if not text.startswith("--ca=")
    ]
    assert cli.main(arguments) == Exit.DONE and len(inbox(town)) == 1


def test_nobody_answers(sender, tmp_path):
    assert sender.run(server=f"https://localhost:{free_port()}") == Exit.AWAY
    assert "つながりません" in sender.log


@pytest.mark.parametrize(
    "answer",
    [(404, b"<html>"), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (500, b""), (429, b""), (404, NO)],
)
def test_something_else_answers(town, sender, receiver, monkeypatch, answer):
    files = samples.unit("schedule", town.scene())
    sender.export(files)
    plain = http.client.HTTPSConnection.getresponse

    def other(self: http.client.HTTPSConnection) -> Any:
        found = plain(self)
        found.read()
        found.status, found.read, found.length = answer[0], lambda _: answer[1], 0
        return found

    monkeypatch.setattr(http.client.HTTPSConnection, "getresponse", other)
    assert sender.run() == Exit.AWAY
    assert sender.files(sync.OUT) == files and sender.files(sync.HELD) == {}


def test_a_move_that_cannot_be_made_stops_no_other(town, sender, receiver):
    scenes = [town.scene() for _ in range(2)]
    for scene in scenes:
        sender.export(samples.unit("schedule", scene))
    (sender.folder / sync.SENT).mkdir()
    in_the_way = sender.folder / sync.SENT / scenes[0].sequence
    in_the_way.write_bytes(b"a file where a folder should be")
    assert sender.run() == sender.run() == Exit.DISK
    assert len(sender.state["moves"]) == 1 and len(sender.files(sync.OUT)) == 3 and len(inbox(town)) == 2
    in_the_way.unlink()
    assert sender.run() == Exit.DONE and sender.files(sync.OUT) == {} and len(inbox(town)) == 2


def test_a_server_that_is_not_ours_gets_nothing(sender):
    assert sender.run(ca=authority.client_root_path()) == Exit.AWAY
    assert "サーバーの証明書を確かめられません" in sender.log


def test_every_few_minutes_until_it_is_stopped(town, sender, receiver, monkeypatch):
    runs: list[float] = []

    def sleep(seconds: float) -> None:
        if seconds == 0.0:
            return
        runs.append(seconds)
        if len(runs) == 2:
            raise KeyboardInterrupt
        sender.export(samples.unit("schedule", town.scene()))

    monkeypatch.setattr(cli.time, "sleep", sleep)
    assert sender.run(every=5) == Exit.DONE
    assert runs == [300, 300] and len(inbox(town)) == 1


def test_the_log_begins_anew_before_it_grows_large(sender):
    (sender.folder / "記録.log").write_bytes(b"x" * (1 << 20) + b"y")
    sender.export({"UPPLAN_old.CSV": b"y"})
    sender.run()
    assert len(sender.log) < 1000 and (sender.folder / "記録_前.log").stat().st_size > 1 << 20
    assert journal.load(sender.folder)[1] is False


def test_it_needs_nothing_but_the_standard_library():
    program = (
        "import kiban_exchange.cli, sys; print(*{name.split('.')[0] for name in sys.modules} & {'kiban', 'django'})"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {program}"],
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, b""), ran.stderr.decode()
