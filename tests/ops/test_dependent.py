"""A helper beside the server ends with it, whatever became of the signal it was sent."""

from __future__ import annotations

import subprocess
import sys
from threading import Thread

from kiban.ops import dependent

# As one whose SIGTERM came while it was importing, where the exception was lost.
DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
from kiban.ops import dependent
print("ready", flush=True)
while not dependent.is_left(60):
    pass
"""
# At work all the time: it never looks.
BUSY = "print('ready', flush=True)\nwhile True: pass"


def ends(program: str, monkeypatch) -> int | None:
    """The exit code of a helper after the block; ``None``: it is still there."""
    helper = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert helper.stdout is not None
    helper.stdout.readline()
    monkeypatch.setattr(dependent, "begin", lambda _command: helper)

    def leave() -> None:
        with dependent.beside(["anything"]):
            pass

    thread = Thread(target=leave, daemon=True)
    thread.start()
    thread.join(20)
    code = helper.poll()
    helper.kill()
    helper.wait()
    helper.stdout.close()
    return code


def test_one_that_lost_the_signal_sees_the_end_of_its_input(monkeypatch):
    assert ends(DEAF, monkeypatch) == 0


def test_one_that_is_at_work_is_told_by_a_signal(monkeypatch):
    monkeypatch.setattr(dependent, "PATIENCE", 0.2)
    assert ends(BUSY, monkeypatch) is not None
