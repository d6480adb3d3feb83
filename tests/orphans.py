"""Programs that are not ours and run beside a test: none of them outlives the process that runs the tests."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

SET_PDEATHSIG = 1  # PR_SET_PDEATHSIG


def begin(command: Sequence[object], **options: Any) -> subprocess.Popen[bytes]:
    """Start a program; Linux ends it (SIGTERM) with the thread that starts it, also when pytest leaves out the end of a
    fixture (a run that was interrupted) or is killed. Our own ``kiban`` ends everywhere: ``kiban.ops.dependent``.
    """
    words = [str(word) for word in command]
    return subprocess.Popen(words, preexec_fn=partial(_end_with, os.getpid()), **options)  # noqa: PLW1509


def _end_with(starter: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != starter:  # gone before that
            os._exit(1)
