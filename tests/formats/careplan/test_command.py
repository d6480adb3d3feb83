"""``kiban exchange``: exit codes, the JSON object, folders and zips, no database."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from argparse import ArgumentParser
from pathlib import Path

import pytest

from kiban.formats.careplan import command
from kiban.formats.careplan.layouts import Code, Kind, page, samples
from tests.formats.careplan.making import cell, content, name_of

MEMBERS = {"file", "line", "column", "column_name", "severity", "code", "message", "remedy", "who"}


def run(*arguments: str) -> tuple[int, str]:
    parser = ArgumentParser()
    command.arguments(parser)
    out = io.StringIO()
    return command.run(parser.parse_args(arguments), out), out.getvalue()


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_good_folder(tmp_path: Path) -> None:
    code, text = run("check", str(put(tmp_path, samples.unit("schedule"))))
    assert code == 0
    assert "3個のファイル" in text and "誤り0件" in text
    assert json.loads(run("check", str(tmp_path), "--json")[1]) == {"findings": []}


def test_the_json_of_a_finding(tmp_path: Path) -> None:
    put(tmp_path, cell(Kind.ACTUAL, 2, 23, "9"))
    code, text = run("check", "--json", str(tmp_path))
    assert code == 1
    [finding] = json.loads(text)["findings"]
    assert finding.keys() == MEMBERS
    place = {key: finding[key] for key in ("file", "line", "column", "column_name", "severity", "code", "who")}
    assert place == {
        "file": name_of(Kind.ACTUAL),
        "line": 2,
        "column": 23,
        "column_name": "３０日超区分",
        "severity": "error",
        "code": "code_unknown",
        "who": "sender",
    }
    assert "「9」" in finding["message"] and "1(該当)" in finding["remedy"]


def test_the_text_names_place_and_person(tmp_path: Path) -> None:
    put(tmp_path, cell(Kind.ACTUAL, 2, 23, "9"))
    code, text = run("check", str(tmp_path))
    assert code == 1
    assert "2行目 23列目「３０日超区分」" in text
    assert "直す人: 送る側" in text


def test_what_cannot_be_read_is_2(tmp_path: Path) -> None:
    assert run("check", str(tmp_path / "none"))[0] == 2
    (tmp_path / "empty").mkdir()
    assert run("check", str(tmp_path / "empty"))[0] == 2
    put(tmp_path, {**samples.unit("actual"), "表.CSV": b"PK\x03\x04xl/"})
    code, text = run("check", "--json", str(tmp_path))
    assert code == 2
    [finding] = json.loads(text)["findings"]
    assert (finding["file"], finding["line"], finding["column"], finding["column_name"]) == ("表.CSV", None, None, None)


def test_other_things_in_a_folder_are_only_mentioned(tmp_path: Path) -> None:
    put(tmp_path, {**samples.unit("actual"), "お読みください.txt": b"hello", ".hidden": b""})
    code, text = run("check", "--json", str(tmp_path))
    assert code == 0
    assert [(finding["file"], finding["code"]) for finding in json.loads(text)["findings"]] == [
        ("お読みください.txt", Code.NOT_CHECKED.value)
    ]


def test_a_zip_is_looked_into(tmp_path: Path) -> None:
    packed = tmp_path / "month.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for name, data in cell(Kind.ACTUAL, 2, 23, "9").items():
            file.writestr(f"out/{name}", data)
    code, text = run("check", "--json", str(packed))
    assert code == 1
    assert [finding["file"] for finding in json.loads(text)["findings"]] == [f"month.zip/out/{name_of(Kind.ACTUAL)}"]


def test_a_broken_zip_is_a_finding(tmp_path: Path) -> None:
    packed = tmp_path / "month.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name_of(Kind.ACTUAL), content(Kind.ACTUAL) * 50)
    data = bytearray(packed.read_bytes())
    data[100:200] = bytes(100)
    packed.write_bytes(data)
    code, text = run("check", "--json", str(packed))
    assert code == 2
    assert {finding["code"] for finding in json.loads(text)["findings"]} == {Code.NOT_READABLE.value}
    packed.write_bytes(packed.read_bytes()[:150])
    assert run("check", str(packed))[0] == 2


def test_a_file_given_twice_is_checked_once_and_two_with_one_name_are_both(tmp_path: Path) -> None:
    put(tmp_path / "a", samples.unit("actual"))
    put(tmp_path / "b", samples.unit("actual"))
    single = tmp_path / "a" / name_of(Kind.ACTUAL)
    assert "1個のファイル" in run("check", str(tmp_path / "a"), str(single))[1]
    code, text = run("check", str(tmp_path / "a"), str(tmp_path / "b"))
    assert "2個のファイル" in text
    assert code == 1, "two of one kind under one sequence"


def test_a_folder_in_a_loop_and_a_pipe_do_not_hold_it_up(tmp_path: Path) -> None:
    put(tmp_path, samples.unit("actual"))
    (tmp_path / "again").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "UPJSK_pipe.CSV")
    code, text = run("check", str(tmp_path))
    assert "1個のファイル" in text
    assert code == 0
    assert run("check", str(tmp_path / "UPJSK_pipe.CSV"))[0] == 2


def test_a_list_of_offices_names_the_unknown_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = put(tmp_path / "in", samples.unit("actual"))
    scene = samples.SCENE
    every, planner_only = tmp_path / "all.csv", tmp_path / "one.csv"
    every.write_text(f"No,事業所番号\r\n1,{scene.plan_office}\r\n2,{scene.service_office}\r\n", encoding="utf-8-sig")
    planner_only.write_bytes(f"事業所番号,名前\r\n{scene.plan_office},試験\r\n".encode("cp932"))
    assert run("check", str(folder), "--offices", str(every))[0] == 0
    assert run("check", str(folder), "--offices", str(planner_only), "--offices", str(every))[0] == 0
    code, text = run("check", str(folder), "--offices", str(planner_only), "--json")
    assert code == 1
    assert {finding["code"] for finding in json.loads(text)["findings"]} == {Code.OFFICE_UNKNOWN.value}
    for wrong in (tmp_path / "none.csv", folder / name_of(Kind.ACTUAL)):
        assert run("check", str(folder), "--offices", str(wrong)) == (2, "")
    assert "事業所の一覧を読めません" in capsys.readouterr().err


def test_samples_are_written_and_good(tmp_path: Path) -> None:
    code, text = run("sample", str(tmp_path / "out"))
    assert code == 0
    kinds = {name.rsplit("_137", 1)[0] for name in text.split()}
    assert len(kinds) >= 18
    assert run("check", str(tmp_path / "out"))[0] == 0


def test_the_page_of_layouts() -> None:
    assert run("layouts") == (0, page.markdown())


def test_a_user_error_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("check")
    assert caught.value.code == 2


def test_the_command_works_where_nothing_was_set_up(tmp_path: Path) -> None:
    """A process of its own, without data folder and without database."""
    folder = put(tmp_path / "in", samples.unit("plan"))
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("KIBAN_", "DATABASE"))},
        "KIBAN_DATA": str(tmp_path / "never"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", "exchange", "check", str(folder), "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, {"findings": []}, "")
    assert not (tmp_path / "never").exists()
    put(folder, {"x.CSV": b""})
    done = subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", "exchange", "check", str(folder)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "")


def test_the_library_is_imported_without_django() -> None:
    code = (
        "import sys, kiban.formats.careplan.layouts, kiban.formats.careplan.checks, kiban.formats.careplan.command\n"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
