import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchange.client.office import Office, at_once
from tests.exchange.town import Town
from tests.requirements import absent
from tests.serving import Serving, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Serving]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)


@pytest.fixture
def sender(town: Town, tmp_path: Path, server: Serving) -> Office:
    return Office(town.world, town.actors["planner"], tmp_path / "sender", server)


@pytest.fixture
def receiver(town: Town, tmp_path: Path, server: Serving) -> Office:
    office = Office(town.world, town.actors["provider"], tmp_path / "receiver", server)
    # real_certificate gave both offices' terminals new fingerprints; the participants of the town follow.
    town.planner, town.provider = (
        replace(participant, caller=town.actors[name].caller)
        for participant, name in ((town.planner, "planner"), (town.provider, "provider"))
    )
    return office


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB (tmpfs); only the superuser of the machine can mount one."""
    absent("mounting a small disk needs root", when=os.geteuid() != 0)
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", str(folder)], check=False, capture_output=True
    )
    absent("this machine does not let us mount a tmpfs", when=mounted.returncode != 0)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)
