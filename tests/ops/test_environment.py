"""What an operator may set wrongly: a sentence that names the setting and never repeats the value; no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiban.ops import environment

NONSENSE = {
    "KIBAN_PORT": ["abc", "-1", "99999", "9" * 30, " 8443", "８４４３０"],
    "KIBAN_CARD_PORT": ["abc", "0", "1.5"],
    "KIBAN_OPENINGS_PER_MINUTE": ["many", "-5", "1.5"],
    "KIBAN_SHARD": ["x", "-1", "9001"],
    "KIBAN_IDLE_MINUTES": ["abc", "-3", ".", "inf", "nan"],
    "KIBAN_HOSTS": ["https://kiban.example.jp/", "kiban.example.jp:8443", "日本.example.jp", "*", "a,b/c", "[::1"],
    "KIBAN_PASSKEY_HOST": ["https://kiban.example.jp/", "kiban.example.jp:8443", "a,b", "日本.jp", ".example.jp", "*"],
    "KIBAN_URL": ["abc", "http://kiban.example.jp/", "https://", "https://[::1/"],
    "DATABASE_URL": ["abc", "postgresql://a:secret@host:abc/x", "postgresql://[::1/x", "mysql://host/x"],
}
GOOD = {
    "KIBAN_PORT": ["", "8443", "0"],
    "KIBAN_OPENINGS_PER_MINUTE": ["", "0"],
    "KIBAN_IDLE_MINUTES": ["", "15", "0.5"],
    "KIBAN_HOSTS": ["", ",", "kiban.example.jp, 10.0.0.1,[::1],", "::1", ".example.jp", "xn--wgv71a.jp", "a_b"],
    "KIBAN_PASSKEY_HOST": ["", "kiban.example.jp", "KIBAN.example.jp", "127.0.0.1", "[::1]"],
    "KIBAN_URL": ["", "https://kiban.example.jp:8443/"],
    "DATABASE_URL": ["", "postgresql://a:p%40@%2Frun%2Fpostgresql/kiban?sslmode=verify-full", "postgres://h:5432/x"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in NONSENSE for value in NONSENSE[name]])
def test_nonsense_is_named_and_not_repeated(name: str, value: str):
    said = environment.wrong({name: value})
    assert said.startswith(name)
    assert "secret" not in said


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in GOOD for value in GOOD[name]])
def test_what_can_be_used(name: str, value: str):
    assert environment.wrong({name: value}) == ""


@pytest.mark.parametrize("name", ["KIBAN_SHARD", "DATABASE_URL", "KIBAN_HOSTS"])
def test_a_command_says_so(name: str, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "kiban.ops.cli", "doctor"],
        env={**os.environ, "KIBAN_DATA": str(tmp_path), name: "://"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(name)
