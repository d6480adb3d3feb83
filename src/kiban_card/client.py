"""What the page may ask for: how things stand, and a signature. The card itself is touched by a child process only."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from kiban_card import opensc
from kiban_card.challenge import Challenges
from kiban_card.config import Config
from kiban_card.problems import Code, ProblemError

STATE_SECONDS, SIGN_SECONDS = 20, 60  # then the child process is ended
WAIT_SECONDS = 5  # for another job to end
PIN = re.compile(r"[0-9]{4}")


class CardClient:
    """One reader, one job at a time. ``folder``: a private folder for OpenSC's configuration (nothing else)."""

    def __init__(self, config: Config, folder: Path) -> None:
        self._config = config
        self._challenges = Challenges(config.origin)
        self._job = threading.Lock()
        self._environment = _environment(opensc.write_configuration(folder))

    def state(self) -> dict[str, Any]:
        """How reader and card are (see ``card.state``). Raises ProblemError BUSY, OPENSC_MISSING or CARD_ERROR."""
        return self._do({"job": "state"}, STATE_SECONDS)

    def sign(self, challenge: str, pin: str, *, confirm_last_try: bool) -> dict[str, Any]:
        """Have the challenge signed; the answer of ``card.sign``, or why not.

        Raises ProblemError: the challenge is not worth signing, the PIN has not four digits, BUSY, OPENSC_MISSING,
        CARD_ERROR. In all of these cases the card was not given the PIN, except perhaps with CARD_ERROR.
        """
        self._challenges.check(challenge)
        if not PIN.fullmatch(pin):
            raise ProblemError(Code.PIN_NOT_FOUR_DIGITS)
        job = {"job": "sign", "text": challenge, "pin": pin, "confirm_last_try": confirm_last_try}
        return self._do(job, SIGN_SECONDS, challenge)

    def _do(self, job: dict[str, Any], seconds: int, challenge: str | None = None) -> dict[str, Any]:
        module = opensc.find_module(self._config.opensc)
        if not self._job.acquire(timeout=WAIT_SECONDS):
            raise ProblemError(Code.BUSY)
        try:
            if challenge is not None:  # once more: the job before may have signed it
                self._challenges.check(challenge)
            answer = _in_child(job | {"module": str(module)}, seconds, self._environment)
            if challenge is not None and answer["code"] == Code.SIGNED:
                self._challenges.signed(challenge)
            return answer
        finally:
            self._job.release()


def _in_child(job: dict[str, Any], seconds: int, environment: dict[str, str]) -> dict[str, Any]:
    """Run ``kiban_card.card`` with the job on its standard input: arguments and environment can be seen by others."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kiban_card.card"],
            input=json.dumps(job),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a driver's own words could hold anything
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows: no black window for a moment
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        # Without the cause: it holds the job, and so the PIN.
        raise ProblemError(Code.CARD_ERROR) from None
    return answer


def _environment(configuration: Path) -> dict[str, str]:
    """Our own environment without what makes OpenSC or PC/SC write down what goes to the card."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENSC_", "PKCS11", "PCSCLITE_"))
    }
    return {**kept, "OPENSC_CONF": str(configuration), "PYTHONIOENCODING": "utf-8"}
