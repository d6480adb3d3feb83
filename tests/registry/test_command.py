"""``kiban registry`` as the operator runs it, in a database of its own: real masters, exit codes, kill -9."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql

from kiban.ops import database, provision
from tests.database import TEMPLATE, drop
from tests.registry.published import Corner

SHIPPED = {
    "insurers": 1571,
    "municipalities": 1916,
    "prefectures": 47,
    "offices": 26072,
    "office_services": 27529,
    "medical_institutions": 97024,
    "medical_institution_codes": 96488,
    "service_kinds": 64,
    "job_types": 25,
}


@pytest.fixture(scope="module")
def installation() -> Iterator[dict[str, str]]:
    """Environment of an installation nobody else writes to, as it is after set-up."""
    name = f"{os.environ['KIBAN_DATABASE']}_registry"
    drop(name)
    with database.connect(None, provision.maintenance_database()) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER kiban_owner TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
        connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO kiban_worker").format(sql.Identifier(name)))
    yield {**os.environ, "KIBAN_DATABASE": name}
    drop(name)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "kiban.ops.cli", "registry", *arguments]


def run(installation: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), env=installation, capture_output=True, text=True, check=False)


def stats(installation: dict[str, str]) -> dict[str, int]:
    return json.loads(run(installation, "stats", "--json").stdout)


def test_the_shipped_masters(installation: dict[str, str]) -> None:
    interrupted = subprocess.Popen(command("load"), env=installation, stdout=subprocess.PIPE, text=True)
    assert interrupted.stdout is not None
    assert "市区町村" in interrupted.stdout.readline()
    interrupted.send_signal(signal.SIGKILL)
    interrupted.wait()
    interrupted.stdout.close()

    loaded = run(installation, "load")
    assert loaded.returncode == 0, loaded.stderr
    assert "28行" in loaded.stdout
    assert "検査数字が合いません" in loaded.stdout
    assert stats(installation) == SHIPPED

    assert "読み込み済み" in run(installation, "load").stdout

    assert "アサヒサンクリーン" in run(installation, "search", "0170210231").stdout
    assert "九段坂病院" in run(installation, "search", "--medical", "九段坂", "千代田").stdout
    assert "見つかりません" in run(installation, "search", "無い言葉").stdout


def test_a_newer_file_stays_when_the_shipped_masters_are_loaded_again(
    installation: dict[str, str], corner: Corner
) -> None:
    corner.kind = "155"
    corner.row()
    assert run(installation, "load", str(corner.write()), "--edition", "2027年6月末").returncode == 0
    before = stats(installation)
    again = json.loads(run(installation, "load", "--again", "--json").stdout)["loads"]
    assert not any(report["added"] or report["changed"] or report["withdrawn"] for report in again)
    assert stats(installation) == before
    assert "offices:155" not in {report["dataset"] for report in again}
    assert "offices:120" in {report["dataset"] for report in again}


def test_exit_codes_and_findings(installation: dict[str, str], corner: Corner, tmp_path: Path) -> None:
    corner.row(事業所番号="12")
    corner.row()
    findings = tmp_path / "findings.csv"
    partly = run(installation, "load", str(corner.write()), "--findings", str(findings))
    assert partly.returncode == 1
    assert "エラー 2行目 「事業所番号」" in partly.stdout
    with findings.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["行"] for row in rows if row["種類"] == "エラー"] == ["2"]

    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"%PDF")
    corner.rows.pop(0)
    refused = run(installation, "load", str(wrong), str(corner.write()))
    assert refused.returncode == 2
    assert "wrong.csv: 読み込めません。PDF" in refused.stderr
    assert "変更なし 1" in refused.stdout
