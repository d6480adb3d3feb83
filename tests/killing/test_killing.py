"""Ten times of the script; who has an evening runs it two hundred times."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from tests.database import ROOT


@pytest.mark.fault
@pytest.mark.server
def test_everything_is_killed_ten_times():
    seed = random.SystemRandom().randrange(1 << 32)
    command = [sys.executable, "-m", "tests.killing", "--times", "10", "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout)  # with the seed, for whoever has to look for it
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    assert "answers held against" in done.stdout
