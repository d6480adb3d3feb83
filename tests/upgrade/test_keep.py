"""The state of today can be kept for the upgrades to come: every table of an installation's own has something in it."""

from __future__ import annotations

import lzma
import subprocess
import sys

LARGEST = 150_000  # bytes: it stays in the repository for ever


def test_the_state_of_today_can_be_kept(tmp_path):
    command = [sys.executable, "-m", "tests.upgrade.keep", "today", str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    kept = (tmp_path / "today.sql.xz").read_bytes()
    assert len(kept) < LARGEST
    text = lzma.decompress(kept).decode()
    assert "試験 花子０１" in text
    assert "\\restrict" not in text and "transaction_timeout" not in text
