"""``python -m tests.killing --times N --seed N``: ends with 0 when everything held; says which seed to run again."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path

from kiban.ops import cli
from tests.installation import Installation, installation, open_folder

FOREIGN = ("KIBAN_DATABASE", "KIBAN_PGHOST", "KIBAN_TEST_DATA", "DATABASE_URL")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.killing", description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="how many kills (10)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    signal.signal(signal.SIGTERM, cli.end_in_order)
    with open_folder() as folder, installation() as made:
        become_operator(made)
        return play(made, folder, options.times, random.Random(options.seed))


def become_operator(made: Installation) -> None:
    """This process, and those it starts, see this installation and no other database."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ |= {
        "KIBAN_DATA": str(made.data),
        "DJANGO_SETTINGS_MODULE": "kiban.ops.settings",
        "KIBAN_OPENINGS_PER_MINUTE": "0",  # these clients ask faster than people
        "PYTHONWARNINGS": "ignore",
    }


def play(made: Installation, folder: Path, times: int, chance: random.Random) -> int:
    done = made.kiban("setup")
    assert done.returncode == 0, done.stderr
    with made.user() as user:
        os.environ["KIBAN_PGHOST"] = user.socket
        import django

        django.setup()
        from django.db import connections

        from tests.killing import place
        from tests.killing.rounds import Rounds

        rounds = Rounds(made, place.build(made, folder, times), folder, chance)
        connections.close_all()
    began = time.monotonic()
    try:
        for number in range(times):
            print(f"[{time.monotonic() - began:6.1f}] {number + 1}: {rounds.round(number)}", flush=True)
        rounds.last()
    except AssertionError as error:
        print(f"It did not hold: {error}\n{rounds.said.read_text()[-3000:]}", flush=True)
        raise
    finally:
        print(rounds.summary(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
