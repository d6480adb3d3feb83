from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.desks import Counted, Desks
from tests.exchange.town import Town
from tests.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.connection.close()


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


@pytest.fixture
def desks(world: World) -> Desks:
    return Desks(world)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)
