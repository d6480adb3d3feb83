"""What an operator says to bring an office to its first opening: enrol, insurer, matrix."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from kiban.gate import door
from tests.gate.acts import month_start, register
from tests.world import Organisation, World, days, office_number


def opens(actor, person, item) -> bool:
    (one,) = json.loads(door.open_records(actor.caller, person.key, [item], "care_planning"))["items"]
    return bool(one["allowed"])


def test_from_nothing_to_an_opening(world: World, capsys):
    insurer = world.insurer()
    number = office_number()
    call_command("enrol", "office", number, "--name", "試験事業所", "--services", "43")
    assert "利用登録しました" in capsys.readouterr().out
    office_id = world.one("SELECT id FROM registry_organisation WHERE number = %s", number)
    office = Organisation(office_id, number, "試験事業所", "office")
    manager, person = world.actor(office), world.person(insurer)
    world.in_charge(person, office)
    world.consent(person)
    assert not opens(manager, person, "insurance_card.card")
    call_command("insurer", insurer, days(-1).isoformat())
    assert opens(manager, person, "insurance_card.card")
    assert not opens(manager, person, "certification.progress")
    decision = [
        "--items", "certification.progress", "--jobs", "care_manager", "--document", "試験要領", "--number", "試第1号",
        "--decided-on", days(-3).isoformat(), "--from", days(-2).isoformat(), "--by", "試験",
    ]  # fmt: skip
    call_command("matrix", "decide", insurer, "care_management", *decision)
    assert opens(manager, person, "certification.progress")
    call_command("matrix", "decide", insurer, "care_management", *decision, "--close")
    assert not opens(manager, person, "certification.progress")


def test_what_is_wrong_is_said(world: World, tmp_path):
    insurer = world.insurer()
    with pytest.raises(CommandError, match="--name"):
        call_command("enrol", "office", "1379999999")
    with pytest.raises(CommandError, match="--services"):
        call_command("enrol", "office", "1379999999", "--name", "試験")
    with pytest.raises(CommandError, match="サービス種類コード"):
        call_command("enrol", "office", "1379999999", "--name", "試験", "--services", "ZZ")
    with pytest.raises(CommandError):
        call_command("insurer", insurer, "いつか")
    with pytest.raises(CommandError):
        call_command("insurer", "000000", "2026-12-01")
    with pytest.raises(CommandError, match="ファイルがありません"):
        call_command("matrix", "load", str(tmp_path / "nothing.toml"))


def test_a_loaded_version_is_never_rewritten(tmp_path, capsys):
    from importlib.resources import files

    shipped = files("kiban.gate").joinpath("matrix.toml").read_text(encoding="utf-8")
    changed = tmp_path / "matrix.toml"
    changed.write_text(shipped, encoding="utf-8")
    call_command("matrix", "load", str(changed))
    changed.write_text(shipped.replace("open = false", "open = true", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="別の内容"):
        call_command("matrix", "load", str(changed))
    capsys.readouterr()
    call_command("matrix", "list")
    assert capsys.readouterr().out.startswith("* 2026-03-18")


def test_an_insurer_chooses_how_long_an_office_may_look(world: World, capsys):
    insurer = world.insurer(started_on=days(-10))
    manager, person = world.actor(world.organisation("43")), world.person(insurer)
    choose = ["choose", insurer, "--source", "試験要領 第1号", "--from", days(0).isoformat(), "--by", "試験"]
    call_command("assignment", *choose, "--months", "6")
    assert "第1版として登録しました" in capsys.readouterr().out
    register(manager, person, viewing_to=None)
    assert world.one("SELECT viewing_to FROM care.assignment WHERE insured_key = %s", person.key) == month_start(7)
    call_command("assignment", *choose, "--months", "1", "--exclusivity", "groups")
    call_command("assignment", "list")
    shown = capsys.readouterr().out
    assert "この基盤\t第1版\t3か月(未確認)" in shown
    assert f"試験市{insurer}\t第2版\t1か月\t群ごとに1事業所" in shown
    with pytest.raises(CommandError, match="0から24"):
        call_command("assignment", *choose, "--months", "25")
    with pytest.raises(CommandError, match="台帳にありません"):
        call_command("assignment", "choose", "000000", *choose[2:], "--months", "1")
    with pytest.raises(CommandError):
        call_command("assignment", *choose[:5], "いつか", *choose[6:], "--months", "1")
