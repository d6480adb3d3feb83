"""Setting the client up: the file, the command, and the words for whoever makes a mistake in either."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kiban_card.config import ORIGIN, ConfigError, load
from tests.card.emulator import EmulatedCard
from tests.card.reader import no_reader, virtual_reader

SAMPLE = Path(__file__).parents[2] / "deploy" / "card" / "kiban-card.toml"


def write(folder: Path, text: str) -> Path:
    path = folder / "kiban-card.toml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "kiban_card", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_sample_can_be_used():
    config = load(SAMPLE)
    assert (config.origin, config.port) == ("https://kaigo.example.jp", 35900)


def test_what_is_given_by_hand_goes_before(tmp_path):
    path = write(tmp_path, 'origin = "https://a.example"\nport = 40000\n')
    assert load(path).port == 40000
    assert load(path, origin="https://b.example", port=50000).origin == "https://b.example"


@pytest.mark.parametrize(
    "origin",
    ["https://kaigo.example.jp", "https://localhost:8443", "https://127.0.0.1:8443", "https://[::1]:8443"],
)
def test_origins_as_browsers_write_them(origin):
    assert ORIGIN.fullmatch(origin)


@pytest.mark.parametrize(
    "text",
    [
        'origin = "http://kaigo.example.jp"',
        'origin = "https://kaigo.example.jp/"',
        'origin = "https://kaigo.example.jp:443"',
        'origin = "https://Kaigo.example.jp"',
        'origin = "https://*.example.jp"',
        'origin = "*"',
        'origin = ""',
        "origin = 1",
        "port = 35900",
        'origin = "https://a.example"\nport = 80',
        'origin = "https://a.example"\nport = "35900"',
        'origin = "https://a.example"\nport = true',
        'origin = "https://a.example"\nopensc = 1',
        'origin = "https://a.example"\norigins = ["https://b.example"]',
        "origin = ",
    ],
)
def test_a_mistake_is_told_and_nothing_is_started(tmp_path, monkeypatch, text):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=r"origin|port|opensc|書き方"):
        load(path)
    assert run("--config", str(path))[0] == 2


def test_no_file(tmp_path):
    with pytest.raises(ConfigError, match="読めません"):
        load(tmp_path / "none.toml")


def test_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, words = run("--origin", "https://a.example", "--port", str(other.getsockname()[1]))
    assert code == 1
    assert "ポート" in words


@pytest.mark.outside
def test_check_says_what_is_there(tmp_path):
    with virtual_reader() as reader:
        code, words = run("check", "--origin", "https://a.example")
        assert (code, "カードが読み取れません" in words) == (1, True)
        with reader.card(EmulatedCard.make(tries=2)):
            code, words = run("check", "--origin", "https://a.example")
    assert code == 0
    assert "あと2回" in words
    with no_reader():
        code, words = run("check", "--origin", "https://a.example")
    assert (code, "カードリーダーが見つかりません" in words) == (1, True)


def test_check_without_opensc(tmp_path):
    path = write(tmp_path, f'origin = "https://a.example"\nopensc = "{tmp_path.as_posix()}/none.so"\n')
    code, words = run("check", "--config", str(path))
    assert (code, "OpenSC" in words) == (1, True)
