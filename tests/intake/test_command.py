"""``kiban load`` as the clerk meets it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
from django.core.management import CommandError, call_command

from kiban.intake import load as loading
from kiban.intake import report_text
from kiban.intake import rows as reading
from kiban.intake.layouts import layouts
from kiban.intake.management.commands import load as command
from kiban.intake.merging import Merger
from tests.intake.conftest import Desk


def run(*arguments: object, **options: Any) -> tuple[int, str]:
    """Exit code and output."""
    out = io.StringIO()
    try:
        call_command("load", *map(str, arguments), stdout=out, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


def test_files_are_taken_people_first_whatever_the_order(desk: Desk) -> None:
    records = desk.file(desk.text("certification.result", [desk.result(1)]), name="1.csv")
    people = desk.file(desk.text("persons", [desk.person(1)]), name="2.csv")
    code, output = run(records, people, yes=True)
    assert code == 0
    assert output.index("2.csv: 被保険者 1件 — 追加 1") < output.index("1.csv: 認定結果・経過 1件 — 追加 1")
    assert "合計:" in output
    code, output = run(records, yes=True)
    assert code == 0
    assert "に取り込んだファイルと同じです。何も変えていません。" in output


def test_the_exit_code_tells_bad_rows_from_refused_files(desk: Desk) -> None:
    desk.people(1)
    bad = desk.file(desk.text("certification.result", [desk.result(1), desk.result(2)]))
    code, output = run(bad, yes=True)
    assert code == 1
    assert "エラー 3行目 2列目「被保険者番号」 この被保険者は登録されていません。" in output
    excel = desk.file(b"\xd0\xcf\x11\xe0")
    code, output = run(bad, excel, yes=True)
    assert code == 2
    assert "取り込みませんでした。Excelのファイル" in output


def test_errors_are_written_to_a_file(desk: Desk) -> None:
    path = desk.file(desk.text("certification.result", [desk.result(number) for number in range(1, 41)]))
    errors, excel = desk.folder / "errors.csv", desk.file(b"\xd0\xcf\x11\xe0", name="表.xls")
    code, output = run(path, excel, yes=True, errors=errors)
    assert code == 2
    assert str(errors) in output
    rows = list(csv.reader(errors.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 1 + 1 + 40
    assert {row[0] for row in rows[1:]} == {path.name, "表.xls"}


def test_json_for_programs(desk: Desk) -> None:
    path = desk.file(desk.text("persons", [desk.person(1), desk.person(2, sex="x")]))
    code, output = run(path, yes=True, json=True)
    (report,) = json.loads(output)
    assert code == report["exit_code"] == 1
    assert (report["layout"], report["added"], report["faulty"]) == ("persons", 1, 1)
    assert report["faults"][0]["heading"] == "性別"


def test_the_preview_asks_before_anything_is_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.file(desk.text("persons", [desk.person(1)]))
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    code, output = run(path)
    assert code == 2
    assert f"{path.name}: 被保険者、保険者 {desk.insurer}、約1行、UTF-8" in output
    assert desk.state() == []
    monkeypatch.setattr("builtins.input", lambda _question: "y")
    assert run(path)[0] == 0
    assert len(desk.state()) == 1


def test_a_file_of_another_insurer_is_refused(desk: Desk) -> None:
    code, output = run(desk.file(desk.text("persons", [desk.person(1)])), insurer=desk.world.insurer(), yes=True)
    assert code == 2
    assert f"ほかの保険者({desk.insurer})のファイルです" in output


def test_a_database_that_goes_away_is_told_with_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.file(desk.text("persons", [desk.person(1)]))

    def gone(*_: object) -> None:
        raise psycopg.OperationalError("terminating connection")

    with monkeypatch.context() as patch:
        patch.setattr(Merger, "merge", gone)
        code, output = run(path, yes=True)
    assert code == 2
    assert "途中で止まりました。データベースとの接続が切れました。同じコマンドをもう一度" in output
    full = psycopg.errors.DiskFull("could not extend file")
    with monkeypatch.context() as patch:
        patch.setattr(Merger, "merge", Mock(side_effect=full))
        code, output = run(path, yes=True)
    assert code == 2
    assert "途中で止まりました。ディスクがいっぱいです。空きを作ってから、同じコマンドをもう一度" in output
    assert run(path, yes=True)[0] == 0


def test_two_commands_at_the_same_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the lock ever fail, the book of loads itself lets only one of them move it on."""
    path = desk.file(desk.text("persons", [desk.person(1)]))
    merge = Merger.merge

    def meanwhile(merger: Merger, batch: Any) -> Any:
        desk.world.run("UPDATE intake_load SET line_done = 1 WHERE id = %s", merger.load.id)
        return merge(merger, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Merger, "merge", meanwhile)
        code, output = run(path, yes=True)
    assert code == 2
    assert "別の取込が同じファイル" in output
    assert desk.state() == [], "the batch was rolled back whole"


def test_layouts_and_templates(tmp_path: Path) -> None:
    code, output = run(layouts=True)
    assert code == 0
    assert all(one.key in output for one in layouts())
    assert "# 取込ファイルの様式" in run(layouts=True, markdown=True)[1]
    code, output = run(template="insurance_card.card", rows=2, insurer="131136")
    assert output.startswith("保険者番号,被保険者番号,履歴番号,要介護状態区分等")
    assert output.rstrip().endswith("#END,2")
    code, output = run(template="nothing")
    assert code == 2
    assert "insurance_card.card" in output
    assert run()[0] == 2


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_a_bar_on_a_terminal_and_plain_lines_elsewhere(
    terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(report_text, "EVERY", 0.0)
    bar = report_text.ProgressBar("a.csv", stream)
    bar(50, 200)
    bar(200, 200)
    bar.close()
    if terminal:
        assert " 25%" in stream.getvalue()
        assert "100%" in stream.getvalue()
    else:
        assert stream.getvalue() == "a.csv: 50/200行\na.csv: 200/200行\n"


def test_a_load_tells_how_far_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "ROWS", 4)
    monkeypatch.setattr(reading, "BLOCK", 1)
    seen: list[tuple[int, int]] = []
    path = desk.file(desk.text("persons", [desk.person(number) for number in range(1, 11)]))
    loading.load_file(path, watch=lambda done, total: seen.append((done, total)))
    assert [total for _, total in seen] == [11, 11, 11]
    assert seen[-1][0] == 11
